package convert

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"postie/collections"
)

// CheckV3 finds what does not match the schema of Postman's v3 format in the
// definitions and requests of a folder. Postman's CLI refuses such files, or
// leaves them out of a run silently. FromV3 can read many of them all the same.
func CheckV3(dir string, fsys fs.FS) []Note {
	c := &v3Checker{reader: &v3Reader{dir: dir, fsys: fsys}}
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case !d.IsDir():
			c.file(name, d.Name())
		case d.Name() == resources || strings.HasSuffix(d.Name(), resources):
			c.definition(name)
			return fs.SkipDir
		}
		return nil
	})
	if err != nil {
		c.notes = append(c.notes, Note{File: dir, Text: err.Error()})
	}
	return c.notes
}

type v3Checker struct {
	reader *v3Reader
	notes  []Note
}

// A check checks a value; at is the path of the value in the file.
type check func(c *v3Checker, v *value, at string)

func (c *v3Checker) bad(v *value, at, format string, args ...any) {
	c.notes = append(c.notes, Note{File: v.file, Line: v.Line, Text: at + ": " + fmt.Sprintf(format, args...)})
}

func (c *v3Checker) definition(dir string) {
	if name, err := definition(c.reader.fsys, path.Dir(dir)); err == nil {
		if v := c.read(name); v != nil {
			v3Definition(c, v, "")
		}
	}
}

func (c *v3Checker) file(name, base string) {
	if requestStem(base) == "" {
		return
	}
	v := c.read(name)
	if v == nil {
		return
	}
	kind := v.get("$kind")
	fields, ok := v3Requests[kind.text()]
	switch {
	case kind == nil:
		c.bad(v, "$kind", "missing; a request has $kind: http-request")
	case !ok:
		c.bad(kind, "$kind", "%q is no kind of request", kind.text())
	default:
		object(fields, false)(c, v, "")
	}
}

// read returns nil, with a note, for a file that is not a mapping or has a key
// twice.
func (c *v3Checker) read(name string) *value {
	v, err := c.reader.read(name)
	if err != nil {
		n := Note{File: path.Join(c.reader.dir, name), Text: err.Error()}
		var pe *collections.ParseError
		if errors.As(err, &pe) {
			n = Note{File: pe.File, Line: pe.Line, Text: pe.Text}
		}
		c.notes = append(c.notes, n)
		return nil
	}
	c.unique(v, 0)
	return v
}

// unique finds keys that a mapping has twice, for which other readers refuse
// the file.
func (c *v3Checker) unique(v *value, depth int) {
	if depth > maxDepth {
		return
	}
	seen := map[string]bool{}
	for i, n := range v.Content {
		if v.isMap() && i%2 == 0 {
			if seen[n.Value] {
				c.bad(v.wrap(n), n.Value, "the key is there twice")
			}
			seen[n.Value] = true
		}
		if n.Kind != yaml.AliasNode {
			c.unique(v.wrap(n), depth+1)
		}
	}
}

// what returns the name of a value's type for messages.
func what(v *value) string {
	switch {
	case v.isNull():
		return "null"
	case v.isMap():
		return "a map"
	case v.isList():
		return "a list"
	}
	switch raw := v.json(); raw[0] {
	case '"':
		return "a text"
	case 't', 'f':
		return "true or false"
	}
	return "a number"
}

func wants(want string) check {
	return func(c *v3Checker, v *value, at string) {
		if got := what(v); got != want {
			hint := ""
			if want == "a text" && (got == "a number" || got == "true or false") {
				hint = "; put it in quotes"
			}
			c.bad(v, at, "want %s, not %s%s", want, got, hint)
		}
	}
}

var (
	wantText   = wants("a text")
	wantNumber = wants("a number")
	wantBool   = wants("true or false")
	wantMap    = wants("a map")
	anything   = check(func(*v3Checker, *value, string) {})
)

func oneOf(choices ...string) check {
	return func(c *v3Checker, v *value, at string) {
		if what(v) != "a text" || !slices.Contains(choices, v.text()) {
			c.bad(v, at, "want one of %s", strings.Join(choices, ", "))
		}
	}
}

