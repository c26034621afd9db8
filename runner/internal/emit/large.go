package emit

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"unicode/utf8"

	"postie/runner/event"
)

// bodyMargin is how many bytes after the kept start of a large body are
// searched for secrets, so that a secret that begins in the start and ends
// after it is found as a whole.
const bodyMargin = 64 << 10

// cutLarge keeps the start of a response body that is longer than events hold,
// and the margin in which secrets are searched. It copies, so that the rest can
// be freed. It reports whether it cut.
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

// trimLarge removes the margin that cutLarge kept for the search. Masks may be
// shorter than the secrets they replace, and a piece of a secret may be at the
// end, so a whole margin is removed.
func trimLarge(e event.Event) {
	r := e.(*event.RequestFinished).Response
	r.Body = cutText(r.Body, min(event.StartOfBody, max(len(r.Body)-bodyMargin, 0)))
}

// cutText returns at most n bytes of b, and cuts no character in two.
func cutText(b []byte, n int) []byte {
	if len(b) <= n {
		return b
	}
	for i := 0; n > 0 && i < utf8.UTFMax && !utf8.RuneStart(b[n]); i++ {
		n--
	}
	return b[:n]
}
