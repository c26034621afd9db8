package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os/signal"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"postie/cmd/internal/exit"
	"postie/cmd/internal/loader"
	"postie/cmd/internal/stop"
	"postie/cmd/internal/term"
	"postie/cmd/internal/values"
	"postie/collections/vars"
	"postie/runner/mask"
	"postie/runner/mock"
	"postie/runner/report"
)

// mockFlags are those of the mock command.
type mockFlags struct {
	listen, environment string
	latency             values.Millis
	failRate            float64
	quiet, noMask       bool
}

func newMock(s *term.Streams) *cobra.Command {
	f := &mockFlags{}
	cmd := &cobra.Command{
		Use:   "mock forgerock|<collection>",
		Short: "Serve a simulated tenant, or a collection's saved examples",
		Long: `Serve a simulated ForgeRock / PingOne Advanced Identity Cloud tenant, or the saved
examples of a collection, on a loopback port until interrupted.

Examples are matched as Postman's mock servers do: by method, by the headers
x-mock-response-id, -name and -code, by path (variables match any segment),
then by query and body. Templates and dynamic variables in an example are
filled in for each answer.`,
		Example: `  postie mock forgerock --listen 127.0.0.1:8080
  postie mock collection.json -e env.json --latency 50 --fail-rate 0.1`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return exit.Usage("mock: want one argument: forgerock, or a collection")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			f.noMask, _ = c.Flags().GetBool("no-mask")
			return serveMock(c.Context(), s, f, args[0])
		},
	}
	cmd.Flags().StringVar(&f.listen, "listen", "127.0.0.1:8080", "loopback `address` to listen on")
	cmd.Flags().StringVarP(&f.environment, "environment", "e", "", "environment `file` that fills in the examples")
	cmd.Flags().Var(&f.latency, "latency", "wait before each answer (ms, or 1.5s)")
	cmd.Flags().Float64Var(&f.failRate, "fail-rate", 0, "share of requests answered with 503, 0 to 1")
	cmd.Flags().BoolVar(&f.quiet, "quiet", false, "do not print a line for each request")
	return cmd
}

func serveMock(ctx context.Context, s *term.Streams, f *mockFlags, what string) error {
	ctx, end := signal.NotifyContext(ctx, stop.Signals()...)
	defer end()
	if _, _, err := net.SplitHostPort(f.listen); err != nil {
		return exit.Usage("--listen %q: want HOST:PORT", f.listen)
	}
	if f.failRate < 0 || f.failRate > 1 {
		return exit.Usage("--fail-rate %v: want a number from 0 to 1", f.failRate)
	}
	secrets := mask.New(mask.Options{Off: f.noMask})
	h, greeting, err := f.handler(ctx, s, secrets, what)
	if err != nil {
		return err
	}
	under := mock.Conditions{Latency: time.Duration(f.latency), FailRate: f.failRate}
	if !f.quiet {
		under.Log = func(r mock.Served) { fmt.Fprintln(s.Out, servedLine(secrets, r)) }
	}
	srv, err := mock.Serve(ctx, f.listen, under.Wrap(h))
	if err != nil {
		return exit.CannotRun("mock: %v", err)
	}
	defer srv.Close()
	fmt.Fprintf(s.Out, greeting+"; Ctrl-C ends it\n", srv.Addr())
	<-ctx.Done()
	return nil
}

// servedLine is the line that is printed for a request that was answered.
func servedLine(secrets *mask.Masker, r mock.Served) string {
	line := fmt.Sprintf("%s %s %d %s", r.Method, r.Target, r.Code, r.Example)
	return report.Safe(secrets.Text(strings.TrimSpace(line)))
}

// handler returns the handler of the mock command and the line that is printed
// at its start. It adds the secrets among the variables that fill in the
// examples to the mask.
func (f *mockFlags) handler(ctx context.Context, s *term.Streams, secrets *mask.Masker, what string) (http.Handler, string, error) {
	if what == "forgerock" {
		greeting := fmt.Sprintf("simulated tenant on http://%%s/am (user %s, password %s)", mock.DemoUser, mock.DemoPassword)
		return mock.NewForgeRock(mock.ForgeRockOptions{}), greeting, nil
	}
	l := loader.New(s)
	col, err := l.Collection(ctx, what)
	if err != nil {
		return nil, "", err
	}
	o := mock.ExamplesOptions{}
	if f.environment != "" {
		if o.Environment, err = l.Scope(ctx, f.environment, "environment"); err != nil {
			return nil, "", err
		}
	}
	secrets.Variables(&vars.Stack{Environment: o.Environment, Collection: vars.NewScope("", col.Variables()...)})
	e := mock.NewExamples(col, o)
	if e.Len() == 0 {
		return nil, "", exit.CannotRun("mock %s: the collection has no saved examples", what)
	}
	return e, fmt.Sprintf("%d examples on http://%%s", e.Len()), nil
}
