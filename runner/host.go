package runner

import (
	"context"
	"strings"
	"sync/atomic"

	"postie/collections"
	"postie/runner/event"
	"postie/runner/internal/emit"
	"postie/runner/internal/send"
	"postie/runner/mask"
	"postie/runner/script"
)

// A host does what a session's sandbox asks for. After enter, it does so for one
// script of one item.
type host struct {
	out       *emit.Emitter
	sender    *send.Sender
	mask      *mask.Masker
	vault     *vault
	libraries Libraries
	jar       send.Jar
	nested    func(context.Context, emit.Place, *script.RunRequest) (*script.SendResult, error)

	at     emit.Place
	script *collections.Script
	listen script.Listen
	failed atomic.Bool // an assertion failed, in the script or in a request it ran
}

func (h *host) enter(at emit.Place, s *collections.Script, listen script.Listen) {
	h.at, h.script, h.listen = at, s, listen
	h.failed.Store(false)
}

func (h *host) Console(level string, args []script.Message) {
	e := &event.ConsoleLogged{Item: h.at.Item, Listen: h.listen, Level: level, Messages: args}
	if level == script.Deprecated {
		e.Level, e.Note = "warn", true
	}
	h.out.Emit(e, h.at.Cursor)
}

func (h *host) Test(a script.Assertion) {
	e := &event.TestFinished{Item: h.at.Item, Listen: h.listen, ScriptID: h.script.ID, Name: a.Name, Index: a.Index,
		Skipped: a.Skipped, Err: a.Err, Expected: a.Expected, Actual: a.Actual}
	if a.Err != nil {
		h.failed.Store(true)
		e.Line, e.File = h.script.FileLine(a.Err.Line), h.script.File()
	}
	h.out.Emit(e, h.at.Cursor)
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
		h.out.Warn(h.at, event.Warned{Kind: "file", Text: "uploading files from scripts is not allowed", Console: true})
	}
	send.LearnRequest(h.mask, req, mask.Recent)
	send.LearnAuth(h.mask, req.Auth, mask.Recent)
	keepBody := true
	got, fail := h.sender.Exchange(ctx, &send.Outgoing{Request: req, Source: "script", At: h.at,
		Profile: collections.Profile{DisableBodyPruning: &keepBody}, Auth: req.Auth})
	if fail != nil {
		return nil, sendError(fail)
	}
	return &script.SendResult{Response: got.Response, Cookies: got.Cookies}, nil
}

func sendError(f *event.Failure) *script.SendError {
	e := &script.SendError{Message: f.Message, Code: f.Code, Errno: f.Errno, Syscall: f.Syscall, Address: f.Address, Port: f.Port}
	if f.Syscall == "getaddrinfo" {
		e.Hostname = strings.TrimPrefix(f.Message, "getaddrinfo "+f.Code+" ")
	}
	return e
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
