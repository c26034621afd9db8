package convert

import (
	"bytes"
	"net/url"
	"strings"

	postman "github.com/rbretecher/go-postman-collection"

	"postie/collections"
)

// newCollection returns an empty collection.
func newCollection(name string) *postman.Collection {
	c := postman.CreateCollection(name, "")
	c.Items = []*postman.Items{}
	return c
}

// write encodes a collection, and checks that it can be read back.
func write(name string, c *postman.Collection) ([]byte, error) {
	var b bytes.Buffer
	if err := c.Write(&b, postman.V210); err != nil {
		return nil, &collections.ParseError{File: name, Text: err.Error()}
	}
	b.WriteByte('\n')
	if _, err := collections.Parse(name, b.Bytes()); err != nil {
		return nil, err
	}
	return readable(b.Bytes()), nil
}

// readable writes < > & as they are, where the JSON writer would escape them.
func readable(src []byte) []byte {
	plain := map[string]byte{`\u0026`: '&', `\u003c`: '<', `\u003e`: '>'}
	out := make([]byte, 0, len(src))
	for i := 0; i < len(src); i++ {
		if src[i] != '\\' || i+6 > len(src) {
			out = append(out, src[i])
			continue
		}
		if c, ok := plain[string(src[i:i+6])]; ok {
			out = append(out, c)
			i += 5
			continue
		}
		out = append(out, src[i], src[i+1]) // the backslash of another escape
		i++
	}
	return out
}

// newRequest returns a request with an empty list of headers. Without that list
// the JSON writer would write the request as a URL alone.
func newRequest(method, address string) *postman.Request {
	return &postman.Request{Method: postman.Method(method), URL: newURL(address), Header: []*postman.Header{}}
}

// newURL splits an address with the parser that a run uses.
func newURL(address string) *postman.URL {
	u := collections.ParseURL(address)
	out := &postman.URL{Raw: address, Protocol: u.Protocol, Host: u.Host, Port: u.Port, Path: u.Path}
	if u.Auth != nil {
		return &postman.URL{Raw: address} // the builder's type has no such field, but the raw text has it
	}
	if u.Hash != nil {
		out.Hash = *u.Hash
	}
	for _, q := range u.Query {
		p := &postman.QueryParam{}
		if q.Key == nil || q.Value == nil {
			return &postman.URL{Raw: address} // nor has it a field for "?a"
		}
		p.Key, p.Value = *q.Key, *q.Value
		out.Query = append(out.Query, p)
	}
	return out
}

// header returns the value of a request's header.
func header(r *postman.Request, name string) string {
	for _, h := range r.Header {
		if strings.EqualFold(h.Key, name) {
			return h.Value
		}
	}
	return ""
}

func dropHeader(r *postman.Request, name string) {
	kept := r.Header[:0]
	for _, h := range r.Header {
		if !strings.EqualFold(h.Key, name) {
			kept = append(kept, h)
		}
	}
	r.Header = kept
}

// rawBody returns a raw body with the language that its media type names.
func rawBody(s, contentType string) *postman.Body {
	b := &postman.Body{Mode: "raw", Raw: s}
	language := ""
	switch low := strings.ToLower(contentType); {
	case strings.Contains(low, "json"):
		language = postman.JSON
	case strings.Contains(low, "xml"):
		language = postman.XML
	case strings.Contains(low, "html"):
		language = postman.HTML
	case strings.Contains(low, "javascript"):
		language = postman.Javascript
	}
	if language != "" {
		b.Options = &postman.BodyOptions{Raw: postman.BodyOptionsRaw{Language: language}}
	}
	return b
}

// formBody reads an urlencoded text. It returns nil when the text is not a
// form, or when a run would write it in another way.
func formBody(s string) *postman.Body {
	var list []pair
	for part := range strings.SplitSeq(s, "&") {
		key, val, ok := strings.Cut(part, "=")
		k, err1 := url.QueryUnescape(key)
		v, err2 := url.QueryUnescape(val)
		if !ok || err1 != nil || err2 != nil {
			return nil
		}
		value := text(v)
		list = append(list, pair{Key: text(k), Value: &value})
	}
	return &postman.Body{Mode: "urlencoded", URLEncoded: list}
}

const formType = "application/x-www-form-urlencoded"

// itemName returns the name of a request: "GET /path".
func itemName(r *postman.Request) string {
	u := collections.ParseURL(r.URL.Raw)
	path := "/" + strings.Join(u.Path, "/")
	if len(u.Path) == 0 && len(u.Host) > 0 {
		path = strings.Join(u.Host, ".")
	}
	method := string(r.Method)
	if method == "" {
		method = "GET"
	}
	return method + " " + path
}
