package convert

import (
	"encoding/base64"
	"path"
	"strings"

	"postie/collections"
)

// part reads --form name=value, name=@file and name=<file, with ;type=,
// ;filename= and the like after it.
func (c *curlCall) part(option, value string) {
	name, content, ok := strings.Cut(value, "=")
	if !ok {
		c.note("the part %q of a form has no value: left out", name)
		return
	}
	p := pair{Key: text(c.partName(name)), Type: "text"}
	if option == "form-string" {
		v := text(content)
		p.Value = &v
		c.form = append(c.form, p)
		return
	}
	switch {
	case strings.HasPrefix(content, "(") || strings.HasPrefix(value, "=)"):
		c.note("parts within a part have no place in a collection: left out")
	case strings.HasPrefix(content, "@"):
		c.fileParts(p, content[1:])
	case strings.HasPrefix(content, "<"):
		w, file := c.partWords(content[1:], p.Key)
		if data, ok := c.read(file); ok {
			c.textPart(p, w, data)
		}
	default:
		w, data := c.partWords(content, p.Key)
		c.textPart(p, w, data)
	}
}

// partWords are the words after a part's content: ;type=t;filename=f.
type partWords struct{ kind, filename string }

// textPart adds a part whose content is known.
func (c *curlCall) textPart(p pair, w partWords, data string) {
	p.ContentType, p.FileName = text(w.kind), text(c.partName(w.filename))
	if w.filename != "" && w.kind == "" {
		p.ContentType = text(curlType(w.filename))
	}
	if !isText(data) {
		c.note("the part %q is no text: it is sent as a file", string(p.Key))
		p.Type, data = "file", base64.StdEncoding.EncodeToString([]byte(data))
	}
	v := text(data)
	p.Value = &v
	c.form = append(c.form, p)
}

// fileParts adds the files of "@file;type=t,file2". curl sends several files as
// one part; in a collection they are several parts.
func (c *curlCall) fileParts(p pair, list string) {
	files := splitForm(list, ',')
	if len(files) > 1 {
		c.note("the files of %q are sent as parts of their own, not as one part of several", string(p.Key))
	}
	for _, one := range files {
		w, file := c.partWords(one, p.Key)
		c.filePart(p, w, file)
	}
}

func (c *curlCall) filePart(p pair, w partWords, file string) {
	if file == "-" {
		if data, ok := c.read(file); ok {
			if w.filename == "" {
				w.filename = "-"
			}
			c.textPart(p, w, data)
		}
		return
	}
	name := file
	if w.filename != "" {
		name = w.filename
		p.FileName = text(c.partName(w.filename))
		if strings.ContainsAny(w.filename, `/\`) {
			c.note("the file name %q is sent without its folder", w.filename)
		}
	} else if escaped := c.partName(path.Base(file)); escaped != path.Base(file) {
		p.FileName = text(escaped)
	}
	explicit := w.kind != ""
	if !explicit {
		w.kind = curlType(name)
	}
	if explicit || w.kind != collections.MediaType(file, w.filename) {
		p.ContentType = text(w.kind)
	}
	p.Type, p.Src = "file", &sources{list: []string{file}}
	c.form = append(c.form, p)
}

// partName returns a name as curl writes it between quotes.
func (c *curlCall) partName(s string) string {
	if c.on["form-escape"] {
		return strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s)
	}
	return strings.NewReplacer(`"`, "%22", "\r", "%0D", "\n", "%0A").Replace(s)
}

// partWords splits a part's content from the words after it.
func (c *curlCall) partWords(s string, key text) (w partWords, content string) {
	list := splitForm(s, ';')
	content = c.unquoteForm(list[0])
	for i, word := range list[1:] {
		name, value, ok := strings.Cut(strings.TrimLeft(word, " \t"), "=")
		value = c.unquoteForm(strings.TrimRight(value, " \t"))
		switch {
		case ok && strings.EqualFold(name, "type"):
			w.kind = value
			for _, more := range list[i+2:] { // a media type may have parameters of its own
				if known := partWord(more); known {
					break
				}
				w.kind += ";" + more
			}
		case ok && strings.EqualFold(name, "filename"):
			w.filename = value
		case ok && partWord(word):
			c.note("%s= of the part %q has no place in a collection: left out", strings.ToLower(name), string(key))
		case w.kind == "":
			c.note("curl does not know %q in the part %q, and leaves it out", word, string(key))
		}
	}
	return w, content
}

// partWord matches the words that curl knows after a part's content.
func partWord(s string) bool {
	name, _, ok := strings.Cut(strings.ToLower(strings.TrimLeft(s, " \t")), "=")
	return ok && (name == "type" || name == "filename" || name == "headers" || name == "encoder")
}

// splitForm splits outside of double quotes that begin a word.
func splitForm(s string, sep byte) []string {
	var out []string
	start, quoted, atStart := 0, false, true
	for i := 0; i < len(s); i++ {
		switch ch := s[i]; {
		case quoted && ch == '\\':
			i++
		case ch == '"' && (quoted || atStart):
			quoted = !quoted
		case ch == sep && !quoted:
			out = append(out, s[start:i])
			start, atStart = i+1, true
			continue
		}
		atStart = s[min(i, len(s)-1)] == '=' || atStart && s[min(i, len(s)-1)] == ' '
	}
	return append(out, s[start:])
}

// unquoteForm removes the double quotes of a word. curl drops the text after
// the second quote, which the note says.
func (c *curlCall) unquoteForm(s string) string {
	if !strings.HasPrefix(s, `"`) {
		return s
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '"':
			if strings.TrimSpace(s[i+1:]) != "" {
				c.note("curl ends the form's text %s at its second quote", s)
			}
			return b.String()
		case s[i] == '\\' && i+1 < len(s) && (s[i+1] == '"' || s[i+1] == '\\'):
			i++
		}
		b.WriteByte(s[i])
	}
	return s // a quote that is never closed is an ordinary character
}

// curlTypes are the media types that curl derives from the end of a file's
// name.
var curlTypes = map[string]string{
	".gif": "image/gif", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".svg": "image/svg+xml",
	".txt": "text/plain", ".htm": "text/html", ".html": "text/html", ".pdf": "application/pdf", ".xml": "application/xml",
}

func curlType(file string) string {
	if t := curlTypes[strings.ToLower(path.Ext(file))]; t != "" {
		return t
	}
	return "application/octet-stream"
}
