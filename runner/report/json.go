package report

import (
	"bufio"
	"bytes"
	"crypto/md5" //nolint:gosec // newman's checksum, not a safeguard
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tidwall/gjson"

	"postie/collections/regex"
	"postie/collections/vars"
	"postie/runner/event"
	"postie/runner/runlog"
)

// JSON writes newman's JSON report. It differs where newman loses data: an
// execution appears once however many requests it made, a request error has
// its message, and a failure its item's path.
func JSON(w io.Writer, log Log, o Options) error {
	start, end, err := ends(log)
	if err != nil {
		return err
	}
	j := &jsonReport{w: bufio.NewWriterSize(w, 64<<10), log: log, opts: o, parents: parents(start.Collection)}
	j.text("{")
	j.collection(start)
	j.text(",")
	j.member(1, "environment", orEmpty(end.Environment))
	j.text(",")
	j.member(1, "globals", orEmpty(end.Globals))
	j.text(",\n  \"run\": {")
	j.member(2, "stats", encode(end.Summary.Stats))
	j.text(",")
	j.member(2, "timings", encode(timingsOf(&end.Summary)))
	j.text(",")
	j.list("executions", j.executions)
	j.text(",")
	j.member(2, "transfers", encode(transfers{end.Summary.Received}))
	j.text(",")
	j.list("failures", j.failures)
	j.text(",")
	j.member(2, "error", encode(runError(end)))
	j.text("\n  }\n}")
	if j.err != nil {
		return j.err
	}
	return j.w.Flush()
}

// A jsonReport is written piece by piece, so that it is never in
// memory as a whole.
type jsonReport struct {
	w       *bufio.Writer
	log     Log
	opts    Options
	parents map[string]owner
	failed  bool // an execution did
	buf     bytes.Buffer
	err     error
}

func (j *jsonReport) text(s string) {
	if j.err == nil {
		_, j.err = j.w.WriteString(s)
	}
}

// value writes JSON indented for depth.
func (j *jsonReport) value(depth int, raw json.RawMessage) {
	if j.err != nil {
		return
	}
	j.buf.Reset()
	if j.err = json.Indent(&j.buf, raw, strings.Repeat("  ", depth), "  "); j.err == nil {
		_, j.err = j.w.Write(j.buf.Bytes())
	}
}

func (j *jsonReport) member(depth int, name string, raw json.RawMessage) {
	j.text("\n" + strings.Repeat("  ", depth) + strconv.Quote(name) + ": ")
	j.value(depth, raw)
}

// collection writes the run's collection, from where the options have it whole
// or from the log.
func (j *jsonReport) collection(start *event.RunStarted) {
	j.text("\n  \"collection\": ")
	if j.opts.Collection != nil {
		if write := j.opts.Collection(start.Cursor.Run); write != nil {
			if j.err == nil {
				j.err = write(&indenter{w: j.w, prefix: "  "})
			}
			return
		}
	}
	j.value(1, orEmpty(j.logged(start)))
}

// logged is the run's collection as the log has it.
func (j *jsonReport) logged(start *event.RunStarted) json.RawMessage {
	for e, err := range j.log.Events(runlog.RunStarted, runlog.Collection) {
		if whole, ok := e.(*event.RunStarted); ok && err == nil {
			return whole.Collection
		}
		break
	}
	return start.Collection
}

// list writes an array whose elements each yields.
func (j *jsonReport) list(name string, each func(add func(any))) {
	j.text("\n    " + strconv.Quote(name) + ": [")
	first := true
	each(func(v any) {
		if !first {
			j.text(",")
		}
		first = false
		j.text("\n      ")
		j.value(3, encode(v))
	})
	if !first {
		j.text("\n    ")
	}
	j.text("]")
}

func orEmpty(raw json.RawMessage) json.RawMessage {
	if len(raw) == 0 || string(raw) == "null" {
		return json.RawMessage(`{}`)
	}
	return raw
}

