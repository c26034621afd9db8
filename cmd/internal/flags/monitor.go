package flags

import (
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"postie/cmd/internal/exit"
	"postie/cmd/internal/values"
	"postie/runner/load"
)

// Monitor are the flags that send the figures of a running load to other
// programs.
type Monitor struct {
	listen string
	out    []string

	server *http.Server
	bound  net.Listener
	pushes []*load.Push
}

// Register defines the flags.
func (f *Monitor) Register(fs *pflag.FlagSet) {
	fs.StringVar(&f.listen, "metrics-listen", "", "answer Prometheus at this `address` while the load goes on: :9464 is this machine's alone")
	fs.Var((*values.List)(&f.out), "out", "send the figures elsewhere: `otlp=http://localhost:4318`, OpenTelemetry over HTTP; repeatable")
}

// Open opens the address, and returns the function that a load calls when it
// begins. The headers for OTLP have the format of OTEL_EXPORTER_OTLP_HEADERS.
func (f *Monitor) Open(headers string) (func(*load.Collector), error) {
	for _, text := range f.out {
		to, ok := strings.CutPrefix(text, "otlp=")
		if !ok {
			return nil, exit.Usage("--out %q: want otlp=URL; files are --json, --html, --junit and --csv", text)
		}
		if err := load.CheckPushURL(to); err != nil {
			return nil, exit.Usage("--out otlp=%v", err)
		}
		header, err := parseHeaders(headers)
		if err != nil {
			return nil, exit.Usage("OTEL_EXPORTER_OTLP_HEADERS: %v", err)
		}
		f.pushes = append(f.pushes, &load.Push{URL: to, Header: header})
	}
	if f.listen != "" {
		host, port, err := net.SplitHostPort(f.listen)
		if err == nil {
			_, err = net.LookupPort("tcp", port)
		}
		if err != nil {
			return nil, exit.Usage("--metrics-listen %q: want a port of this machine such as :9464, or an address and a port", f.listen)
		}
		if host == "" {
			host = "127.0.0.1"
		}
		if f.bound, err = net.Listen("tcp", net.JoinHostPort(host, port)); err != nil {
			return nil, exit.CannotRun("--metrics-listen: %v", err)
		}
	}
	return f.begin, nil
}

func (f *Monitor) begin(c *load.Collector) {
	for _, p := range f.pushes {
		p.Start(c)
	}
	if f.bound != nil {
		f.server = &http.Server{Handler: c, ReadHeaderTimeout: 10 * time.Second}
		go func() { _ = f.server.Serve(f.bound) }() // Close ends it
	}
}

// Close stops answering, sends the last figures, and returns an error when they
// were not accepted.
func (f *Monitor) Close() []string {
	var out []string
	for _, p := range f.pushes {
		if err := p.Close(); err != nil {
			out = append(out, fmt.Sprintf("--out otlp=%s: %v", p.URL, err))
		}
	}
	f.pushes = nil
	if f.server != nil {
		_ = f.server.Close() // a scrape that is in progress is lost
	}
	if f.bound != nil {
		_ = f.bound.Close() // for a load that never began; otherwise it is closed already
	}
	return out
}

// parseHeaders reads key=value,key=value. The values are percent-encoded.
func parseHeaders(text string) (http.Header, error) {
	out := http.Header{}
	for pair := range strings.SplitSeq(text, ",") {
		if strings.TrimSpace(pair) == "" {
			continue
		}
		name, value, ok := strings.Cut(pair, "=")
		if !ok {
			return nil, fmt.Errorf("want name=value, separated by commas")
		}
		value, err := url.PathUnescape(strings.TrimSpace(value))
		if err != nil {
			return nil, fmt.Errorf("the value of %s: %v", strings.TrimSpace(name), err)
		}
		out.Set(strings.TrimSpace(name), value)
	}
	return out, nil
}
