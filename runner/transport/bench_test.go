package transport

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strconv"
	"sync"
	"testing"
)

// sink answers every request, after it has read its body.
func sink(b *testing.B) string {
	b.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)      // the client sees what went wrong
		_, _ = io.WriteString(w, `{"ok":true}`) // as above
	}))
	b.Cleanup(s.Close)
	return s.URL
}

func BenchmarkTransport(b *testing.B) {
	for _, conns := range []int{1, 64} {
		b.Run(strconv.Itoa(conns)+"conns", func(b *testing.B) {
			client, r := newClient(b, Options{}), get(b, sink(b)+"/")
			b.ReportAllocs()
			if conns == 1 {
				for b.Loop() {
					if _, err := client.Do(b.Context(), r); err != nil {
						b.Fatal(err)
					}
				}
				return
			}
			var wg sync.WaitGroup
			jobs := make(chan struct{})
			for range conns {
				wg.Go(func() {
					for range jobs {
						if _, err := client.Do(b.Context(), r); err != nil {
							b.Error(err)
						}
					}
				})
			}
			for b.Loop() {
				jobs <- struct{}{}
			}
			close(jobs)
			wg.Wait()
		})
	}
}

// sparse is a body of zeros that is never held.
func sparse(size int64) *Body {
	return &Body{Len: size, Open: func() (io.ReadCloser, error) { return io.NopCloser(io.LimitReader(zeros{}, size)), nil }}
}

func send(ctx context.Context, tb testing.TB, client *Client, url string, size int64) {
	tb.Helper()
	r := get(tb, url)
	r.Method, r.Body = "POST", sparse(size)
	r.Header = r.Header.Set("Content-Length", strconv.FormatInt(size, 10))
	ex, err := client.Do(ctx, r)
	if err != nil || ex.Response.Code != 200 {
		tb.Fatal(text(ex, err))
	}
}

// BenchmarkUpload: bytes/op must not depend on the size.
func BenchmarkUpload(b *testing.B) {
	url := sink(b)
	for _, size := range []int64{1 << 20, 64 << 20} {
		b.Run(strconv.FormatInt(size>>20, 10)+"MiB", func(b *testing.B) {
			client := newClient(b, Options{})
			b.SetBytes(size)
			b.ReportAllocs()
			for b.Loop() {
				send(b.Context(), b, client, url, size)
			}
		})
	}
}

// Two gigabytes go out in constant memory.
func TestUploadIsStreamed(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	s := serveRaw(t, nil, func(c *call) bool {
		n, _ := strconv.ParseInt(c.header().Get("Content-Length"), 10, 64)
		got, _ := io.CopyN(io.Discard, c.r, n)
		c.say(ok(strconv.FormatInt(got, 10)))
		return true
	})
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	send(t.Context(), t, newClient(t, Options{Timeout: -1}), "http://"+s.addr+"/", 2<<30)
	runtime.ReadMemStats(&after)
	if grown := after.TotalAlloc - before.TotalAlloc; grown > 8<<20 {
		t.Errorf("%d bytes were allocated", grown)
	}
}
