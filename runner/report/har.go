package report

import (
	"bufio"
	"encoding/base64"
	"fmt"
	"io"
	"iter"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"postie/runner/event"
)

// HAR writes an HTTP Archive 1.2 with an entry for every hop: redirects,
// challenges and what scripts sent.
func HAR(w io.Writer, log Log, o Options) error {
	start, _, err := ends(log)
	if err != nil {
		return err
	}
	b := bufio.NewWriterSize(w, 64<<10)
	fmt.Fprintf(b, `{"log":{"version":"1.2","creator":{"name":"postie","version":%s},"entries":[`, encode(start.Version))
	sep := "\n"
	for x, err := range Executions(log) {
		if err != nil {
			return err
		}
		if o.OnlyFailures && !x.Failed() {
			continue
		}
		for _, r := range x.Requests {
			for _, e := range harEntries(r, o) {
				fmt.Fprintf(b, "%s%s", sep, encode(e))
				sep = ",\n"
			}
		}
	}
	b.WriteString("\n]}}\n")
	return b.Flush()
}

type harEntry struct {
	Started  string      `json:"startedDateTime"`
	Time     float64     `json:"time"`
	Request  harRequest  `json:"request"`
	Response harResponse `json:"response"`
	Cache    struct{}    `json:"cache"`
	Timings  harTimings  `json:"timings"`
	Comment  string      `json:"comment"`
}

type harPair struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type harRequest struct {
	Method      string    `json:"method"`
	URL         string    `json:"url"`
	HTTPVersion string    `json:"httpVersion"`
	Cookies     []harPair `json:"cookies"`
	Headers     []harPair `json:"headers"`
	Query       []harPair `json:"queryString"`
	Post        *harPost  `json:"postData,omitempty"`
	HeadersSize int64     `json:"headersSize"`
	BodySize    int64     `json:"bodySize"`
}

type harPost struct {
	MimeType string `json:"mimeType"`
	Text     string `json:"text"`
	Comment  string `json:"comment,omitempty"`
}

type harResponse struct {
	Status      int        `json:"status"`
	StatusText  string     `json:"statusText"`
	HTTPVersion string     `json:"httpVersion"`
	Cookies     []harPair  `json:"cookies"`
	Headers     []harPair  `json:"headers"`
	Content     harContent `json:"content"`
	RedirectURL string     `json:"redirectURL"`
	HeadersSize int64      `json:"headersSize"`
	BodySize    int64      `json:"bodySize"`
	Error       string     `json:"_error,omitempty"`
}

type harContent struct {
	Size     int64  `json:"size"`
	MimeType string `json:"mimeType"`
	Text     string `json:"text,omitempty"`
	Encoding string `json:"encoding,omitempty"`
}

type harTimings struct {
	Blocked float64 `json:"blocked"`
	DNS     float64 `json:"dns"`
	Connect float64 `json:"connect"`
	SSL     float64 `json:"ssl"`
	Send    float64 `json:"send"`
	Wait    float64 `json:"wait"`
	Receive float64 `json:"receive"`
}

// harEntries returns the hops of a request in order. The last one has the
// answer.
func harEntries(r *event.RequestFinished, o Options) []harEntry {
	var out []harEntry
	at := r.Time
	if r.Response != nil {
		at = at.Add(-r.Response.Time)
	}
	for i := range r.Hops {
		h := &r.Hops[i]
		out = append(out, harEntry{
			Started: at.UTC().Format(time.RFC3339Nano), Time: millisOf(h.Timings.Total), Timings: harTimingsOf(&h.Timings), Comment: fullName(r.Item),
			Request: harRequestOf(h.Method, h.URL, h.Header, o),
			Response: harResponse{Status: h.Code, StatusText: h.Status, HTTPVersion: "HTTP/1.1", Cookies: []harPair{}, Headers: harHeaders(h.Reply, o),
				RedirectURL: header(h.Reply, "Location"), HeadersSize: -1, BodySize: -1,
				Content: harContent{MimeType: header(h.Reply, "Content-Type")}},
		})
		at = at.Add(h.Timings.Total)
	}
	method, address, list := lastHop(r)
	last := harEntry{Started: at.UTC().Format(time.RFC3339Nano), Comment: fullName(r.Item) + " (" + r.Source + ")",
		Request: harRequestOf(method, address, list, o)}
	last.Request.BodySize = r.Request.Size
	if body := o.body(r.Request.Body); len(body) > 0 {
		text, base64 := harText(body)
		last.Request.Post = &harPost{MimeType: header(r.Request.Header, "Content-Type"), Text: text, Comment: base64}
	}
	last.Response = harResponseOf(r, o)
	if r.Response != nil {
		last.Time, last.Timings = millisOf(r.Response.Timings.Total), harTimingsOf(&r.Response.Timings)
	}
	return append(out, last)
}

func harRequestOf(method, address string, list []event.Field, o Options) harRequest {
	q := harRequest{Method: method, URL: address, HTTPVersion: "HTTP/1.1", Cookies: []harPair{}, Headers: harHeaders(list, o),
		Query: []harPair{}, HeadersSize: -1}
	if u, err := url.Parse(address); err == nil {
		for name, values := range pairs(u.RawQuery) {
			q.Query = append(q.Query, harPair{name, values})
		}
	}
	return q
}

func harResponseOf(r *event.RequestFinished, o Options) harResponse {
	out := harResponse{Cookies: []harPair{}, Headers: []harPair{}, HeadersSize: -1, BodySize: -1}
	if r.Err != nil {
		out.Error = r.Err.Message
	}
	a := r.Response
	if a == nil {
		return out
	}
	out.Status, out.StatusText, out.HTTPVersion = a.Code, a.Status, a.Proto
	out.Headers, out.RedirectURL = harHeaders(a.Header, o), header(a.Header, "Location")
	out.HeadersSize, out.BodySize = a.HeadSize, a.BodySize
	out.Content = harContent{Size: a.Length(), MimeType: header(a.Header, "Content-Type")}
	out.Content.Text, out.Content.Encoding = harText(o.body(a.Body))
	return out
}

// harText returns a body as text, or encoded in base64.
func harText(body []byte) (text, encoding string) {
	if utf8.Valid(body) {
		return string(body), ""
	}
	return base64.StdEncoding.EncodeToString(body), "base64"
}

func harHeaders(list []event.Field, o Options) []harPair {
	out := []harPair{}
	if o.OmitHeaders {
		return out
	}
	for _, f := range list {
		out = append(out, harPair{f.Name, f.Value})
	}
	return out
}

func millisOf(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// harTimingsOf converts the phases. A phase that did not happen is -1.
func harTimingsOf(t *event.Timings) harTimings {
	phase := func(d time.Duration) float64 {
		if d == 0 {
			return -1
		}
		return millisOf(d)
	}
	out := harTimings{Blocked: phase(t.Wait), DNS: phase(t.DNS), Connect: phase(t.Connect), SSL: phase(t.TLS),
		Wait: millisOf(t.FirstByte), Receive: millisOf(t.Download)}
	if t.TLS > 0 {
		out.Connect = millisOf(t.Connect + t.TLS) // HAR counts ssl in connect
	}
	return out
}

// pairs yields the parameters of a query in order.
func pairs(query string) iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for part := range strings.SplitSeq(query, "&") {
			if part == "" {
				continue
			}
			name, value, _ := strings.Cut(part, "=")
			if !yield(unescape(name), unescape(value)) {
				return
			}
		}
	}
}

func unescape(s string) string {
	if out, err := url.QueryUnescape(s); err == nil {
		return out
	}
	return s
}