func listOf(each check) check {
	return func(c *v3Checker, v *value, at string) {
		if !v.isList() {
			c.bad(v, at, "want a list, not %s", what(v))
			return
		}
		for i, e := range v.list() {
			each(c, e, fmt.Sprintf("%s[%d]", at, i))
		}
	}
}

func mapOf(each check) check {
	return func(c *v3Checker, v *value, at string) {
		wantMap(c, v, at)
		if v.isMap() {
			for _, e := range v.entries() {
				each(c, e.value, at+"."+e.key)
			}
		}
	}
}

// object checks the members of a mapping. Those with a "!" are required. A
// strict mapping has no others.
func object(fields map[string]check, strict bool) check {
	return func(c *v3Checker, v *value, at string) {
		if !v.isMap() {
			c.bad(v, at, "want a map, not %s", what(v))
			return
		}
		prefix := at
		if prefix != "" {
			prefix += "."
		}
		for _, e := range v.entries() {
			look := fields[e.key]
			if look == nil {
				look = fields[e.key+"!"]
			}
			switch {
			case look != nil:
				look(c, e.value, prefix+e.key)
			case strict:
				c.bad(e.value, prefix+e.key, "there is no such key here")
			}
		}
		for _, key := range order(fields, nil) {
			if name, ok := strings.CutSuffix(key, "!"); ok && v.get(name) == nil {
				c.bad(v, prefix+name, "missing")
			}
		}
	}
}

// pairs checks a map of strings, or a list of keys and values.
func pairs(each check, fields map[string]check) check {
	return func(c *v3Checker, v *value, at string) {
		if v.isList() {
			listOf(object(fields, true))(c, v, at)
			return
		}
		if !v.isMap() {
			c.bad(v, at, "want a map of texts or a list of {key, value, description, disabled}, not %s", what(v))
			return
		}
		mapOf(each)(c, v, at)
	}
}

func textOrNull(c *v3Checker, v *value, at string) {
	if !v.isNull() {
		wantText(c, v, at)
	}
}

var (
	v3Headers   = pairs(wantText, map[string]check{"key!": wantText, "value!": wantText, "description": wantText, "disabled": wantBool})
	v3Query     = pairs(textOrNull, map[string]check{"key": textOrNull, "value": textOrNull, "description": wantText, "disabled": wantBool})
	v3Variables = pairs(textOrNull, map[string]check{"key": wantText, "value": textOrNull, "description": wantText, "disabled": wantBool,
		"enabled": wantBool, "secret": wantBool, "type": wantText, "id": wantText, "name": wantText, "source": anything})
)

var v3AuthTypes = []string{"noauth", "inherit", "basic", "bearer", "apikey", "digest", "oauth1", "oauth2", "jwt", "awsv4", "hawk", "ntlm", "asap", "edgegrid", "azure"}

// v3Credentials are a map or a list of keys and values of any type.
func v3Credentials(c *v3Checker, v *value, at string) {
	if v.isList() {
		listOf(object(map[string]check{"key!": wantText, "value": anything}, false))(c, v, at)
		return
	}
	wantMap(c, v, at)
}

var (
	v3Auth      = object(map[string]check{"type!": oneOf(v3AuthTypes...), "credentials": v3Credentials}, true)
	v3NamedAuth = object(map[string]check{"id!": wantText, "type!": oneOf(v3AuthTypes...), "name!": wantText, "credentials": v3Credentials, "rules": anything}, true)
	v3Script    = object(map[string]check{"type!": wantText, "code!": wantText, "language": oneOf("text/javascript"),
		"packages": mapOf(anything), "requests": mapOf(wantMap)}, true)
)

// v3Scripts is a list; a string is the path of a folder.
func v3Scripts(c *v3Checker, v *value, at string) {
	if what(v) != "a text" {
		listOf(v3Script)(c, v, at)
	}
}

