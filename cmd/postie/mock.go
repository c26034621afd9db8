package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"postie/cmd/internal/term"
	"postie/runner/mock"
	"postie/runner/transport"
)

// mock starts the simulated tenant of --mock and sends every connection of
// the run to it, whatever host its URLs name.
func (j *job) mock(ctx context.Context, t *transport.Options) error {
	if j.flags.mock == "" {
		return nil
	}
	srv, err := mock.Serve(ctx, "127.0.0.1:0", mock.NewForgeRock(mock.ForgeRockOptions{}))
	if err != nil {
		return cannotRun("mock forgerock: %v", err)
	}
	j.closers = append(j.closers, srv)
	t.ConnectTo = append([]transport.ConnectTo{{Addr: srv.Addr()}}, t.ConnectTo...)
	t.RootCAs = srv.CertPool()
	t.Insecure = true // the simulated tenant's certificate names no real host
	t.Proxy = nil
	return nil
}

func newMock(s *term.Streams) *cobra.Command {
	var listen string
	cmd := &cobra.Command{
		Use:     "mock forgerock",
		Short:   "Serve a simulated tenant",
		Long:    "Serve a simulated ForgeRock / PingOne Advanced Identity Cloud tenant until interrupted.",
		Example: "  postie mock forgerock --listen 127.0.0.1:8080",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 || args[0] != "forgerock" {
				return usageError("mock: want one argument, forgerock")
			}
			return nil
		},
		RunE: func(c *cobra.Command, _ []string) error { return serveMock(c.Context(), s, listen) },
	}
	cmd.Flags().StringVar(&listen, "listen", "127.0.0.1:8080", "`address` to listen on")
	return cmd
}

func serveMock(ctx context.Context, s *term.Streams, listen string) error {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	if _, _, err := net.SplitHostPort(listen); err != nil {
		return usageError("--listen %q: want HOST:PORT", listen)
	}
	srv, err := mock.Serve(ctx, listen, mock.NewForgeRock(mock.ForgeRockOptions{}))
	if err != nil {
		return cannotRun("mock forgerock: %v", err)
	}
	defer srv.Close()
	fmt.Fprintf(s.Out, "simulated tenant on http://%s/am (user %s, password %s); Ctrl-C ends it\n",
		srv.Addr(), mock.DemoUser, mock.DemoPassword)
	<-ctx.Done()
	return nil
}
