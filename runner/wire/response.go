package wire

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"postie/runner/event"
	"postie/runner/script"
	"postie/runner/transport"
)

// Response is a transport response in the words of reports.
func Response(r *transport.Response, took time.Duration, t transport.Timings) *event.Response {
	out := &event.Response{
		Proto:    r.Proto,
		Code:     r.Code,
		Status:   reason(r),
		Header:   fields(r.Header),
		Body:     r.Body,
		BodySize: bodySize(r),
		Time:     max(took.Round(time.Millisecond), time.Millisecond), // none is 0
		Timings:  timings(t),
	}
	out.HeadSize = headSize(out)
	return out
}

// reason is the phrase the server sent, or the standard one.
func reason(r *transport.Response) string {
	if r.Status != "" {
		return r.Status
	}
	return http.StatusText(r.Code)
}

// bodySize is newman's: what Content-Length says of a compressed body, else
// the decoded length.
func bodySize(r *transport.Response) int64 {
	enc := strings.ToLower(r.Header.Get("Content-Encoding"))
	if strings.Contains(enc, "gzip") || strings.Contains(enc, "deflate") {
		if n, err := strconv.ParseInt(r.Header.Get("Content-Length"), 10, 64); err == nil {
			return n
		}
	}
	return int64(len(r.Body))
}

func headSize(r *event.Response) int64 {
	n := len("HTTP/1.1 200 \r\n\r\n") + len(r.Status)
	for _, f := range r.Header {
		n += len(f.Name) + len(f.Value) + len(": \r\n")
	}
	return int64(n)
}

func timings(t transport.Timings) event.Timings {
	return event.Timings{Wait: t.Wait, DNS: t.DNS, Connect: t.Connect, TLS: t.TLS,
		FirstByte: t.FirstByte, Download: t.Download, Total: t.Total}
}

func fields(h transport.Header) []event.Field {
	out := make([]event.Field, len(h))
	for i, f := range h {
		out[i] = event.Field{Name: f.Name, Value: f.Value}
	}
	return out
}

// Hops are those before the last, and the last of several.
func Hops(all []transport.Hop) (before []event.Hop, final *event.Hop) {
	if len(all) < 2 {
		return nil, nil
	}
	for _, h := range all[:len(all)-1] {
		before = append(before, hop(h))
	}
	last := hop(all[len(all)-1])
	last.Reply = nil // Response has it
	return before, &last
}

func hop(h transport.Hop) event.Hop {
	out := event.Hop{Method: h.Method, URL: h.URL.String(), Header: fields(h.Header), Timings: timings(h.Timings)}
	if r := h.Response; r != nil {
		out.Code, out.Status, out.Reply = r.Code, reason(r), fields(r.Header)
	}
	return out
}

// ScriptResponse is a transport response as scripts see it, given its report.
func ScriptResponse(r *transport.Response, rep *event.Response) *script.Response {
	return &script.Response{Code: r.Code, Status: rep.Status, Header: rep.Header, Body: r.Body,
		Time: rep.Time, BodySize: rep.BodySize, HeadSize: rep.HeadSize}
}
