package transport

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"io"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
)

func pack(t *testing.T, text string, open func(io.Writer) (io.WriteCloser, error)) string {
	t.Helper()
	var b bytes.Buffer
	w, err := open(&b)
	if err == nil {
		_, err = io.WriteString(w, text)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestContentEncodings(t *testing.T) {
	t.Parallel()
	const hello = "hello hello hello hello"
	gz := func(w io.Writer) (io.WriteCloser, error) { return gzip.NewWriter(w), nil }
	zl := func(w io.Writer) (io.WriteCloser, error) { return zlib.NewWriter(w), nil }
	raw := func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, 6) }
	br := func(w io.Writer) (io.WriteCloser, error) { return brotli.NewWriter(w), nil }
	zs := func(w io.Writer) (io.WriteCloser, error) { return zstd.NewWriter(w) }
	zipped := pack(t, hello, gz)
	broken := []byte(zipped)
	broken[len(broken)-7] ^= 1 // the checksum
	for name, c := range map[string]struct{ encoding, body, want string }{
		"gzip":            {"gzip", zipped, hello},
		"upper case":      {"GZIP", zipped, hello},
		"x-gzip":          {"x-gzip", zipped, hello},
		"deflate":         {"deflate", pack(t, hello, zl), hello},
		"raw deflate":     {"deflate", pack(t, hello, raw), hello},
		"br":              {"br", pack(t, hello, br), hello},
		"zstd":            {"zstd", pack(t, hello, zs), hello},
		"br over gzip":    {"gzip, br", pack(t, zipped, br), hello},
		"two members":     {"gzip", zipped + zipped, hello + hello},
		"truncated gzip":  {"gzip", zipped[:len(zipped)-6], hello},
		"garbage after":   {"gzip", zipped + "what is no gzip", "error: incorrect header check"},
		"wrong checksum":  {"gzip", string(broken), "error: incorrect data check"},
		"identity":        {"identity", hello, hello},
		"unknown":         {"rot13", hello, hello},
		"nothing encoded": {"br", "", ""},
	} {
		s := serveRaw(t, nil, replies(ok(c.body, "Content-Encoding: "+c.encoding)))
		ex, err := do(t, newClient(t, Options{}), get(t, "http://"+s.addr+"/"))
		if got := text(ex, err); got != c.want {
			t.Errorf("%s: %s", name, got)
		}
		if err == nil && ex.Response.WireSize != int64(len(c.body)) {
			t.Errorf("%s: %d bytes on the wire, want %d", name, ex.Response.WireSize, len(c.body))
		}
	}
	s := serveRaw(t, nil, replies("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 100\r\n\r\n"))
	r := get(t, "http://"+s.addr+"/")
	r.Method = "HEAD"
	if got := text(do(t, newClient(t, Options{}), r)); got != "" {
		t.Errorf("HEAD: %s", got)
	}
}
