// Package script is the contract between the runner and a JavaScript engine.
package script

import (
	"context"
	"encoding/json"
	"time"

	"postie/collections/vars"
)

// An Engine opens sandboxes. It is safe for concurrent use.
type Engine interface {
	Open(ctx context.Context, h Host, o Options) (Sandbox, error)
}

// Options bound a sandbox; the zero value is Postman's default.
type Options struct {
	Timeout  time.Duration // per script, waiting included; 0: 30 s of computing, and no limit on waiting
	Memory   int64         // bytes of JavaScript heap; 0 is 256 MiB
	Output   int64         // bytes of console output per script; 0 is 1 MiB
	Requests int           // pm.sendRequest calls per script; 0 is 1000
	Isolate  bool          // a fresh realm for each script
	Share    bool          // scripts of several sandboxes may run in one realm, if they leave it unchanged
}

// A Sandbox runs the scripts of one run, one at a time, in one realm: implicit
// globals survive from script to script, as in Postman.
type Sandbox interface {
	// Run runs one script to completion, timers and requests included. A
	// script that fails is an Outcome with Err set; the error is for a
	// sandbox that could not run it at all.
	Run(ctx context.Context, s *Script, c *Context) (*Outcome, error)
	Close() error
}

// Listen names when a script runs.
type Listen string

const (
	Prerequest Listen = "prerequest"
	Test       Listen = "test"
)

// A Script is JavaScript source and its place in the collection.
type Script struct {
	ID     string
	Name   string // `item "Login" > test script`, used in stacks and messages
	Listen Listen
	Source string
}

// A Field is one header line, spelled as written.
type Field struct {
	Name  string `json:"key"`
	Value string `json:"value"`
}

// A Response is what pm.response shows.
type Response struct {
	Code     int
	Status   string // reason phrase
	Header   []Field
	Body     []byte        // decoded
	Time     time.Duration // responseTime
	BodySize int64         // as response.size().body reports it
	HeadSize int64
}

// A Cookie is one cookie of the jar that matches the request's URL.
type Cookie struct {
	Name     string  `json:"name"`
	Value    string  `json:"value"`
	Domain   string  `json:"domain"`
	Path     string  `json:"path"`
	Expires  *string `json:"expires,omitempty"` // ISO date
	MaxAge   int     `json:"maxAge"`            // seconds, as the server set it; 0 when it did not
	Secure   bool    `json:"secure"`
	HTTPOnly bool    `json:"httpOnly"`
	HostOnly bool    `json:"hostOnly"`
	Session  bool    `json:"session"`
}

// A Context is what a script sees through pm.
type Context struct {
	Iteration, Iterations int
	ItemID, ItemName      string
	Location              []string // names, collection → item
	Current               string   // name of the entity that owns the script
	Scopes                *vars.Stack
	Request               json.RawMessage // collection form; resolved in tests
	Response              *Response       // nil in prerequest; zero after a request error
	Cookies               []Cookie
}

// An Outcome is what a script did. The runner applies it; a script that threw
// keeps its earlier mutations.
type Outcome struct {
	Err         *Error
	Local       []vars.Variable // the local scope, wholesale
	Environment []vars.Change
	Collection  []vars.Change
	Globals     []vars.Change
	Request     json.RawMessage // set when a prerequest script changed pm.request
	Next        *Next           // setNextRequest was called
	Skip        bool            // skipRequest was called
	Visualizer  *Visualizer
	LegacyUsed  []string // deprecated names used, for notes
}

// Next is the argument of setNextRequest; a nil Name is null.
type Next struct{ Name *string }

// Visualizer is what pm.visualizer.set was given.
type Visualizer struct {
	Template string          `json:"template"`
	Data     json.RawMessage `json:"data"`
	Options  json.RawMessage `json:"options"`
}

