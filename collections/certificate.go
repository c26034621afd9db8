package collections

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"

	"postie/collections/vars"

	"github.com/tidwall/gjson"
)

// printCertificate writes a request's certificate as reports show it.
func printCertificate(b *bytes.Buffer, raw json.RawMessage) {
	r := gjson.ParseBytes(raw)
	if !r.IsObject() {
		b.WriteString("null")
		return
	}
	m := members{b: b}
	m.add("id", quoteJSON(idOf(r)))
	m.text("name", text(lookup(r, "name")), "")
	if list := lookup(r, "matches"); list.IsArray() {
		m.add("matches", patterns(list.Array()))
	}
	for _, name := range []string{"key", "cert", "pfx"} {
		src := members{b: &bytes.Buffer{}}
		src.text("src", text(lookup(r, name, "src")), "")
		src.end()
		m.add(name, src.b.Bytes())
	}
	m.text("passphrase", text(lookup(r, "passphrase")), "")
	m.end()
}

// printProxy writes a request's proxy as reports show it.
func printProxy(b *bytes.Buffer, raw json.RawMessage) {
	r := gjson.ParseBytes(raw)
	if !r.IsObject() {
		b.WriteString("null")
		return
	}
	match := text(lookup(r, "match"))
	if match == "" {
		match = "http+https://*:*/*"
	}
	port := lookup(r, "port").Raw
	if port == "" {
		port = "8080"
	}
	m := members{b: b}
	m.add("id", quoteJSON(idOf(r)))
	if d := lookup(r, "disabled"); d.Exists() {
		m.add("disabled", fmt.Append(nil, truthy(d)))
	}
	m.add("host", quoteJSON(text(lookup(r, "host"))))
	m.add("match", pattern(match))
	m.add("port", []byte(port))
	m.add("tunnel", fmt.Append(nil, truthy(lookup(r, "tunnel"))))
	m.add("authenticate", fmt.Append(nil, truthy(lookup(r, "authenticate"))))
	m.text("username", text(lookup(r, "username")), "")
	m.text("password", text(lookup(r, "password")), "")
	m.end()
}

func patterns(list []gjson.Result) []byte {
	var b bytes.Buffer
	b.WriteByte('[')
	for i, p := range list {
		if i > 0 {
			b.WriteByte(',')
		}
		b.Write(pattern(text(p)))
	}
	b.WriteByte(']')
	return b.Bytes()
}

func pattern(text string) []byte {
	return append(append([]byte(`{"pattern":`), quoteJSON(text)...), '}')
}

// idOf returns the id of an object. An object without an id gets a UUID that is
// computed from its text, so it is the same each time.
func idOf(r gjson.Result) string {
	if id := text(lookup(r, "id")); id != "" {
		return id
	}
	sum := sha256.Sum256([]byte(r.Raw))
	return vars.UUID(4, sum[:])
}
