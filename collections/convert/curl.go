package convert

import (
	"fmt"
	"io"
	"net/url"
	"path"
	"slices"
	"strings"

	postman "github.com/rbretecher/go-postman-collection"
	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"

	"postie/collections"
)

// FromCurl makes a collection of the curl commands in a shell script: each is
// a request. Shell variables become {{variables}}.
func FromCurl(name string, src []byte) ([]byte, []Note, error) {
	file, err := syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(strings.NewReader(string(src)), name)
	if err != nil {
		e := &collections.ParseError{File: name, Line: 1, Col: 1, Text: err.Error()}
		if pe, ok := err.(syntax.ParseError); ok {
			e.Line, e.Col, e.Text = int(pe.Pos.Line()), int(pe.Pos.Col()), pe.Text
		}
		return nil, nil, e
	}
	r := &curlReader{name: name, out: newCollection(strings.TrimSuffix(path.Base(name), path.Ext(name)))}
	syntax.Walk(file, func(n syntax.Node) bool {
		if call, ok := n.(*syntax.CallExpr); ok && len(call.Args) > 0 {
			r.call(call)
		}
		return true
	})
	if len(r.out.Items) == 0 {
		return nil, nil, &collections.ParseError{File: name, Line: 1, Col: 1, Text: "no curl command found"}
	}
	doc, err := write(name, r.out)
	return doc, r.notes, err
}

type curlReader struct {
	name  string
	out   *postman.Collection
	notes []Note
}

func (r *curlReader) note(line uint, format string, args ...any) {
	r.notes = append(r.notes, Note{File: r.name, Line: int(line), Text: fmt.Sprintf(format, args...)})
}

// call reads one command of the script.
func (r *curlReader) call(call *syntax.CallExpr) {
	if base := path.Base(call.Args[0].Lit()); base != "curl" && base != "curl.exe" {
		return
	}
	cfg := &expand.Config{Env: expand.FuncEnviron(func(name string) string {
		if name == "IFS" || name == "HOME" {
			return ""
		}
		return "{{" + name + "}}"
	})}
	cfg.CmdSubst = func(w io.Writer, cs *syntax.CmdSubst) error {
		r.note(cs.Pos().Line(), "a part of the command is computed: it becomes {{computed}}")
		_, err := io.WriteString(w, "{{computed}}")
		return err
	}
	var args []string
	for _, w := range call.Args[1:] {
		fields, err := expand.Fields(cfg, w)
		if err != nil {
			r.note(w.Pos().Line(), "a part of the command cannot be read: left out")
			continue
		}
		args = append(args, fields...)
	}
	c := &curlCall{reader: r, line: call.Pos().Line()}
	c.read(args)
}

// A curlCall is one transfer under construction.
type curlCall struct {
	reader    *curlReader
	line      uint
	method    string
	urls      []string
	headers   []*postman.Header
	data      []string
	urlencode bool
	file      string
	form      []pair
	user      string
	scheme    string // of auth
	get       bool
	json      bool
}

// shortNames are curl's one-letter options that mean something here.
var shortNames = map[byte]string{'X': "request", 'H': "header", 'd': "data", 'F': "form", 'u': "user", 'A': "user-agent", 'e': "referer",
	'b': "cookie", 'G': "get", 'I': "head", 'T': "upload-file", 'k': "insecure", 'L': "location", 'o': "output", 'm': "max-time",
	'x': "proxy", 'E': "cert", 'w': "write-out", 'c': "cookie-jar", 'D': "dump-header", 'K': "config", 'r': "range", 'U': "proxy-user",
	'y': "speed-time", 'Y': "speed-limit", 'z': "time-cond", 'C': "continue-at", 'Q': "quote", 't': "telnet-option", 'P': "ftp-port"}

// withValue are options that take one.
var withValue = []string{"request", "header", "data", "data-raw", "data-ascii", "data-binary", "data-urlencode", "json", "form",
	"form-string", "user", "user-agent", "referer", "cookie", "upload-file", "url", "oauth2-bearer", "aws-sigv4", "output", "max-time",
	"connect-timeout", "proxy", "cert", "key", "cacert", "capath", "write-out", "cookie-jar", "dump-header", "retry", "retry-delay",
	"retry-max-time", "config", "range", "proxy-user", "speed-time", "speed-limit", "time-cond", "continue-at", "quote", "resolve",
	"connect-to", "max-redirs", "interface", "limit-rate", "ciphers", "pass", "stderr", "trace", "trace-ascii", "max-filesize",
	"telnet-option", "ftp-port", "cert-type", "key-type", "noproxy", "dns-servers", "unix-socket", "keepalive-time", "url-query", "variable"}

