package runner

import (
	"context"
	"sync/atomic"

	"postie/collections"
	"postie/runner/event"
	"postie/runner/mask"
	"postie/runner/script"
)

// A host is what a session's sandbox may ask for. From enter on it speaks for
// one script of one item.
type host struct {
	out       *emitter
	sender    *sender
	mask      *mask.Masker
	vault     *vault
	libraries Libraries
	jar       scriptJar
	nested    func(context.Context, place, *script.RunRequest) (*script.SendResult, error)

	at     place
	script *collections.Script
	listen script.Listen
	failed atomic.Bool // an assertion failed, in the script or in a request it ran
}

func (h *host) enter(at place, s *collections.Script, listen script.Listen) {
	h.at, h.script, h.listen = at, s, listen
	h.failed.Store(false)
}

func (h *host) Console(level string, args []script.Message) {
	e := &event.ConsoleLogged{Item: h.at.item, Listen: h.listen, Level: level, Messages: args}
	if level == script.Deprecated {
		e.Level, e.Note = "warn", true
	}
	h.out.emit(e, h.at.cursor)
}

func (h *host) Test(a script.Assertion) {
	e := &event.TestFinished{Item: h.at.item, Listen: h.listen, ScriptID: h.script.ID, Name: a.Name, Index: a.Index,
		Skipped: a.Skipped, Err: a.Err, Expected: a.Expected, Actual: a.Actual}
	if a.Err != nil {
		h.failed.Store(true)
		e.Line, e.File = h.script.FileLine(a.Err.Line), h.script.File()
	}
	h.out.emit(e, h.at.cursor)
}

func (h *host) Library(ctx context.Context, name string) (*script.Library, error) {
	if h.libraries == nil {
		return nil, nil
	}
	return h.libraries.Library(ctx, name)
}

func (h *host) Jar() script.Jar { return h.jar }

func (h *host) Vault() script.Vault { return h.vault }

func (h *host) RunRequest(ctx context.Context, q *script.RunRequest) (*script.SendResult, error) {
	return h.nested(ctx, h.at, q)
}

// Send sends a script's request: nothing is expanded or inherited, the body
// is never pruned and files are refused, as in Postman. It may be called from
// several goroutines at once.
func (h *host) Send(ctx context.Context, sr *script.SendRequest) (*script.SendResult, error) {
	req, err := collections.ParseRequest(sr.JSON)
	if err != nil {
		return nil, &script.SendError{Message: err.Error()}
	}
	if dropFiles(req) {
		h.out.warn(h.at, event.Warned{Kind: "file", Text: "uploading files from scripts is not allowed", Console: true})
	}
	learnRequest(h.mask, req, mask.Recent)
	learnAuth(h.mask, req.Auth, mask.Recent)
	keepBody := true
	got, fail := h.sender.exchange(ctx, &outgoing{request: req, source: "script", at: h.at,
		profile: collections.Profile{DisableBodyPruning: &keepBody}, auth: req.Auth})
	if fail != nil {
		return nil, sendError(fail)
	}
	return &script.SendResult{Response: got.response, Cookies: got.cookies}, nil
}

func sendError(f *event.Failure) *script.SendError {
	return &script.SendError{Message: f.Message, Code: f.Code, Errno: f.Errno, Syscall: f.Syscall, Address: f.Address, Port: f.Port}
}

// dropFiles removes what would read a file and reports whether it did.
func dropFiles(r *collections.Request) (dropped bool) {
	if r.Body == nil {
		return false
	}
	if r.Body.Mode == "file" {
		r.Body = nil
		return true
	}
	kept := r.Body.FormData[:0]
	for _, p := range r.Body.FormData {
		if p.Type == "file" {
			dropped = true
			continue
		}
		kept = append(kept, p)
	}
	r.Body.FormData = kept
	return dropped
}
