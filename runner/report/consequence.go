package report

import (
	"encoding/json"
	"fmt"
	"mime"
	"strings"

	"github.com/tidwall/gjson"

	"postie/collections/regex"
	"postie/runner/event"
)

// A heldFailure is listed after the summary, together with its consequences.
type heldFailure struct {
	event.Failure
	number int    // among all failures, consequences included
	data   string // the iteration's row, as JSON
	answer string // message of the server, when it explains the failure
	consequences
}

// consequences are the failures that follow from another one.
type consequences struct {
	requests []string // that failed for the same reason
	tests    int      // tests that had no response to check
}

// add counts a failure of the named request.
func (c *consequences) add(f *event.Failure, request string) {
	if f.Kind == event.KindRequest {
		c.requests = append(c.requests, request)
	} else {
		c.tests++
	}
}

// withoutResponse says how many tests had no response, "" for none.
func (c *consequences) withoutResponse() string {
	if c.tests == 0 {
		return ""
	}
	return Counted(c.tests, "test") + " had no response to look at"
}

// A fold finds the failures that follow from another one in a list. A failed
// test of an item without a response is a consequence of the failed request.
// Requests of a run that fail with the same message have the same cause.
type fold struct {
	causes     map[string]int // by run and message: the index of the first request that failed so
	unanswered int            // the index of the failure of the item's request, or -1
}

func newFold() fold { return fold{causes: map[string]int{}, unanswered: -1} }

// nextItem is called before the failures of another item.
func (o *fold) nextItem() { o.unanswered = -1 }

// origin returns the index of the failure from which f follows, or -1.
func (o *fold) origin(run string, f *event.Failure) int {
	switch f.Kind {
	case event.KindAssertion:
		return o.unanswered
	case event.KindRequest:
		if at, known := o.causes[run+causeOf(f)]; known {
			o.unanswered = at
			return at
		}
	}
	return -1
}

// listed is called with the index of a failure that follows from no other.
func (o *fold) listed(run string, f *event.Failure, at int) {
	if f.Kind == event.KindRequest {
		o.causes[run+causeOf(f)], o.unanswered = at, at
	}
}

// ofItem is the start of a message that names the item it is about.
var ofItem = regex.Lazy(`^item ".*?": `)

// hold keeps a failure for the list.
func (c *CLI) hold(f *event.Failure) {
	if at := c.fold.origin("", f); at >= 0 {
		c.held[at].add(f, placeOf(f))
		return
	}
	if len(c.held) == maxHeld {
		return
	}
	h := heldFailure{Failure: *f, number: c.failing, data: string(c.data)}
	if f.Kind == event.KindAssertion && !c.explained {
		h.answer = explanation(c.response, f)
		c.explained = h.answer != ""
	}
	c.held = append(c.held, h)
	c.fold.listed("", f, len(c.held)-1)
}

// causeOf returns what is the same for requests that fail for one reason.
func causeOf(f *event.Failure) string { return ofItem().ReplaceAllString(f.Message, "") }

// placeOf names the request of a failure, and its iteration when there are
// several.
func placeOf(f *event.Failure) string {
	if f.Cursor.Cycles > 1 {
		return fmt.Sprintf("%s (iteration %d)", fullName(f.Item), f.Cursor.Iteration+1)
	}
	return fullName(f.Item)
}

// follow returns the consequences of a failure, in lines.
func (h *heldFailure) follow() []string {
	var out []string
	if h.answer != "" {
		out = append(out, h.answer)
	}
	if n := len(h.requests); n > 0 {
		out = append(out, "the same in "+nameSome(h.requests))
	}
	if text := h.withoutResponse(); text != "" {
		out = append(out, text)
	}
	return out
}

// nameSome names a few of many, without duplicates.
func nameSome(list []string) string {
	const few = 10
	var names []string
	seen := map[string]bool{}
	for _, n := range list {
		if !seen[n] {
			seen[n] = true
			names = append(names, SafeLine(n))
		}
	}
	if more := len(names) - few; more > 0 {
		return fmt.Sprintf("%s and %s", strings.Join(names[:few], ", "), Counted(more, "other request"))
	}
	if len(names) < len(list) {
		return fmt.Sprintf("%s (%d times)", strings.Join(names, ", "), len(list))
	}
	return strings.Join(names, ", ")
}

// messages are the members in which JSON responses describe an error, the
// clearest first.
var messages = []string{"message", "error_description", "error.message", "error", "detail", "title", "reason", "errors.0.message", "errors.0"}

// longestAnswer is how many bytes of a response's message are shown.
const longestAnswer = 200

// explanation returns the response's text that explains why a test failed: its
// error message, or the text that is no JSON where a test expected JSON. It
// returns "" when the response explains nothing.
func explanation(r *event.Response, f *event.Failure) string {
	noJSON := f.Name == "JSONError" || f.Name == "SyntaxError"
	if r == nil || r.Code < 400 && !noJSON {
		return ""
	}
	text := fmt.Sprintf("the answer: %d %s", r.Code, SafeLine(r.Status))
	if json.Valid(r.Body) {
		for _, path := range messages {
			if m := gjson.GetBytes(r.Body, path); m.Type == gjson.String && strings.TrimSpace(m.Str) != "" {
				return text + ": " + clip(SafeLine(m.Str), longestAnswer)
			}
		}
		return text
	}
	if len(r.Body) == 0 {
		return text + ", without a body"
	}
	kind := "no JSON"
	for _, h := range r.Header {
		if strings.EqualFold(h.Name, "Content-Type") {
			if t, _, err := mime.ParseMediaType(h.Value); err == nil && !strings.Contains(t, "json") {
				kind = t + ", not JSON"
			}
		}
	}
	return text + ": " + kind
}