// harmless options change what is shown, or are what a run does anyway.
var harmless = []string{"location", "output", "write-out", "dump-header", "stderr", "trace", "trace-ascii", "silent", "show-error",
	"fail", "fail-with-body", "include", "verbose", "compressed", "globoff", "path-as-is", "no-progress-meter", "progress-bar", "http1.1",
	"http2", "no-buffer", "create-dirs", "remote-name"}

func (c *curlCall) read(args []string) {
	for i := 0; i < len(args); i++ {
		a := args[i]
		switch {
		case a == "--next" || a == "-:":
			c.finish()
			*c = curlCall{reader: c.reader, line: c.line}
		case strings.HasPrefix(a, "--"):
			name := a[2:]
			value := ""
			if slices.Contains(withValue, name) && i+1 < len(args) {
				i++
				value = args[i]
			}
			c.option(name, value)
		case strings.HasPrefix(a, "-") && len(a) > 1:
			i += c.short(a[1:], args[i+1:])
		default:
			c.urls = append(c.urls, a)
		}
	}
	c.finish()
}

// short reads letters; it returns how many of the next arguments it took.
func (c *curlCall) short(letters string, next []string) int {
	for i := range len(letters) {
		name := shortNames[letters[i]]
		if !slices.Contains(withValue, name) {
			c.option(name, "")
			continue
		}
		if rest := letters[i+1:]; rest != "" {
			c.option(name, rest)
			return 0
		}
		if len(next) > 0 {
			c.option(name, next[0])
			return 1
		}
	}
	return 0
}

func (c *curlCall) option(name, value string) {
	switch name {
	case "":
	case "request":
		c.method = value
	case "url":
		c.urls = append(c.urls, value)
	case "url-query":
		c.data, c.get = append(c.data, value), true
	case "header":
		c.header(value)
	case "user-agent":
		c.header("User-Agent: " + value)
	case "referer":
		c.header("Referer: " + strings.TrimSuffix(value, ";auto"))
	case "cookie":
		if !strings.Contains(value, "=") {
			c.note("--cookie reads the file %q: left out", value)
			return
		}
		c.header("Cookie: " + value)
	case "oauth2-bearer":
		c.header("Authorization: Bearer " + value)
	case "user":
		c.user = value
	case "basic", "digest", "ntlm":
		c.scheme = name
	case "get":
		c.get = true
	case "head":
		c.method = "HEAD"
	case "form", "form-string":
		c.part(name, value)
	case "upload-file":
		c.file = value
		if c.method == "" {
			c.method = "PUT"
		}
	default:
		c.more(name, value)
	}
}

// more reads data, and what has no place in a collection.
func (c *curlCall) more(name, value string) {
	switch name {
	case "json":
		c.json = true
		c.bodyText(name, value)
	case "data", "data-ascii", "data-binary", "data-raw":
		c.bodyText(name, value)
	case "data-urlencode":
		c.urlencode = true
		c.encoded(value)
	default:
		if !slices.Contains(harmless, name) {
			c.note("--%s has no place in a collection: left out", name)
		}
	}
}

func (c *curlCall) note(format string, args ...any) { c.reader.note(c.line, format, args...) }

func (c *curlCall) header(line string) {
	if strings.HasPrefix(line, "@") {
		c.note("headers from the file %q: left out", line[1:])
		return
	}
	key, value, ok := strings.Cut(line, ":")
	if !ok {
		key = strings.TrimSuffix(line, ";")
	} else if strings.TrimSpace(value) == "" {
		return // "Name:" takes curl's own header away
	}
	c.headers = append(c.headers, &postman.Header{Key: strings.TrimSpace(key), Value: strings.TrimSpace(value)})
}

func (c *curlCall) bodyText(name, value string) {
	if name != "data-raw" && strings.HasPrefix(value, "@") {
		c.file = value[1:]
		if name != "data-binary" {
			c.note("--%s takes the line ends out of the file; the request sends it as it is", name)
		}
		return
	}
	c.data = append(c.data, value)
}

// encoded reads --data-urlencode: content, =content, name=content, @file.
func (c *curlCall) encoded(value string) {
	name, content, ok := strings.Cut(value, "=")
	switch {
	case ok && name == "":
		c.data = append(c.data, escapeValue(content))
	case ok:
		c.data = append(c.data, name+"="+escapeValue(content))
	case strings.Contains(value, "@"):
		c.note("--data-urlencode reads a file: left out")
	default:
		c.data = append(c.data, escapeValue(value))
	}
}

