package collections

import (
	"cmp"
	"path"
	"strings"
)

// MediaType is the Content-Type that Postman gives a file: by the extension of
// its path, else by the name under which it is sent. It is
// application/octet-stream when neither extension is known.
func MediaType(file, sentAs string) string {
	return cmp.Or(mediaTypes[extension(file)], NamedMediaType(sentAs), "application/octet-stream")
}

// NamedMediaType is the Content-Type for the name under which a part is sent,
// or "" when its extension is unknown. A name without a dot is taken as an
// extension.
func NamedMediaType(name string) string {
	if !strings.Contains(name, "/") {
		name = "x." + name
	}
	return mediaTypes[extension(name)]
}

func extension(name string) string {
	return strings.ToLower(strings.TrimPrefix(path.Ext(name), "."))
}

// mediaTypes are the types of common file extensions, as IANA and Apache list
// them. The table is fixed because that of the system differs from machine to
// machine.
var mediaTypes = map[string]string{
	"3gp":         "video/3gpp",
	"7z":          "application/x-7z-compressed",
	"aac":         "audio/x-aac",
	"ai":          "application/postscript",
	"apk":         "application/vnd.android.package-archive",
	"atom":        "application/atom+xml",
	"avi":         "video/x-msvideo",
	"avif":        "image/avif",
	"bin":         "application/octet-stream",
	"bmp":         "image/bmp",
	"bz":          "application/x-bzip",
	"bz2":         "application/x-bzip2",
	"c":           "text/x-c",
	"cc":          "text/x-c",
	"cer":         "application/pkix-cert",
	"conf":        "text/plain",
	"crt":         "application/x-x509-ca-cert",
	"css":         "text/css",
	"csv":         "text/csv",
	"def":         "text/plain",
	"der":         "application/x-x509-ca-cert",
	"dll":         "application/x-msdownload",
	"dmg":         "application/x-apple-diskimage",
	"doc":         "application/msword",
	"docm":        "application/vnd.ms-word.document.macroenabled.12",
	"docx":        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	"eot":         "application/vnd.ms-fontobject",
	"epub":        "application/epub+zip",
	"exe":         "application/x-msdos-program",
	"flac":        "audio/x-flac",
	"flv":         "video/x-flv",
	"geojson":     "application/geo+json",
	"gif":         "image/gif",
	"gz":          "application/gzip",
	"h":           "text/x-c",
	"htm":         "text/html",
	"html":        "text/html",
	"ico":         "image/vnd.microsoft.icon",
	"ics":         "text/calendar",
	"in":          "text/plain",
	"ini":         "text/plain",
	"iso":         "application/x-iso9660-image",
	"jar":         "application/java-archive",
	"java":        "text/x-java-source",
	"jpeg":        "image/jpeg",
	"jpg":         "image/jpeg",
	"js":          "application/javascript",
	"json":        "application/json",
	"json5":       "application/json5",
	"jsonld":      "application/ld+json",
	"key":         "application/vnd.apple.keynote",
	"latex":       "application/x-latex",
	"less":        "text/less",
	"list":        "text/plain",
	"log":         "text/plain",
	"lua":         "text/x-lua",
	"m3u8":        "application/vnd.apple.mpegurl",
	"m4a":         "audio/mp4",
	"md":          "text/markdown",
	"mdx":         "text/mdx",
	"mid":         "audio/midi",
	"mjs":         "application/javascript",
	"mkv":         "video/x-matroska",
	"mov":         "video/quicktime",
	"mp3":         "audio/mpeg",
	"mp4":         "video/mp4",
	"mpeg":        "video/mpeg",
	"mpg":         "video/mpeg",
	"odp":         "application/vnd.oasis.opendocument.presentation",
	"ods":         "application/vnd.oasis.opendocument.spreadsheet",
	"odt":         "application/vnd.oasis.opendocument.text",
	"oga":         "audio/ogg",
	"ogg":         "audio/ogg",
	"ogv":         "video/ogg",
	"opus":        "audio/ogg",
	"otf":         "font/otf",
	"p12":         "application/x-pkcs12",
	"p7b":         "application/x-pkcs7-certificates",
	"pdf":         "application/pdf",
	"pem":         "application/x-x509-ca-cert",
	"pfx":         "application/x-pkcs12",
	"php":         "application/x-httpd-php",
	"pl":          "application/x-perl",
	"png":         "image/png",
	"ppt":         "application/vnd.ms-powerpoint",
	"pptx":        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
	"ps":          "application/postscript",
	"psd":         "image/vnd.adobe.photoshop",
	"rar":         "application/vnd.rar",
	"rdf":         "application/rdf+xml",
	"rss":         "application/rss+xml",
	"rtf":         "application/rtf",
	"sass":        "text/x-sass",
	"scss":        "text/x-scss",
	"sh":          "application/x-sh",
	"sql":         "application/x-sql",
	"svg":         "image/svg+xml",
	"swf":         "application/x-shockwave-flash",
	"tar":         "application/x-tar",
	"text":        "text/plain",
	"tif":         "image/tiff",
	"tiff":        "image/tiff",
	"toml":        "application/toml",
	"torrent":     "application/x-bittorrent",
	"ts":          "video/mp2t",
	"tsv":         "text/tab-separated-values",
	"ttf":         "font/ttf",
	"txt":         "text/plain",
	"vcf":         "text/x-vcard",
	"wasm":        "application/wasm",
	"wav":         "audio/wave",
	"weba":        "audio/webm",
	"webm":        "video/webm",
	"webmanifest": "application/manifest+json",
	"webp":        "image/webp",
	"woff":        "font/woff",
	"woff2":       "font/woff2",
	"wsdl":        "application/wsdl+xml",
	"xhtml":       "application/xhtml+xml",
	"xls":         "application/vnd.ms-excel",
	"xlsm":        "application/vnd.ms-excel.sheet.macroenabled.12",
	"xlsx":        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	"xml":         "application/xml",
	"xsd":         "application/xml",
	"xsl":         "application/xml",
	"xslt":        "application/xslt+xml",
	"xul":         "application/vnd.mozilla.xul+xml",
	"yaml":        "text/yaml",
	"yml":         "text/yaml",
	"zip":         "application/zip",
}
