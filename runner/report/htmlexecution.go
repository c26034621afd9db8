package report

import (
	"encoding/json"
	"math"
	"strings"
	"time"
	"unicode/utf8"

	"postie/runner/event"

	"github.com/tidwall/gjson"
)

// An htmlItem is an item of the collection. The page has it once, however often
// it runs.
type htmlItem struct {
	Name        string   `json:"name"`
	Path        []string `json:"path"` // folders
	Line        int      `json:"line,omitempty"`
	File        string   `json:"file,omitempty"` // when the collection has many
	Description string   `json:"description,omitempty"`
}

// item is the item's number. At the first call for an item it adds the item to
// the page.
func (p *htmlPage) item(x *Execution) int {
	key := x.Item.ID + "\x00" + strings.Join(x.Item.Path, "\x00")
	n, ok := p.items[key]
	if !ok {
		n = len(p.items)
		p.items[key] = n
		it := htmlItem{Name: x.Item.Name, Line: x.Item.Line, File: x.Item.File, Path: []string{}}
		if len(x.Item.Path) > 2 {
			it.Path = x.Item.Path[1 : len(x.Item.Path)-1]
		}
		it.Description = cut(descriptionOf(x.JSON), 4000)
		p.newItems = append(p.newItems, it)
	}
	return n
}

// descriptionOf is the item's, or its request's, as text.
func descriptionOf(item json.RawMessage) string {
	for _, path := range []string{"request.description", "description"} {
		d := gjson.GetBytes(item, path)
		if d.IsObject() {
			d = d.Get("content")
		}
		if d.String() != "" {
			return d.String()
		}
	}
	return ""
}

// Results of an execution, as the page knows them.
const (
	htmlPassed = iota
	htmlFailed
	htmlSkipped
)

// row is the execution's line of the index; the page's data.js names the
// columns.
func (p *htmlPage) row(x *Execution) []any {
	result, reason := htmlPassed, ""
	for f := range x.failures() {
		result, reason = htmlFailed, cut(strings.TrimPrefix(f.Test+": "+causeOf(f), ": "), 240)
		break // the list shows the first
	}
	passed := 0
	for _, t := range x.Tests {
		if testResult(t) == htmlPassed {
			passed++
		}
	}
	if x.Skipped && result == htmlPassed {
		result = htmlSkipped
	}
	method, url, code, size := "", "", 0, int64(0)
	if r := x.Request(); r != nil {
		method, url = r.Request.Method, cut(r.Request.Display, 300)
		if r.Response != nil {
			code, size = r.Response.Code, r.Response.BodySize
		}
	}
	return []any{p.n, p.item(x), x.Cursor.Iteration, x.Cursor.Run,
		x.Started.Sub(p.run.Summary.Started).Milliseconds(), decimal(x.Time()), code, result,
		len(x.Tests), passed, size, len(x.Warnings), len(x.Console), method, url, reason}
}

// decimal is milliseconds to one decimal place, since below one they would all be alike.
func decimal(d time.Duration) float64 {
	return math.Round(float64(d)/float64(time.Millisecond)*10) / 10
}

// An htmlDetail is an execution as the page opens it.
type htmlDetail struct {
	N          int             `json:"n"`
	Started    time.Time       `json:"started"`
	Data       string          `json:"data,omitempty"` // JSON as text: a page's numbers are short
	Failures   []htmlFailure   `json:"failures,omitempty"`
	Tests      []htmlTest      `json:"tests,omitempty"`
	Requests   []htmlRequest   `json:"requests,omitempty"`
	Scripts    []htmlScript    `json:"scripts,omitempty"`
	Console    []htmlConsole   `json:"console,omitempty"`
	Warnings   []htmlWarning   `json:"warnings,omitempty"`
	Visualizer *htmlVisualizer `json:"visualizer,omitempty"`
}

type htmlFailure struct {
	Kind     string  `json:"kind"`
	Name     string  `json:"name"`
	Message  string  `json:"message"`
	Stack    string  `json:"stack,omitempty"`
	Hint     string  `json:"hint,omitempty"`
	Test     string  `json:"test,omitempty"`
	At       string  `json:"at"`
	Owner    string  `json:"owner,omitempty"`
	Line     int     `json:"line,omitempty"`
	File     string  `json:"file,omitempty"`
	Expected *string `json:"expected,omitempty"`
	Actual   *string `json:"actual,omitempty"`
}

type htmlTest struct {
	Name   string `json:"name"`
	Result int    `json:"result"`
}

type htmlRequest struct {
	Source   string        `json:"source"`
	Attempt  int           `json:"attempt,omitempty"`
	Method   string        `json:"method"`
	URL      string        `json:"url"`
	Display  string        `json:"display"`
	Header   []event.Field `json:"header,omitempty"`
	Body     event.Bytes   `json:"body,omitempty"`
	Size     int64         `json:"size"`
	Cut      bool          `json:"cut,omitempty"`  // the body
	Form     string        `json:"form,omitempty"` // a body of files, in collection form
	Response *htmlResponse `json:"response,omitempty"`
	Error    string        `json:"error,omitempty"`
	Hops     []event.Hop   `json:"hops,omitempty"`
	Final    *event.Hop    `json:"final,omitempty"`
}

type htmlResponse struct {
	Proto    string        `json:"proto"`
	Code     int           `json:"code"`
	Status   string        `json:"status"`
	Header   []event.Field `json:"header,omitempty"`
	Body     event.Bytes   `json:"body,omitempty"`
	BodySize int64         `json:"bodySize"`
	HeadSize int64         `json:"headSize"`
	Cut      bool          `json:"cut,omitempty"`
	Time     float64       `json:"time"`
	Timings  []float64     `json:"timings"` // wait dns connect tls firstByte download
}

