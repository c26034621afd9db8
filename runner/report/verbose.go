package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"postie/runner/event"
)

// verbose prints an exchange in full: sizes, headers, bodies and timings.
func (c *CLI) verbose(e *event.RequestFinished) {
	q, r := &e.Request, e.Response
	star := " " + c.style.gray(c.sym.star) + " "
	c.printf("\n")
	for i := range e.Hops {
		h := &e.Hops[i]
		c.printf("  %s\n", c.style.gray(fmt.Sprintf("%s %s %d %s", h.Method, SafeLine(h.URL), h.Code, SafeLine(h.Status))))
	}
	if e.Final != nil {
		c.printf("  %s\n", c.style.gray(e.Final.Method+" "+SafeLine(e.Final.URL)))
	}
	c.printf("  %s%s\n", strings.Join([]string{
		fmt.Sprintf("%d %s", r.Code, SafeLine(r.Status)),
		answered(r) + " " + c.style.gray("time"),
		fmt.Sprintf("%s%s %s%s %s", size(q.Size+headerSize(q.Header)), c.style.gray(c.sym.up),
			size(r.BodySize+r.HeadSize), c.style.gray(c.sym.down), c.style.gray("size")),
		fmt.Sprintf("%d%s %d%s %s", len(q.Header), c.style.gray(c.sym.up), len(r.Header), c.style.gray(c.sym.down), c.style.gray("headers")),
		fmt.Sprintf("%d %s", len(r.Cookies), c.style.gray("cookies")),
	}, star), c.slow(r.Time))
	c.headers(c.sym.up, q.Header)
	c.body(c.sym.up, header(q.Header, "Content-Type"), q.Body, int64(len(q.Body)))
	c.headers(c.sym.down, r.Header)
	c.body(c.sym.down, header(r.Header, "Content-Type"), r.Body, r.Length())
	c.timings(&r.Timings)
}

func headerSize(list []event.Field) int64 {
	n := 0
	for _, f := range list {
		n += len(f.Name) + len(f.Value) + len(": \r\n")
	}
	return int64(n)
}

func header(list []event.Field, name string) string {
	for _, f := range list {
		if strings.EqualFold(f.Name, name) {
			return f.Value
		}
	}
	return ""
}

func (c *CLI) headers(mark string, list []event.Field) {
	for _, f := range list {
		c.printf("  %s %s\n", c.style.gray(mark), c.style.gray(SafeLine(f.Name)+": ")+SafeLine(f.Value))
	}
}

// maxShown is how much of a body the terminal shows.
const maxShown = 2048

func (c *CLI) body(mark, kind string, body []byte, length int64) {
	if len(body) == 0 {
		return
	}
	c.printf("  %s %s %s %s %s\n", c.sym.top, mark, SafeLine(first(kind, "no content type")), c.style.gray(c.sym.star), size(length))
	shown := clip(readable(body), maxShown)
	for _, line := range chop(Safe(shown), c.wide()-6) {
		c.printf("  %s %s\n", c.sym.middle, c.style.gray(line))
	}
	if len(body) > maxShown {
		c.printf("  %s (showing %s/%s)\n", c.sym.middle, size(maxShown), size(length))
	}
	c.printf("  %s\n", c.sym.bottom)
}

// readable is JSON indented, and anything else as it is.
func readable(body []byte) string {
	var out bytes.Buffer
	if body[0] == '{' || body[0] == '[' {
		if json.Indent(&out, body, "", "  ") == nil {
			return out.String()
		}
	}
	return string(body)
}

func (c *CLI) timings(t *event.Timings) {
	var heads, values []string
	for _, p := range []struct {
		name string
		text string
		zero bool
	}{
		{"wait", took(t.Wait), false},
		{"dns-lookup", took(t.DNS), t.DNS == 0},
		{"tcp-handshake", took(t.Connect), t.Connect == 0}, {"ssl-handshake", took(t.TLS), t.TLS == 0},
		{"transfer-start", took(t.FirstByte), false}, {"download", took(t.Download), false}, {"total", took(t.Total), false},
	} {
		if p.name == "ssl-handshake" && p.zero {
			continue
		}
		if p.zero {
			p.text = "(cache)"
		}
		width := max(len(p.name), len(p.text))
		heads, values = append(heads, pad(p.name, width)), append(values, pad(p.text, width))
	}
	c.printf("  %s\n  %s\n\n", strings.TrimRight(strings.Join(heads, "   "), " "), c.style.gray(strings.TrimRight(strings.Join(values, "   "), " ")))
}
