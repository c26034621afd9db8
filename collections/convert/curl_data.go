package convert

import (
	"encoding/base64"
	"net/url"
	"slices"
	"strings"

	postman "github.com/rbretecher/go-postman-collection"

	"postie/collections"
)

// A datum is what one data option adds to the body.
type datum struct {
	text    string
	file    string // the file that contains the text; "" when the option contains it
	unread  bool   // the file cannot be read here
	strips  bool   // curl removes its line ends
	changed bool   // the file had line ends
	encodes bool   // curl percent-encodes the values of its variables
	glued   bool   // it is added without "&", as by --json
}

// addData reads --data, --data-raw, --data-binary and --json.
func (c *curlCall) addData(option, value string) {
	d := datum{text: value, glued: option == "json"}
	if option == "json" {
		c.json = true
	}
	if file, ok := strings.CutPrefix(value, "@"); ok && option != "data-raw" {
		d = c.fileData(file, option == "data" || option == "data-ascii")
		d.glued = option == "json"
	}
	c.data = append(c.data, d)
}

// lineEnds are the characters that --data removes from a file.
var lineEnds = strings.NewReplacer("\r", "", "\n", "", "\x00", "")

// fileData returns the datum of a file; for --data without its line ends.
func (c *curlCall) fileData(file string, strip bool) datum {
	if file == "-" {
		in := c.input()
		switch {
		case in == nil:
			return datum{unread: true}
		case in.file == "":
			return datum{text: stripped(in.text, strip)}
		}
		file = in.file
	}
	content, ok := c.reader.content(file)
	d := datum{text: stripped(content, strip), file: file, unread: !ok, strips: strip}
	d.changed = d.text != content
	return d
}

func stripped(s string, strip bool) string {
	if strip {
		return lineEnds.Replace(s)
	}
	return s
}

// encoded reads --data-urlencode: content, =content, name=content, @file,
// name@file.
func (c *curlCall) encoded(value string) (datum, bool) {
	at := strings.IndexAny(value, "=@")
	if at < 0 {
		return datum{text: escapeValue(value), encodes: true}, true
	}
	name, content := value[:at], value[at+1:]
	if value[at] == '@' {
		text, ok := c.read(content)
		if !ok {
			return datum{}, false
		}
		content = text
	}
	if name != "" {
		name += "="
	}
	return datum{text: name + escapeValue(content), encodes: true}, true
}

// joined returns all data as one text.
func (c *curlCall) joined() string {
	var b strings.Builder
	for i, d := range c.data {
		if i > 0 && !d.glued {
			b.WriteByte('&')
		}
		switch {
		case d.unread && d.file != "":
			c.note("the file %q cannot be read here: left out", d.file)
		case d.file != "":
			c.inlined(d.file)
		}
		b.WriteString(d.text)
	}
	return b.String()
}

// bodyless are the methods whose body a run does not send unless it is asked
// to.
var bodyless = []string{"GET", "COPY", "HEAD", "PURGE", "UNLOCK"}

// body writes the body into a request.
func (c *curlCall) body(t *transfer, upload string, uploaded bool) {
	switch {
	case uploaded:
		c.upload(t, upload)
	case c.formed:
		t.request.Body = &postman.Body{Mode: "formdata", FormData: slices.Clone(c.form)}
		c.multipartType(t)
	case len(c.data) > 0 && !c.on["get"]:
		c.text(t)
	}
	if t.request.Body != nil && slices.Contains(bodyless, string(t.request.Method)) {
		t.behavior["disableBodyPruning"] = true
	}
}

// upload returns the body of --upload-file, which has no Content-Type.
func (c *curlCall) upload(t *transfer, file string) {
	if file == "-" || file == "." {
		in := c.input()
		if in == nil {
			return
		}
		if file = in.file; file == "" {
			t.request.Body = binaryBody(in.text)
		}
	}
	if file != "" {
		t.request.Body = &postman.Body{Mode: "file", File: fileOf(file)}
	}
	if !hasHeader(t.request, "Content-Type") {
		t.without("Content-Type")
	}
}