type htmlScript struct {
	Listen string  `json:"listen"`
	Owner  string  `json:"owner"`
	Time   float64 `json:"time"`
	Error  string  `json:"error,omitempty"`
}

type htmlConsole struct {
	Level  string   `json:"level"`
	Listen string   `json:"listen"`
	Text   []string `json:"text"`
}

type htmlWarning struct {
	Kind   string `json:"kind"`
	Text   string `json:"text"`
	Hint   string `json:"hint,omitempty"`
	Strict bool   `json:"strict,omitempty"`
}

type htmlVisualizer struct {
	HTML     string `json:"html,omitempty"`  // rendered
	Error    string `json:"error,omitempty"` // why it was not
	Template string `json:"template,omitempty"`
	Data     string `json:"data,omitempty"`
}

func (p *htmlPage) detailOf(x *Execution) *htmlDetail {
	d := &htmlDetail{N: p.n, Started: x.Started, Data: rowOf(x.Data)}
	for f := range x.failures() {
		d.Failures = append(d.Failures, htmlFailure{f.Kind, f.Name, f.Message, f.Stack, f.Hint, f.Test, f.At,
			f.Owner, f.Line, f.File, f.Expected, f.Actual})
	}
	for _, t := range x.Tests {
		d.Tests = append(d.Tests, htmlTest{t.Name, testResult(t)})
	}
	for _, r := range x.Requests {
		d.Requests = append(d.Requests, p.request(r))
	}
	for _, s := range x.Scripts {
		d.Scripts = append(d.Scripts, scriptOf(s))
	}
	for _, c := range x.Console {
		d.Console = append(d.Console, consoleOf(c))
	}
	for _, w := range x.Warnings {
		d.Warnings = append(d.Warnings, htmlWarning{w.Kind, w.Text, w.Hint, w.Strict})
	}
	d.Visualizer = p.visualizer(x)
	return d
}

func testResult(t *event.TestFinished) int {
	switch {
	case t.Err != nil:
		return htmlFailed
	case t.Skipped:
		return htmlSkipped
	}
	return htmlPassed
}

func (p *htmlPage) request(r *event.RequestFinished) htmlRequest {
	out := htmlRequest{Source: r.Source, Attempt: r.Attempt, Method: r.Request.Method, URL: r.Request.URL,
		Display: r.Request.Display, Size: r.Request.Size}
	out.Body = p.body(r.Request.Body)
	out.Cut = p.opts.Bodies != BodiesNone && int64(len(out.Body)) < r.Request.Size
	if out.Body == nil && r.Request.Size > 0 && p.opts.Bodies != BodiesNone {
		if body := gjson.GetBytes(r.Request.JSON, "body"); body.IsObject() {
			out.Form = body.Raw
		}
	}
	if r.Err != nil {
		out.Error = r.Err.Message
	}
	if !p.opts.OmitHeaders {
		out.Header = r.Request.Header
	}
	for _, h := range r.Hops {
		out.Hops = append(out.Hops, p.hop(h))
	}
	if r.Final != nil {
		last := p.hop(*r.Final)
		out.Final = &last
	}
	if r.Response != nil {
		out.Response = p.response(r.Response)
	}
	return out
}

func (p *htmlPage) hop(h event.Hop) event.Hop {
	if p.opts.OmitHeaders {
		h.Header, h.Reply = nil, nil
	}
	return h
}

// body is b up to the limit; text stays text, so no character is cut in two.
func (p *htmlPage) body(b event.Bytes) event.Bytes {
	out := p.opts.body(b)
	if len(out) < len(b) && utf8.Valid(b) {
		for len(out) > 0 && !utf8.RuneStart(b[len(out)]) {
			out = out[:len(out)-1]
		}
	}
	return out
}

func (p *htmlPage) response(r *event.Response) *htmlResponse {
	t := &r.Timings
	out := &htmlResponse{Proto: r.Proto, Code: r.Code, Status: r.Status, BodySize: r.BodySize, HeadSize: r.HeadSize,
		Time: decimal(r.Time), Timings: []float64{decimal(t.Wait), decimal(t.DNS), decimal(t.Connect), decimal(t.TLS),
			decimal(t.FirstByte), decimal(t.Download)}}
	out.Body = p.body(r.Body)
	out.Cut = p.opts.Bodies != BodiesNone && int64(len(out.Body)) < r.Length()
	if !p.opts.OmitHeaders {
		out.Header = r.Header
	}
	return out
}

func scriptOf(s *event.ScriptFinished) htmlScript {
	out := htmlScript{Listen: string(s.Listen), Owner: s.Owner, Time: decimal(s.Duration)}
	if s.Err != nil {
		out.Error = s.Err.Name + ": " + s.Err.Message
	}
	return out
}

func consoleOf(c *event.ConsoleLogged) htmlConsole {
	out := htmlConsole{Level: c.Level, Listen: string(c.Listen), Text: []string{}}
	for _, m := range c.Messages {
		text := m.Inspect
		if v := gjson.ParseBytes(m.JSON); v.Type == gjson.String {
			text = v.Str // without the quotes
		}
		out.Text = append(out.Text, text)
	}
	return out
}

func (p *htmlPage) visualizer(x *Execution) *htmlVisualizer {
	if x.Visualizer == nil || p.opts.Bodies == BodiesNone {
		return nil
	}
	out := &htmlVisualizer{Template: x.Visualizer.Template, Data: string(x.Visualizer.Data)}
	if p.opts.Visualize == nil {
		return out
	}
	var err error
	if out.HTML, err = p.opts.Visualize(x.Visualizer); err != nil {
		out.Error = err.Error()
	}
	return out
}