// v3ScopeAuth is one auth or a list of auths.
func v3ScopeAuth(c *v3Checker, v *value, at string) {
	if v.isList() {
		listOf(v3NamedAuth)(c, v, at)
		return
	}
	v3Auth(c, v, at)
}

var v3Settings = object(map[string]check{"protocolVersion": oneOf("auto", "http1", "http2"), "strictSSL": wantBool, "followRedirects": wantBool, "maxRedirects": wantNumber,
	"followOriginalHttpMethod": wantBool, "followAuthorizationHeader": wantBool, "removeRefererHeaderOnRedirect": wantBool, "insecureHTTPParser": wantBool,
	"disableUrlEncoding": wantBool, "disableCookies": wantBool, "tlsPreferServerCiphers": wantBool, "tlsDisabledProtocols": listOf(wantText), "tlsCipherSelection": listOf(wantText),
	"disabledSystemHeaders": listOf(oneOf("cache-control", "postman-token", "content-type", "content-length", "accept-encoding", "user-agent", "connection", "accept", "host"))}, false)

// v3Body has a content that depends on its type.
func v3Body(c *v3Checker, v *value, at string) {
	contents := map[string]check{"none": nil, "urlencoded": v3Headers, "formdata": listOf(v3Part), "file": object(map[string]check{"src": wantText}, false),
		"text": wantText, "json": wantText, "xml": wantText, "html": wantText, "javascript": wantText}
	wantMap(c, v, at)
	if !v.isMap() {
		return
	}
	kind := v.get("type")
	look, ok := contents[kind.text()]
	switch {
	case !ok && v.get("mode") != nil:
		c.bad(v, at, "this is a body of v2.1; want type and content")
	case !ok:
		c.bad(v, at+".type", "want one of none, text, json, xml, html, javascript, urlencoded, formdata, file")
	case look == nil:
	case v.get("content") == nil:
		c.bad(v, at+".content", "missing")
	default:
		look(c, v.get("content"), at+".content")
	}
}

func v3Part(c *v3Checker, v *value, at string) {
	fields := map[string]check{"type!": oneOf("text", "file"), "key!": wantText, "contentType": wantText, "description": wantText, "disabled": wantBool}
	if v.get("type").text() == "file" {
		fields["src!"] = func(c *v3Checker, v *value, at string) {
			if v.isList() {
				listOf(wantText)(c, v, at)
				return
			}
			wantText(c, v, at)
		}
	} else {
		fields["value!"] = wantText
	}
	object(fields, false)(c, v, at)
}

var v3Schema = object(map[string]check{"source!": oneOf("none", "auto", "file", "api", "specification")}, false)

// v3Requests are the members that Postman checks, for each kind of request.
var v3Requests = func() map[string]map[string]check {
	with := func(more map[string]check) map[string]check {
		all := map[string]check{"id": wantText, "name": wantText, "description": wantText, "order": wantNumber, "url": wantText, "examples": wantText, "auth": v3Auth, "scripts": v3Scripts}
		for key, look := range more {
			all[key] = look
		}
		return all
	}
	plain := map[string]check{"headers": v3Headers, "queryParams": v3Query}
	return map[string]map[string]check{
		"http-request": with(map[string]check{"method": wantText, "headers": v3Headers, "queryParams": v3Query, "pathVariables": v3Headers,
			"body": v3Body, "settings": v3Settings}),
		"graphql-request":   with(map[string]check{"headers": v3Headers, "query": wantText, "variables": wantText, "schema": v3Schema, "settings": wantMap}),
		"grpc-request":      with(map[string]check{"methodPath": wantText, "methodDescriptor": wantText, "message": wantMap}),
		"websocket-request": with(plain), "socket.io-request": with(plain), "mqtt-request": with(nil), "mcp-request": with(nil), "llm-request": with(nil),
	}
}()

var v3Definition = object(map[string]check{"$kind": oneOf("collection"), "id": wantText, "name": wantText, "description": wantText, "variables": v3Variables,
	"auth": v3ScopeAuth, "scripts": v3Scripts}, false)
