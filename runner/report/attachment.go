package report

import (
	"bytes"
	"fmt"
	"io"
	"unicode/utf8"

	"postie/runner/event"
)

// writeTo writes a file that create opens.
func writeTo(create func(name string) (io.WriteCloser, error), name string, data []byte) error {
	f, err := create(name)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	return err
}

// exchanges returns the requests of an execution and their responses as
// readable text: the lines of HTTP/1.1 with decoded bodies.
func (o Options) exchanges(x *Execution) []byte {
	var b bytes.Buffer
	for _, r := range x.Requests {
		if b.Len() > 0 {
			b.WriteString("\n\n")
		}
		for _, h := range r.Hops {
			fmt.Fprintf(&b, "%s %s\n", h.Method, h.URL)
			o.fields(&b, h.Header)
			fmt.Fprintf(&b, "\n%d %s\n", h.Code, h.Status)
			o.fields(&b, h.Reply)
			b.WriteByte('\n')
		}
		o.exchange(&b, r)
	}
	return b.Bytes()
}

func (o Options) exchange(b *bytes.Buffer, r *event.RequestFinished) {
	method, address, list := lastHop(r)
	fmt.Fprintf(b, "%s %s\n", method, address)
	o.fields(b, list)
	if len(r.Hops) == 0 || method == r.Request.Method {
		o.text(b, r.Request.Body)
	}
	if r.Err != nil {
		fmt.Fprintf(b, "\n%s: %s\n", r.Err.Name, r.Err.Message)
	}
	if r.Response == nil {
		return
	}
	fmt.Fprintf(b, "\n%s %d %s (%s)\n", first(r.Response.Proto, "HTTP"), r.Response.Code, r.Response.Status, r.Response.Time)
	o.fields(b, r.Response.Header)
	o.text(b, r.Response.Body)
	if n := r.Response.Whole; n > 0 {
		fmt.Fprintf(b, "(the start of %d bytes)\n", n)
	}
}

func (o Options) fields(b *bytes.Buffer, list []event.Field) {
	if o.OmitHeaders {
		return
	}
	for _, f := range list {
		fmt.Fprintf(b, "%s: %s\n", f.Name, f.Value)
	}
}

func (o Options) text(b *bytes.Buffer, body []byte) {
	switch kept := o.body(body); {
	case len(kept) == 0:
	case utf8.Valid(kept):
		fmt.Fprintf(b, "\n%s\n", kept)
	default:
		fmt.Fprintf(b, "\n(%d bytes that are no text)\n", len(body))
	}
}
