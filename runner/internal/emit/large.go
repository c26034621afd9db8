package emit

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"unicode/utf8"

	"postie/runner/event"
)

// bodyMargin is how much more of a large body than its start is looked at for
// secrets: one that begins in the start and ends behind it is found whole.
const bodyMargin = 64 << 10

// cutLarge keeps, of a response body that is longer than events hold, the start
// and what comes after it as far as secrets are looked for. It copies, so that
// the rest can be freed. It reports whether it cut.
func cutLarge(e event.Event) bool {
	q, ok := e.(*event.RequestFinished)
	if !ok || q.Response == nil || len(q.Response.Body) <= event.LargeBody {
		return false
	}
	r := *q.Response
	r.Whole = int64(len(r.Body))
	sum := sha256.Sum256(r.Body)
	r.Digest = hex.EncodeToString(sum[:])
	r.Body = bytes.Clone(cutText(r.Body, event.StartOfBody+bodyMargin))
	q.Response = &r
	return true
}

// trimLarge takes off what cutLarge kept for the search. What replaced secrets
// may be shorter than they were, and a piece of one may be at the end: a
// whole margin goes.
func trimLarge(e event.Event) {
	r := e.(*event.RequestFinished).Response
	r.Body = cutText(r.Body, min(event.StartOfBody, max(len(r.Body)-bodyMargin, 0)))
}

// cutText is at most n bytes of b; no character is cut in two.
func cutText(b []byte, n int) []byte {
	if len(b) <= n {
		return b
	}
	for i := 0; n > 0 && i < utf8.UTFMax && !utf8.RuneStart(b[n]); i++ {
		n--
	}
	return b[:n]
}