// encode is v as JSON, with <, > and & as they are.
func encode(v any) json.RawMessage {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return json.RawMessage("null") // the types here always encode
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

type transfers struct {
	ResponseTotal int64 `json:"responseTotal"`
}

type jsonTimings struct {
	ResponseAverage  float64 `json:"responseAverage"`
	ResponseMin      float64 `json:"responseMin"`
	ResponseMax      float64 `json:"responseMax"`
	ResponseSd       float64 `json:"responseSd"`
	DNSAverage       float64 `json:"dnsAverage"`
	DNSMin           float64 `json:"dnsMin"`
	DNSMax           float64 `json:"dnsMax"`
	DNSSd            float64 `json:"dnsSd"`
	FirstByteAverage float64 `json:"firstByteAverage"`
	FirstByteMin     float64 `json:"firstByteMin"`
	FirstByteMax     float64 `json:"firstByteMax"`
	FirstByteSd      float64 `json:"firstByteSd"`
	Started          int64   `json:"started"`
	Completed        int64   `json:"completed"`
}

func timingsOf(s *event.Summary) jsonTimings {
	return jsonTimings{
		s.Response.Average, s.Response.Min, s.Response.Max, s.Response.Sd,
		s.DNS.Average, s.DNS.Min, s.DNS.Max, s.DNS.Sd,
		s.FirstByte.Average, s.FirstByte.Min, s.FirstByte.Max, s.FirstByte.Sd,
		s.Started.UnixMilli(), s.Completed.UnixMilli(),
	}
}

// runError is what ended the run early; null when nothing did.
func runError(end *event.RunFinished) *jsonError {
	if end.Err == nil {
		return nil
	}
	return &jsonError{Name: end.Err.Name, Message: end.Err.Message}
}

type jsonExecution struct {
	Cursor       jsonCursor       `json:"cursor"`
	Item         json.RawMessage  `json:"item"`
	Request      json.RawMessage  `json:"request"`
	Response     *jsonResponse    `json:"response,omitempty"`
	ID           string           `json:"id"`
	RequestError *jsonError       `json:"requestError,omitempty"`
	Assertions   []jsonAssertion  `json:"assertions,omitempty"`
	Test         []jsonScriptFail `json:"testScript,omitempty"`
	Prerequest   []jsonScriptFail `json:"prerequestScript,omitempty"`
	Attempts     int              `json:"attempts,omitempty"` // with --retry
	Flaky        bool             `json:"flaky,omitempty"`
}

type jsonResponse struct {
	ID           string          `json:"id"`
	Status       string          `json:"status"`
	Code         int             `json:"code"`
	Header       []event.Field   `json:"header"`
	Body         *string         `json:"body,omitempty"`
	Stream       json.RawMessage `json:"stream,omitempty"`
	Cookie       []struct{}      `json:"cookie"` // always empty, as newman's
	ResponseTime int64           `json:"responseTime"`
	ResponseSize int             `json:"responseSize"`
}

type jsonAssertion struct {
	Assertion string     `json:"assertion"`
	Skipped   bool       `json:"skipped"`
	Error     *jsonError `json:"error,omitempty"`
}

type jsonScriptFail struct {
	Error *jsonError `json:"error"`
}

// A jsonError has the members of all of newman's errors, in their order.
type jsonError struct {
	Errno      int         `json:"errno,omitempty"`
	Code       string      `json:"code,omitempty"`
	Syscall    string      `json:"syscall,omitempty"`
	Address    string      `json:"address,omitempty"`
	Port       int         `json:"port,omitempty"`
	Type       string      `json:"type,omitempty"`
	Name       string      `json:"name,omitempty"`
	Index      *int        `json:"index,omitempty"`
	Test       *string     `json:"test,omitempty"`
	Message    string      `json:"message"`
	Stack      string      `json:"stack,omitempty"`
	Checksum   string      `json:"checksum,omitempty"`
	ID         string      `json:"id,omitempty"`
	Timestamp  int64       `json:"timestamp,omitempty"`
	Stacktrace []jsonFrame `json:"stacktrace,omitempty"`
	Hint       string      `json:"hint,omitempty"`
}

type jsonFrame struct {
	FileName     string  `json:"fileName"`
	LineNumber   int     `json:"lineNumber"`
	FunctionName *string `json:"functionName"`
	TypeName     *string `json:"typeName"`
	MethodName   *string `json:"methodName"`
	ColumnNumber int     `json:"columnNumber"`
	Native       bool    `json:"native"`
}

// A jsonCursor prints as newman's: the first of a run has all flags.
type jsonCursor struct {
	event.Cursor
	http, script, execution string
}

// MarshalJSON implements json.Marshaler.
func (c jsonCursor) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	if c.Position == 0 && c.Iteration == 0 {
		fmt.Fprintf(&b, `{"position":%d,"iteration":%d,"length":%d,"cycles":%d,"empty":false,"eof":false,"bof":true,"cr":false,"ref":%q`,
			c.Position, c.Iteration, c.Length, c.Cycles, c.Ref)
	} else {
		fmt.Fprintf(&b, `{"ref":%q,"length":%d,"cycles":%d,"position":%d,"iteration":%d`,
			c.Ref, c.Length, c.Cycles, c.Position, c.Iteration)
		if c.Position == 0 {
			b.WriteString(`,"cr":true`)
		}
	}
	for _, m := range [][2]string{{"httpRequestId", c.http}, {"scriptId", c.script}, {"execution", c.execution}} {
		if m[1] != "" {
			fmt.Fprintf(&b, `,%q:%q`, m[0], m[1])
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// cursor adds ids to a cursor that are the same in every rendering of a log.
func cursor(c event.Cursor, http bool, scriptID string) jsonCursor {
	out := jsonCursor{Cursor: c, script: scriptID}
	if http {
		out.http = derivedID(c.Ref, "request")
	}
	if scriptID != "" {
		out.execution = derivedID(c.Ref, scriptID)
	}
	return out
}

// derivedID is a UUID made from parts.
func derivedID(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return vars.UUID(4, sum[:])
}

func (j *jsonReport) executions(add func(any)) {
	for x, err := range Executions(j.log) {
		if err != nil {
			j.err = err
			return
		}
		r, failed := x.Request(), x.Failed()
		j.failed = j.failed || failed
		if r == nil || j.opts.OnlyFailures && !failed {
			continue
		}
		add(j.execution(x, r))
		if j.err != nil {
			return
		}
	}
}

func (j *jsonReport) execution(x *Execution, r *event.RequestFinished) jsonExecution {
	out := jsonExecution{
		Cursor:   cursor(x.Cursor, true, ""),
		Item:     j.strip(orEmpty(x.JSON), "request."),
		Request:  j.strip(orEmpty(r.Request.JSON), ""),
		ID:       x.Item.ID,
		Response: j.response(r),
		Attempts: x.Attempts,
		Flaky:    x.Flaky,
	}
	if r.Err != nil {
		out.RequestError = netError(r.Err)
		out.RequestError.Message, out.RequestError.Hint = r.Err.Message, r.Err.Hint
	}
	for _, t := range x.Tests {
		a := jsonAssertion{Assertion: t.Name, Skipped: t.Skipped}
		if t.Err != nil {
			a.Error = &jsonError{Name: t.Err.Name, Index: &t.Index, Test: &t.Name, Message: t.Err.Message, Stack: t.Err.Stack}
		}
		out.Assertions = append(out.Assertions, a)
	}
	for _, s := range x.Scripts {
		if s.Err == nil {
			continue
		}
		fail := jsonScriptFail{scriptFail(s)}
		if s.Listen == "test" {
			out.Test = append(out.Test, fail)
		} else {
			out.Prerequest = append(out.Prerequest, fail)
		}
	}
	return out
}

func (j *jsonReport) response(r *event.RequestFinished) *jsonResponse {
	if r.Response == nil {
		return nil
	}
	out := &jsonResponse{
		ID:           derivedID(r.Cursor.Ref, "response"),
		Status:       r.Response.Status,
		Code:         r.Response.Code,
		Header:       r.Response.Header,
		Cookie:       []struct{}{},
		ResponseTime: r.Response.Time.Milliseconds(),
		ResponseSize: int(r.Response.Length()),
	}
	if j.opts.OmitHeaders || out.Header == nil {
		out.Header = []event.Field{}
	}
	body := j.opts.body(r.Response.Body)
	switch {
	case j.opts.Bodies == BodiesNone:
	case j.opts.Bodies == BodiesBytes:
		out.Stream = byteArray(body)
	case utf8.Valid(body):
		s := string(body)
		out.Body = &s
	default:
		out.Stream = json.RawMessage(`{"type":"Base64","data":"` + base64.StdEncoding.EncodeToString(body) + `"}`)
	}
	return out
}

// byteArray is node's JSON of a Buffer.
func byteArray(body []byte) json.RawMessage {
	out := append(make([]byte, 0, 4*len(body)+32), `{"type":"Buffer","data":[`...)
	for i, c := range body {
		if i > 0 {
			out = append(out, ',')
		}
		out = strconv.AppendUint(out, uint64(c), 10)
	}
	return append(out, "]}"...)
}

// strip empties what the options leave out of a request's JSON.
func (j *jsonReport) strip(raw json.RawMessage, path string) json.RawMessage {
	if j.opts.OmitHeaders {
		raw = splice(raw, path+"header", "[]")
	}
	if j.opts.Bodies == BodiesNone {
		raw = splice(raw, path+"body", "{}")
	}
	return raw
}

// splice puts text in the place of the value at path, if there is one.
func splice(raw json.RawMessage, path, text string) json.RawMessage {
	r := gjson.GetBytes(raw, path)
	if !r.Exists() || r.Index == 0 {
		return raw
	}
	out := append([]byte{}, raw[:r.Index]...)
	out = append(out, text...)
	return append(out, raw[r.Index+len(r.Raw):]...)
}

// netError has node's own members of a request error.
func netError(f *event.Failure) *jsonError {
	return &jsonError{Errno: f.Errno, Code: f.Code, Syscall: f.Syscall, Address: f.Address, Port: f.Port}
}

func scriptFail(s *event.ScriptFinished) *jsonError {
	e := &jsonError{Type: s.Err.Type, Name: s.Err.Name, Message: s.Err.Message, Stack: s.Err.Stack}
	e.identify(s.Time, s.Cursor.Ref)
	return e
}

// identify adds what newman adds to a serialised error.
func (e *jsonError) identify(at time.Time, ref string) {
	sum := md5.Sum([]byte(e.Name + e.Message + e.Stack)) //nolint:gosec // as above
	e.Checksum = hex.EncodeToString(sum[:])
	e.ID = derivedID(ref, e.Checksum)
	e.Timestamp = at.UnixMilli()
	e.Stacktrace = frames(e.Stack)
}

var frame = regex.Lazy(`(?m)^\s*at (?:(.+?) )?\(?([^():\s]+):(\d+):(\d+)\)?$`)

// frames reads a stack.
func frames(stack string) []jsonFrame {
	var out []jsonFrame
	for _, m := range frame().FindAllStringSubmatch(stack, -1) {
		f := jsonFrame{FileName: m[2]}
		f.LineNumber, _ = strconv.Atoi(m[3])   // digits
		f.ColumnNumber, _ = strconv.Atoi(m[4]) // digits
		if m[1] != "" {
			name := m[1]
			f.FunctionName = &name
			if typ, method, ok := strings.Cut(name, "."); ok {
				f.TypeName, f.MethodName = &typ, &method
			}
		}
		out = append(out, f)
	}
	return out
}

type jsonFailure struct {
	Error  *jsonError      `json:"error"`
	At     string          `json:"at"`
	Source json.RawMessage `json:"source,omitempty"`
	Parent *owner          `json:"parent,omitempty"`
	Cursor jsonCursor      `json:"cursor"`
	Item   *event.ItemRef  `json:"item,omitempty"`
	Line   int             `json:"line,omitempty"` // in the collection file
}

// failures are those of executions; a run's own error is in run.error.
func (j *jsonReport) failures(add func(any)) {
	if !j.failed {
		return
	}
	var item *event.ItemStarted
	for e, err := range j.log.Events(runlog.ItemStarted, runlog.RequestFinished, runlog.ScriptFinished, runlog.TestFinished, runlog.Warned) {
		if err != nil {
			j.err = err
			return
		}
		if started, ok := e.(*event.ItemStarted); ok {
			item = started
		}
		if f := event.FailureOf(e); f != nil && item != nil {
			add(j.failure(e, f, item))
		}
		if j.err != nil {
			return
		}
	}
}

func (j *jsonReport) failure(e event.Event, f *event.Failure, item *event.ItemStarted) jsonFailure {
	out := jsonFailure{At: f.At, Source: j.strip(orEmpty(item.JSON), "request."), Item: &item.Item, Line: f.Line,
		Cursor: cursor(f.Cursor, true, "")}
	if p, ok := j.parents[item.Item.ID]; ok {
		out.Parent = &p
	}
	out.Error = &jsonError{Name: f.Name, Message: f.Message, Stack: f.Stack, Hint: f.Hint}
	var at time.Time
	switch e := e.(type) {
	case *event.TestFinished:
		at = e.Time
		out.Error.Index, out.Error.Test = &e.Index, &e.Name
		out.Cursor = cursor(f.Cursor, e.Listen == "test", e.ScriptID)
	case *event.ScriptFinished:
		at = e.Time
		out.Error.Type = e.Err.Type
		out.Cursor = cursor(f.Cursor, e.Listen == "test", e.ScriptID)
	case *event.RequestFinished:
		at = e.Time
		net := netError(f)
		net.Name, net.Message, net.Stack, net.Hint = f.Name, f.Message, f.Name+": "+f.Message, f.Hint
		out.Error = net
		// newman names neither the item's parent here nor, for a script's
		// request, the item.
		out.Parent = nil
		sent := j.strip(orEmpty(e.Request.JSON), "")
		if e.Source == "script" {
			out.Source = slices.Concat([]byte(`{"request":`), sent, []byte(`,"response":[],"event":[]}`))
		} else {
			out.Source = splice(orEmpty(item.JSON), "request", string(sent))
		}
	case *event.Warned:
		at = e.Time
	}
	out.Error.identify(at, f.Cursor.Ref)
	return out
}

var _ Log = (*runlog.Log)(nil)