// escapeValue percent-encodes, but leaves {{templates}} to the run.
func escapeValue(s string) string {
	s = url.QueryEscape(s)
	return strings.NewReplacer("%7B%7B", "{{", "%7D%7D", "}}").Replace(s)
}

// part reads --form name=value, name=@file;type=t and name=<file.
func (c *curlCall) part(option, value string) {
	name, content, _ := strings.Cut(value, "=")
	p := pair{Key: text(name), Type: "text"}
	if option == "form-string" {
		v := text(content)
		p.Value = &v
		c.form = append(c.form, p)
		return
	}
	content, kind := cutType(content)
	p.ContentType = text(kind)
	switch {
	case strings.HasPrefix(content, "@"):
		p.Type, p.Src = "file", &sources{list: []string{unquoteForm(content[1:])}}
	case strings.HasPrefix(content, "<"):
		c.note("the form's %q is read from a file: left out", name)
		return
	default:
		v := text(unquoteForm(content))
		p.Value = &v
	}
	c.form = append(c.form, p)
}

// cutType takes ";type=…" and ";filename=…" off.
func cutType(s string) (content, kind string) {
	if at := strings.LastIndex(s, ";filename="); at >= 0 {
		s = s[:at]
	}
	if at := strings.LastIndex(s, ";type="); at >= 0 {
		return s[:at], s[at+len(";type="):]
	}
	return s, ""
}

func unquoteForm(s string) string {
	if len(s) >= 2 && s[0] == '"' && s[len(s)-1] == '"' {
		return strings.NewReplacer(`\"`, `"`, `\\`, `\`).Replace(s[1 : len(s)-1])
	}
	return s
}

// finish adds an item for each address.
func (c *curlCall) finish() {
	if len(c.urls) == 0 {
		c.note("a curl command without an address: left out")
		return
	}
	for _, address := range c.urls {
		if !strings.Contains(address, "://") && !strings.HasPrefix(address, "{{") {
			address = "http://" + address
		}
		if c.get && len(c.data) > 0 {
			mark := "?"
			if strings.Contains(address, "?") {
				mark = "&"
			}
			address += mark + strings.Join(c.data, "&")
		}
		req := newRequest(c.verb(), address)
		req.Header = append(req.Header, c.headers...)
		c.body(req)
		c.auth(req)
		c.reader.out.AddItem(postman.CreateItem(postman.Item{Name: itemName(req), Request: req}))
	}
}

func (c *curlCall) verb() string {
	switch {
	case c.method != "":
		return strings.ToUpper(c.method)
	case !c.get && (len(c.data) > 0 || c.file != "" || len(c.form) > 0):
		return "POST"
	}
	return "GET"
}

func (c *curlCall) body(req *postman.Request) {
	kind := header(req, "Content-Type")
	switch {
	case c.get:
	case len(c.form) > 0:
		req.Body = &postman.Body{Mode: "formdata", FormData: c.form}
		dropHeader(req, "Content-Type")
	case c.file != "":
		req.Body = &postman.Body{Mode: "file", File: file{Src: text(c.file)}}
	case len(c.data) == 0:
	case c.json:
		req.Body = rawBody(strings.Join(c.data, ""), "json")
		if header(req, "Accept") == "" {
			req.Header = append(req.Header, &postman.Header{Key: "Accept", Value: "application/json"})
		}
	default:
		data := strings.Join(c.data, "&")
		if kind == "" || strings.HasPrefix(strings.ToLower(kind), formType) {
			if req.Body = formBody(data); req.Body != nil {
				dropHeader(req, "Content-Type")
				return
			}
			if kind == "" {
				req.Header = append(req.Header, &postman.Header{Key: "Content-Type", Value: formType})
			}
		}
		req.Body = rawBody(data, kind)
	}
}

func (c *curlCall) auth(req *postman.Request) {
	if c.user == "" {
		return
	}
	user, password, _ := strings.Cut(c.user, ":")
	params := []*postman.AuthParam{postman.CreateAuthParam("username", user), postman.CreateAuthParam("password", password)}
	switch c.scheme {
	case "digest":
		req.Auth = postman.CreateAuth(postman.Digest, params...)
	case "ntlm":
		req.Auth = postman.CreateAuth(postman.NTLM, params...)
	default:
		req.Auth = postman.CreateAuth(postman.Basic, params...)
	}
}
