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
	number   int    // among all failures, consequences included
	data     string // the iteration's row, as JSON
	answer   string // message of the server, when it explains the failure
	requests []string
	tests    int // tests that had no response to check
}

// ofItem is the start of a message that names the item it is about.
var ofItem = regex.Lazy(`^item ".*?": `)

// hold keeps a failure for the list. A failed test of an item without a
// response is a consequence of the failed request. Requests that fail with the
// same message have the same cause.
func (c *CLI) hold(f *event.Failure) {
	if f.Kind == event.KindAssertion && c.unanswered >= 0 {
		c.held[c.unanswered].tests++
		return
	}
	if f.Kind == event.KindRequest {
		if i, known := c.causes[causeOf(f)]; known {
			h := &c.held[i]
			h.requests = append(h.requests, placeOf(f))
			c.unanswered = i
			return
		}
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
	if f.Kind == event.KindRequest {
		c.unanswered = len(c.held) - 1
		c.causes[causeOf(f)] = c.unanswered
	}
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
	if h.tests > 0 {
		out = append(out, Counted(h.tests, "test")+" had no response to look at")
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
