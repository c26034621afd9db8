package auth

import (
	"errors"
	"hash"
	"io"
	"net/url"
	"strings"

	"postie/runner/transport"
)

// hashable reports whether Hawk and EdgeGrid hash a request's body. Postman
// does not hash form-data.
func (o *Options) hashable(r *transport.Request) bool {
	return r.Body != nil && o.BodyMode != "formdata"
}

// hashBody writes up to limit bytes of the body to h; 0 means all of it.
func hashBody(h hash.Hash, r *transport.Request, limit int64) error {
	src, err := r.Body.Open()
	if err != nil {
		return err
	}
	defer src.Close()
	if limit > 0 {
		_, err = io.CopyN(h, src, limit)
		if errors.Is(err, io.EOF) {
			err = nil
		}
		return err
	}
	_, err = io.Copy(h, src)
	return err
}

// formBody returns the text of an urlencoded body, which may be empty.
func (o *Options) formBody(r *transport.Request) (text string, isForm bool, err error) {
	if o.BodyMode != "urlencoded" {
		return "", false, nil
	}
	if r.Body == nil {
		return "", true, nil
	}
	src, err := r.Body.Open()
	if err != nil {
		return "", false, err
	}
	defer src.Close()
	all, err := io.ReadAll(src)
	return string(all), true, err
}

// A pair is a decoded name and value.
type pair struct{ key, value string }

// decodeForm splits and decodes a query or form.
func decodeForm(text string) []pair {
	var out []pair
	for part := range strings.SplitSeq(text, "&") {
		if part == "" {
			continue
		}
		key, value, _ := strings.Cut(part, "=")
		out = append(out, pair{unescape(key), unescape(value)})
	}
	return out
}

func unescape(s string) string {
	if t, err := url.QueryUnescape(s); err == nil {
		return t
	}
	return s
}

// percentEncode encodes as RFC 3986 does: everything but letters, digits and
// -._~.
func percentEncode(s string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-._~", c) >= 0 {
			b.WriteByte(c)
			continue
		}
		b.WriteByte('%')
		b.WriteByte(hex[c>>4])
		b.WriteByte(hex[c&15])
	}
	return b.String()
}

// splitTarget splits a target into path and query.
func splitTarget(target string) (path, query string) {
	path, query, _ = strings.Cut(target, "?")
	return path, query
}
