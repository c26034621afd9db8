package mock

import (
	"math/rand/v2"
	"net/http"
	"sync"
	"time"
)

// Conditions are those of a server in the world: it takes its time, it fails
// now and then, and someone watches. The zero value has none.
type Conditions struct {
	Latency  time.Duration // before each answer
	FailRate float64       // share of requests, 0 to 1, that are answered with 503
	Log      func(Served)  // called with each request, one at a time
}

// Served is one request and what answered it; Example is "" when none did.
type Served struct {
	Method, Target string
	Code           int
	Example        string
}

// Wrap has h answer under the conditions.
func (c Conditions) Wrap(h http.Handler) http.Handler {
	var mu sync.Mutex
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !pause(r, c.Latency) {
			return
		}
		seen := &watched{ResponseWriter: w, code: http.StatusOK}
		if c.FailRate > 0 && rand.Float64() < c.FailRate {
			http.Error(seen, "a fault, as asked for", http.StatusServiceUnavailable)
		} else {
			h.ServeHTTP(seen, r)
		}
		if c.Log != nil {
			mu.Lock()
			defer mu.Unlock()
			c.Log(Served{Method: r.Method, Target: r.RequestURI, Code: seen.code, Example: seen.example})
		}
	})
}

// A watched writer remembers what was answered.
type watched struct {
	http.ResponseWriter
	code    int
	example string
}

func (w *watched) WriteHeader(code int) {
	w.code = code
	w.ResponseWriter.WriteHeader(code)
}

// Unwrap gives http.ResponseController the writer itself.
func (w *watched) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// answeredBy notes the example that answers, where someone watches.
func answeredBy(w http.ResponseWriter, example string) {
	if w, ok := w.(*watched); ok {
		w.example = example
	}
}

// pause reports whether the client is still there after wait.
func pause(r *http.Request, wait time.Duration) bool {
	if wait <= 0 {
		return true
	}
	t := time.NewTimer(wait)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-r.Context().Done():
		return false
	}
}