// An Error is an exception as newman's reports carry it.
type Error struct {
	Type    string `json:"type,omitempty"` // "Error"
	Name    string `json:"name"`
	Message string `json:"message"`
	Stack   string `json:"stack,omitempty"`
	Hint    string `json:"hint,omitempty"` // the cure, when known
	Line    int    `json:"line,omitempty"` // 1-based, in the script as written; 0 unknown
	Column  int    `json:"column,omitempty"`
}

// An Assertion is one result of pm.test, a legacy tests[...] entry or a done().
type Assertion struct {
	Name     string
	Index    int
	Skipped  bool
	Err      *Error
	Expected *string // inspected, when the assertion compared two values
	Actual   *string
}

// A Message is one argument of a console call.
type Message struct {
	JSON    json.RawMessage `json:"value"`   // null when it has no JSON form
	Inspect string          `json:"inspect"` // as node's util.inspect prints it, without colour
}

// A SendRequest is pm.sendRequest's request, in collection form.
type SendRequest struct {
	JSON json.RawMessage
}

// A SendResult is the response and the cookies of its URL. A RunRequest that
// was not sent has no response. Set has the changes that the scripts of a
// RunRequest made, also when the request failed.
type SendResult struct {
	Response *Response
	Cookies  []Cookie
	Set      ScopeChanges
}

// A RunRequest is the argument of pm.execution.runRequest: the id, name or path
// of a request of the collection, variables only for that request, and the
// script's changes of the scopes so far, which that request sees.
type RunRequest struct {
	Name      string
	Variables []vars.Variable
	Set       ScopeChanges
}

// ScopeChanges are the changes that scripts made to the scopes of a run.
type ScopeChanges struct {
	Local, Environment, Collection, Globals []vars.Change
}

// A SendError is a failed pm.sendRequest, with the properties of node's errors.
type SendError struct {
	Message string `json:"message"`
	Code    string `json:"code,omitempty"`
	Errno   int    `json:"errno,omitempty"`
	Syscall string `json:"syscall,omitempty"`
	Address string `json:"address,omitempty"`
	Port    int    `json:"port,omitempty"`
	// Hostname is the name that could not be resolved.
	Hostname string `json:"hostname,omitempty"`
}

// Error implements error.
func (e *SendError) Error() string { return e.Message }

// Deprecated is the level of notes on deprecated names of Postman's API. Each
// name is noted once per script.
const Deprecated = "deprecated"

// A Host provides a sandbox with what it needs from the runner. Send and
// RunRequest may be called from several goroutines at once; Console and Test
// only from Run's goroutine.
type Host interface {
	Send(ctx context.Context, r *SendRequest) (*SendResult, error)
	RunRequest(ctx context.Context, r *RunRequest) (*SendResult, error)
	// Console receives a call of console.log and the like. Level is log, info,
	// warn, error, debug or clear, or Deprecated for a note on a deprecated
	// name.
	Console(level string, args []Message)
	Test(a Assertion)
	Jar() Jar
	Vault() Vault
	// Library returns the source of the module with a require() name, or nil
	// when there is none. It may fetch the module; ctx ends the fetch.
	Library(ctx context.Context, name string) (*Library, error)
}

// A Library is one bundled module: CommonJS source, or bytecode of the engine.
type Library struct {
	Name     string
	Source   string // body of function (module, exports, require) {…}
	Bytecode []byte // optional, tied to Engine's version
}

// A Vault holds the run's secrets by name, as pm.vault sees them.
type Vault interface {
	Get(name string) (value vars.Value, ok bool)
	Set(name string, value vars.Value)
	Unset(name string)
	Given() bool // the run was started with a vault, or has one by now
}

// A Jar is the run's cookie jar as pm.cookies.jar() sees it.
type Jar interface {
	Get(url, name string) (*Cookie, error)
	GetAll(url string) ([]Cookie, error)
	Set(url, setCookie string) (*Cookie, error) // a Set-Cookie line
	Unset(url, name string) error
	Clear(url string) error
}
