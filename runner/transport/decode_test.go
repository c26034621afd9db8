package transport

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"io"
	"strconv"
	"strings"
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
	named := func(w io.Writer) (io.WriteCloser, error) {
		z := gzip.NewWriter(w)
		z.Name, z.Comment, z.Extra = "a name", "a comment", []byte("extra")
		return z, nil
	}
	zipped, zlibbed := pack(t, hello, gz), pack(t, hello, zl)
	broken := []byte(zipped)
	broken[len(broken)-7] ^= 1 // the checksum
	for name, c := range map[string]struct{ encoding, body, want string }{
		"gzip":             {"gzip", zipped, hello},
		"upper case":       {"GZIP", zipped, hello},
		"x-gzip":           {"x-gzip", zipped, hello},
		"deflate":          {"deflate", pack(t, hello, zl), hello},
		"raw deflate":      {"deflate", pack(t, hello, raw), hello},
		"br":               {"br", pack(t, hello, br), hello},
		"br, then more":    {"br", pack(t, hello, br) + "more", hello},
		"br, then another": {"br", pack(t, hello, br) + pack(t, hello, br), hello},
		"br, then much":    {"br", pack(t, hello, br) + strings.Repeat("more", 100_000), hello},
		"zstd":             {"zstd", pack(t, hello, zs), hello},
		"br over gzip":     {"gzip, br", pack(t, zipped, br), hello},
		"two members":      {"gzip", zipped + zipped, hello + hello},
		"gzip, no sum":     {"gzip", zipped[:len(zipped)-8], hello},
		"gzip, half a sum": {"gzip", zipped[:len(zipped)-6], hello},
		"zlib, no sum":     {"deflate", zlibbed[:len(zlibbed)-4], hello},
		"zlib, half a sum": {"deflate", zlibbed[:len(zlibbed)-1], hello},
		"named gzip":       {"gzip", pack(t, hello, named), hello},
		"garbage after":    {"gzip", zipped + "what is no gzip", "error: incorrect header check"},
		"wrong checksum":   {"gzip", string(broken), "error: incorrect data check"},
		"identity":         {"identity", hello, hello},
		"unknown":          {"rot13", hello, hello},
		"nothing encoded":  {"br", "", ""},
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

// A body that was cut short is an error under every encoding and every framing;
// the error says how much came.
func TestPromise_76_CutBodiesAreErrors(t *testing.T) {
	t.Parallel()
	var rows strings.Builder
	for i := range 300 {
		rows.WriteString("row " + strconv.Itoa(i*7919) + "\n")
	}
	gz := func(w io.Writer) (io.WriteCloser, error) { return gzip.NewWriter(w), nil }
	zl := func(w io.Writer) (io.WriteCloser, error) { return zlib.NewWriter(w), nil }
	raw := func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, 6) }
	stored := func(w io.Writer) (io.WriteCloser, error) { return gzip.NewWriterLevel(w, gzip.NoCompression) }
	br := func(w io.Writer) (io.WriteCloser, error) { return brotli.NewWriter(w), nil }
	zs := func(w io.Writer) (io.WriteCloser, error) { return zstd.NewWriter(w) }
	zipped := pack(t, rows.String(), gz)
	for name, c := range map[string]struct {
		encoding, body string
		sum            int // bytes at the end that may be missing
	}{
		"identity":     {"", rows.String(), 0},
		"gzip":         {"gzip", zipped, 8},
		"stored":       {"gzip", pack(t, rows.String(), stored), 8},
		"two members":  {"gzip", zipped + zipped, 8},
		"deflate":      {"deflate", pack(t, rows.String(), zl), 4},
		"raw deflate":  {"deflate", pack(t, rows.String(), raw), 0},
		"br":           {"br", pack(t, rows.String(), br), 0},
		"zstd":         {"zstd", pack(t, rows.String(), zs), 0},
		"br over gzip": {"gzip, br", pack(t, zipped, br), 0},
		"gzip over br": {"br, gzip", pack(t, pack(t, rows.String(), br), gz), 8},
	} {
		size := len(c.body)
		for _, n := range []int{1, 3, 11, size / 3, size / 2, size - c.sum - 1} {
			if name == "two members" && n == size/2 {
				continue // whole, so far
			}
			part := c.body[:n]
			head := "HTTP/1.1 200 OK\r\nContent-Encoding: " + c.encoding + "\r\n"
			if c.encoding == "" {
				head = "HTTP/1.1 200 OK\r\n"
			}
			for how, reply := range map[string]string{
				"length":  head + "Content-Length: " + strconv.Itoa(size) + "\r\n\r\n" + part,
				"whole":   head + "Content-Length: " + strconv.Itoa(n) + "\r\n\r\n" + part,
				"chunked": head + "Transfer-Encoding: chunked\r\n\r\n" + strconv.FormatInt(int64(size), 16) + "\r\n" + part,
				"closed":  head + "Connection: close\r\n\r\n" + part,
			} {
				if c.encoding == "" && how != "length" && how != "chunked" {
					continue // nothing says that there was more
				}
				s := serveRaw(t, nil, replies(reply))
				ex, err := do(t, newClient(t, Options{}), get(t, "http://"+s.addr+"/"))
				want := strconv.Itoa(n) + " bytes came"
				if how == "length" {
					want = strconv.Itoa(n) + " of " + strconv.Itoa(size) + " bytes came"
				}
				if err == nil || !strings.Contains(err.Error(), want) || ex.Hops[0].Response != nil {
					t.Errorf("%s, %d of %d, %s: %v", name, n, size, how, text(ex, err))
				}
			}
		}
	}
}
