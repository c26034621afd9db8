package collections

import (
	"bytes"
	"regexp"

	"github.com/tidwall/gjson"

	"postie/collections/regex"
)

// A foreignText is a format that people pass by mistake where a Postman
// document is wanted. It is recognised by the beginning of its text.
type foreignText struct {
	begins func() *regexp.Regexp
	text   string // what the file is, and what to do with it
}

var foreignTexts = []foreignText{
	{regex.Lazy(`^<(?:[^<]|$)`), "this is HTML or XML, not JSON: export the collection from Postman, or use the raw file's address"},
	{regex.Lazy(`^\{"v":\d+,"event":"`), runLog},
	{regex.Lazy(`^\x1f\x{8b}`), "this is compressed by gzip: unpack it"},
	{regex.Lazy(`^version https://git-lfs\.`), "this is a pointer of Git LFS in place of the file: git lfs pull gets it"},
	{regex.Lazy(`^(?:#.*\n|\n)*(?:export\s+)?[A-Za-z_][\w.-]{0,63}=`), "these are variables as in a .env file, not JSON: pass them with --env-file"},
	{regex.Lazy(`^PK`), "this is a ZIP archive: unpack it, and name a file that was in it"},
	{regex.Lazy(`^(?:[\w-]+:.*\n|#.*\n)*(?:openapi|swagger):`), "this is an OpenAPI description, not a collection: postie convert makes one of it"},
	{regex.Lazy(`^(?:#.*\n)*\$kind:`), "this is one file of a v3 collection: name the collection's folder"},
	{regex.Lazy(`^(?:#.*\n)*curl(?:\.exe)?\s`), "these are curl commands, not a collection: postie convert makes one of them"},
	{regex.Lazy(`^#%RAML`), "RAML is not read: convert it to OpenAPI, of which postie convert makes a collection"},
	{regex.Lazy(`^(?:[\w-]+:.*\n|#.*\n)*asyncapi:`), "AsyncAPI is not read: it describes messages, a collection holds requests"},
	{regex.Lazy(`^meta\s*\{`), "this is a request of Bruno, which is not read: have Bruno export the collection as one of Postman"},
	{regex.Lazy(`^(?:_type: export|type: collection\.insomnia\.rest)`), insomnia},
	{regex.Lazy(`^(?:#.*\n|//.*\n|@.*\n|\s*\n)*(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)\s+\S`), "files of HTTP requests are not read: copy each as a curl command, of which postie convert makes a collection"},
	{regex.Lazy(`^(?:\$session = |Invoke-(?:WebRequest|RestMethod)\b)`), "PowerShell's requests are not read: copy the request as a curl command, of which postie convert makes a collection"},
	{regex.Lazy(`^(?:await\s+)?fetch\(`), "calls of fetch are not read: copy the request as a curl command, of which postie convert makes a collection"},
}

const (
	insomnia = "this is an export of Insomnia, which is not read: have Insomnia export HAR, of which postie convert makes a collection"
	runLog   = "this is a run log, not a collection: postie report makes reports of it, and postie rerun sends it again"
)

// longestHead is how many bytes of a text are searched to recognise its format.
const longestHead = 4 << 10

// Foreign says what a text is that is not JSON and not a collection, and what to
// do with it; "" when the format is unknown.
func Foreign(src []byte) string {
	head := src[:min(len(src), longestHead)]
	head = bytes.TrimLeft(bytes.ReplaceAll(head, []byte("\r\n"), []byte("\n")), " \t\n")
	for i := range foreignTexts {
		if foreignTexts[i].begins().Match(head) {
			return foreignTexts[i].text
		}
	}
	return ""
}

// foreignJSON says what a JSON document is that is not a collection, or "" when
// the format is unknown.
func foreignJSON(doc gjson.Result) string {
	has := func(names ...string) bool {
		for _, m := range lookups(doc, names...) {
			if !m.Exists() {
				return false
			}
		}
		return true
	}
	switch {
	case isOpenAPI(doc):
		return "this is an OpenAPI description, not a collection: postie convert makes one of it"
	case isHAR(doc):
		return "this is a HAR recording, not a collection: postie convert makes one of it, and postie replay sends it again"
	case has("asyncapi"):
		return "AsyncAPI is not read: it describes messages, a collection holds requests"
	case text(lookup(doc, "_type")) == "export":
		return insomnia
	case lookup(doc, "collections").IsArray() && has("version"):
		return "this is a dump of all of Postman's data: export the collection alone, or import the dump into Postman"
	case text(lookup(doc, "clientName")) == "Thunder Client":
		return "this is a collection of Thunder Client, which is not read: have it export one of Postman"
	case has("opencollection"), lookup(doc, "items").IsArray() && has("name", "version"):
		return "this is a collection of Bruno, which is not read: have Bruno export it as one of Postman"
	case has("event", "v"):
		return runLog
	case lookup(doc, "values").IsArray() && text(lookup(doc, "_postman_variable_scope")) == "globals":
		return "these are globals, not a collection: pass them with -g"
	case lookup(doc, "values").IsArray():
		return "this is an environment, not a collection: pass it with -e"
	}
	return ""
}
