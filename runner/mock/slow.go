package mock

import (
	"net/http"
	"time"
)

// Slow answers as h does, each time after a wait.
func Slow(h http.Handler, wait time.Duration) http.Handler {
	if wait <= 0 {
		return h
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if pause(r, wait) {
			h.ServeHTTP(w, r)
		}
	})
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