func fileOf(name string) file { return file{Src: text(name)} }

// binaryBody returns a body that is not text.
func binaryBody(s string) *postman.Body {
	content := text(base64.StdEncoding.EncodeToString([]byte(s)))
	return &postman.Body{Mode: "file", File: file{Content: &content}}
}

// multipartType removes the Content-Type of a form, because the run generates
// it with its own boundary.
func (c *curlCall) multipartType(t *transfer) {
	kind := header(t.request, "Content-Type")
	if kind != "" && !strings.HasPrefix(strings.ToLower(kind), "multipart/form-data") {
		c.note("a form is sent as multipart/form-data, not as %s", kind)
	}
	dropHeader(t.request, "Content-Type")
}

// text returns the body of the data options as text.
func (c *curlCall) text(t *transfer) {
	if c.json {
		for _, name := range []string{"Content-Type", "Accept"} {
			if !hasHeader(t.request, name) && !t.lacks(name) {
				t.set(name, "application/json")
			}
		}
	}
	untyped := !hasHeader(t.request, "Content-Type") && !t.lacks("Content-Type")
	if len(c.data) == 1 && c.data[0].file != "" && !c.data[0].changed {
		if c.data[0].unread && c.data[0].strips {
			c.note("--data takes the line ends out of the file %q: a run sends it as it is", c.data[0].file)
		}
		t.request.Body = &postman.Body{Mode: "file", File: fileOf(c.data[0].file)}
		if untyped {
			t.set("Content-Type", formType)
		}
		return
	}
	data := c.joined()
	kind := header(t.request, "Content-Type")
	if !t.lacks("Content-Type") && (untyped || strings.HasPrefix(strings.ToLower(kind), formType)) {
		if t.request.Body = c.urlencoded(data); t.request.Body != nil {
			if kind == formType {
				dropHeader(t.request, "Content-Type")
			}
			return
		}
	}
	if untyped {
		t.set("Content-Type", formType)
	}
	switch {
	case !isText(data):
		t.request.Body = binaryBody(data)
	case data != "":
		t.request.Body = exactBody(data, kind)
	}
}

// urlencoded returns the data as a form when a run writes that form as curl
// does, otherwise nil. Data with variables that curl encodes must be a form,
// because only a form encodes them.
func (c *curlCall) urlencoded(data string) *postman.Body {
	encodes, plain := false, false
	for _, d := range c.data {
		if strings.Contains(d.text, "{{") {
			encodes, plain = encodes || d.encodes, plain || !d.encodes
		}
	}
	if encodes && plain {
		c.note("variables of the body are sent as they are: curl percent-encodes some")
	}
	body := formBody(data)
	if body == nil || plain || !encodes && !isForm(body, data) {
		return nil
	}
	return body
}

// isForm reports whether a run writes a form as exactly this text: every byte
// except letters, digits and -_.~ in percent-encoding, and fields of one name
// together. The bytes must be those of a text, because a document can hold no
// others.
func isForm(body *postman.Body, data string) bool {
	list, _ := body.URLEncoded.([]pair)
	var parts []string
	var seen []text
	for i, p := range list {
		if !isText(string(p.Key)) || !isText(string(*p.Value)) {
			return false
		}
		if i > 0 && p.Key != list[i-1].Key && slices.Contains(seen, p.Key) {
			return false
		}
		seen = append(seen, p.Key)
		parts = append(parts, escapeForm(string(p.Key))+"="+escapeForm(string(*p.Value)))
	}
	return strings.Join(parts, "&") == data
}

func escapeForm(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

// exactBody returns a body that a run sends as it is. Where the run would
// remove comments from JSON, the body is declared as plain text.
func exactBody(s, contentType string) *postman.Body {
	b := rawBody(s, contentType)
	r := collections.Request{Body: &collections.Body{Raw: &s, Language: "json"}}
	if sent, _ := r.RawText(); sent != s {
		b.Options = &postman.BodyOptions{Raw: postman.BodyOptionsRaw{Language: "text"}}
	}
	return b
}
