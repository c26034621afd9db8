package runner

import (
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"runtime"
	"testing"
	"time"

	"postie/collections"
)

// bigFile is a file of zeros, of half a gigabyte, in any directory.
type bigFile struct{ left int64 }

const bigSize = 512 << 20

func (bigFile) Open(string) (fs.File, error)  { return &bigFile{bigSize}, nil }
func (f *bigFile) Stat() (fs.FileInfo, error) { return bigInfo{}, nil }
func (f *bigFile) Close() error               { return nil }
func (f *bigFile) Read(p []byte) (n int, err error) {
	if f.left == 0 {
		return 0, io.EOF
	}
	n = int(min(int64(len(p)), f.left))
	f.left -= int64(n)
	clear(p[:n])
	return n, nil
}

type bigInfo struct{}

func (bigInfo) Name() string       { return "big.bin" }
func (bigInfo) Size() int64        { return bigSize }
func (bigInfo) Mode() fs.FileMode  { return 0o444 }
func (bigInfo) ModTime() time.Time { return time.Time{} }
func (bigInfo) IsDir() bool        { return false }
func (bigInfo) Sys() any           { return nil }

// Files of any size go out, and again after a 307, without being held.
func TestFilesAreStreamed(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a second")
	}
	var got []int64
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n, _ := io.Copy(io.Discard, r.Body) // what is missing shows below
		got = append(got, n)
		if r.URL.Path == "/first" {
			http.Redirect(w, r, "/second", http.StatusTemporaryRedirect)
		}
	}))
	defer srv.Close()
	col, err := collections.Parse("c.json", []byte(`{"info":{"name":"c"},"item":[
		{"name":"file","request":{"method":"POST","url":"`+srv.URL+`/first","body":{"mode":"file","file":{"src":"big.bin"}}}},
		{"name":"form","request":{"method":"POST","url":"`+srv.URL+`/form","body":{"mode":"formdata","formdata":[{"key":"f","type":"file","src":"big.bin"}]}}}]}`))
	if err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	res, err := Run(t.Context(), Options{Documents: Documents{Collection: col, Files: bigFile{}}})
	runtime.ReadMemStats(&after)
	if err != nil || res.Failed() {
		t.Fatal(err, res.Failures)
	}
	if len(got) != 3 || got[0] != bigSize || got[1] != bigSize || got[2] < bigSize {
		t.Errorf("came: %d", got)
	}
	if grown := after.TotalAlloc - before.TotalAlloc; grown > 16<<20 {
		t.Errorf("%d bytes were allocated", grown)
	}
}
