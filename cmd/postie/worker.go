package main

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"postie/cmd/internal/clustered"
	"postie/cmd/internal/exit"
	"postie/cmd/internal/job"
	"postie/cmd/internal/stop"
	"postie/cmd/internal/term"
	"postie/cmd/internal/values"
	"postie/cmd/internal/version"
	"postie/runner"
	"postie/runner/cluster"
	"postie/runner/cluster/hub"
	"postie/runner/fserror"
	"postie/runner/report"
	"postie/runner/script/packages"
	"postie/runner/script/sandbox"
	"postie/runner/transport"
)

// newWorker returns the command that carries out jobs of a cluster.
func newWorker(s *term.Streams) *cobra.Command {
	access := clustered.Access{Worker: true}
	var slots values.Count
	var name string
	var allow, deny []string
	var parent bool
	cmd := &cobra.Command{
		Use:   "worker",
		Short: "Carry out runs that others send over NATS",
		Long: `Take runs from a NATS server with JetStream and carry them out. The dispatcher,
postie run --cluster, sends documents and takes results; the worker reads no file
of its own machine for them. The first Ctrl-C or SIGTERM lets runs at work end.`,
		Example: "  postie worker --cluster nats://bus:4222 --cluster-key cluster.key -j 16\n  postie worker --cluster tls://bus:4222 --deny-hosts 169.254.0.0/16 -j 4",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if access.Cluster == "" {
				return &exit.Error{Code: exit.BadUsage, Text: "worker: which cluster?", Hint: "postie worker --cluster nats://localhost:4222 --cluster-key cluster.key"}
			}
			bounds, err := cluster.ParseBounds(allow, deny)
			if err != nil {
				return exit.Usage("%v", err)
			}
			proxy, err := transport.ProxyFromEnvironment(s.Getenv)
			if err != nil {
				return exit.CannotRun("%v", err)
			}
			name := clustered.WorkerName(name)
			b, err := access.Connect(c.Context(), s, "postie worker "+name)
			if err != nil {
				return err
			}
			defer b.Close()
			o := cluster.WorkerOptions{Name: name, Slots: max(1, int(slots)), Version: version.Get(), Engine: sandbox.New(), Proxy: proxy, Bounds: bounds, Local: parent,
				Libraries: func(local fs.FS) runner.Libraries {
					p := job.PackageOptions(s)
					p.Local = local
					return packages.NewStore(p)
				},
				Notice: func(text string) { fmt.Fprintln(s.Err, "postie: worker "+name+": "+report.SafeLine(text)) }}
			return runWorker(c.Context(), s, b, o, parent)
		},
	}
	fs := cmd.Flags()
	fs.SortFlags = false
	access.Register(fs, "NATS server, `nats://host:4222`; several by commas")
	fs.VarP(&slots, "jobs", "j", "runs at once (default 1)")
	fs.StringVar(&name, "name", "", "`name` in reports (default: host and process)")
	fs.StringSliceVar(&allow, "allow-hosts", nil, "jobs may reach these `hosts` alone: *.example.com, 10.0.0.0/8; repeatable")
	fs.StringSliceVar(&deny, "deny-hosts", nil, "jobs may not reach these `hosts`; repeatable")
	fs.BoolVar(&parent, "with-parent", false, "end with the standard input")
	fs.Lookup("with-parent").Hidden = true
	return cmd
}

// runWorker runs a worker until ctx ends.
func runWorker(ctx context.Context, s *term.Streams, b *cluster.Bus, o cluster.WorkerOptions, parent bool) error {
	if parent { // a parent process decides when it ends; the terminal sends its signals to both
		signal.Ignore(stop.Signals()...)
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		go clustered.UntilEOF(s.In, cancel)
		return clustered.Problem(cluster.NewWorker(b, o).Run(ctx))
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	drain, signals := make(chan struct{}), make(chan os.Signal, 2)
	signal.Notify(signals, stop.Signals()...)
	defer signal.Stop(signals)
	o.Draining = drain
	go func() {
		select {
		case <-signals:
			close(drain)
		case <-ctx.Done():
			return
		}
		select {
		case <-signals:
			cancel()
		case <-ctx.Done():
		}
	}()
	fmt.Fprintf(s.Err, "postie: worker %s at %s, %d at once; Ctrl-C ends it after its runs\n", o.Name, b.Server(), o.Slots)
	return clustered.Problem(cluster.NewWorker(b, o).Run(ctx))
}

// newHub returns the command that serves NATS.
func newHub(s *term.Streams) *cobra.Command {
	o := hub.Options{}
	var size string
	cmd := &cobra.Command{
		Use:   "hub",
		Short: "Serve NATS with JetStream, for a cluster without a server of its own",
		Long: `Serve NATS with JetStream: the server that a cluster talks through, for teams that
have none. Beyond loopback it wants TLS, and a token in $POSTIE_CLUSTER_TOKEN or
client certificates, or --insecure.

Three hubs with --routes to each other keep three copies of everything, and one of
them may be lost under a run. Among themselves they want TLS with certificates of
--routes-ca, and a token of their own in $POSTIE_HUB_TOKEN.`,
		Example: `  postie hub --store /var/lib/postie
  POSTIE_CLUSTER_TOKEN=… postie hub --listen :4222 --tls-cert hub.pem --tls-key hub.key --store /var/lib/postie
  postie hub --name a --listen :4222 --cluster-listen :6222 --routes a:6222,b:6222,c:6222 --tls-cert a.pem --tls-key a.key --routes-ca hubs.crt`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if size != "" {
				var err error
				if o.MaxStore, err = transport.ParseSize(size); err != nil {
					return exit.Usage("--max-store %v", err)
				}
			}
			return serveHub(c.Context(), s, o)
		},
	}
	fs := cmd.Flags()
	fs.SortFlags = false
	fs.StringVar(&o.Listen, "listen", "127.0.0.1:4222", "`address` to listen on; :4222 is every one")
	fs.StringVar(&o.Store, "store", "postie-hub", "`folder` of the streams")
	fs.StringVar(&size, "max-store", "", "largest `size` of the streams, 10GB or the like (default: what is free)")
	fs.StringVar(&o.Cert, "tls-cert", "", "certificate `file` of the server")
	fs.StringVar(&o.Key, "tls-key", "", "its private key `file`")
	fs.StringVar(&o.ClientCA, "tls-client-ca", "", "`file` of the CA whose client certificates are required")
	fs.StringVar(&o.Routes.Name, "name", "", "`name` of this hub among several")
	fs.StringVar(&o.Routes.Listen, "cluster-listen", "", "`address` for the other hubs, :6222 or the like")
	fs.StringSliceVar(&o.Routes.URLs, "routes", nil, "`addresses` of all hubs, host:6222, by commas; the same list for each")
	fs.StringVar(&o.Routes.CA, "routes-ca", "", "`file` of the CA of the hubs' certificates, for TLS among them")
	fs.BoolVar(&o.Insecure, "insecure", false, "listen beyond loopback without TLS and token")
	return cmd
}

// serveHub serves until a signal ends it.
func serveHub(ctx context.Context, s *term.Streams, o hub.Options) error {
	ctx, end := signal.NotifyContext(ctx, stop.Signals()...)
	defer end()
	o.Token, o.Routes.Token = s.Getenv("POSTIE_CLUSTER_TOKEN"), s.Getenv("POSTIE_HUB_TOKEN")
	unlock, err := clustered.LockStore(o.Store)
	if err != nil {
		return exit.CannotRun("hub: %s: %v", report.Safe(o.Store), fserror.Cause(err))
	}
	defer unlock()
	h, err := hub.Start(o)
	if err != nil {
		return exit.CannotRun("hub: %v", err)
	}
	defer h.Close()
	fmt.Fprintf(s.Out, "NATS with JetStream on %s, streams in %s; Ctrl-C ends it\n", h.URL(), report.Safe(o.Store))
	if h.Ready(ctx) == nil && len(o.Routes.URLs) > 0 {
		fmt.Fprintln(s.Out, "joined the other hubs; streams are served")
	}
	<-ctx.Done()
	return nil
}

// newCluster returns the commands that show and change a cluster.
func newCluster(s *term.Streams) *cobra.Command {
	cmd := &cobra.Command{Use: "cluster", Short: "Look at a cluster, or make its key", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() }}
	key := &cobra.Command{Use: "key", Short: "Print a new key", Args: cobra.NoArgs, Example: "  postie cluster key > cluster.key",
		Long: "Print a new key, which seals what a cluster sends. Workers and dispatchers have the\nsame; the NATS server never sees it.",
		RunE: func(*cobra.Command, []string) error {
			fmt.Fprintln(s.Out, cluster.NewKey())
			return nil
		}}
	var access clustered.Access
	status := &cobra.Command{Use: "status", Short: "List workers and runs", Args: cobra.NoArgs,
		Long: `List the workers that answer, with their versions and what they do, and the runs
that the server knows, with the jobs that are left. Runs without a dispatcher are
those that postie run --resume picks up.`,
		Example: "  postie cluster status --cluster nats://bus:4222 --cluster-key cluster.key",
		RunE: func(c *cobra.Command, _ []string) error {
			if access.Cluster == "" {
				return exit.Usage("cluster status: which cluster? --cluster nats://localhost:4222")
			}
			b, err := access.Connect(c.Context(), s, "postie cluster status")
			if err != nil {
				return err
			}
			defer b.Close()
			st, err := b.Status(c.Context(), 500*time.Millisecond)
			if err != nil {
				return exit.CannotRun("%v", err)
			}
			return printStatus(s, st)
		}}
	access.Register(status.Flags(), "NATS server, `nats://host:4222`; several by commas")
	cmd.AddCommand(key, status)
	return cmd
}

func printStatus(s *term.Streams, st *cluster.Status) error {
	w := tabwriter.NewWriter(s.Out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "jobs waiting %d, at work %d; %d KB stored\n", st.Waiting, st.AtWork, st.Stored>>10)
	for _, m := range st.Members {
		fmt.Fprintf(w, "worker\t%s\tpostie %s\t%d of %d busy\t%d done\t%s\n", report.SafeLine(m.Name), report.SafeLine(m.Version), m.Busy, m.Slots, m.Done, report.SafeLine(cmp.Or(m.Unfit(), m.OffClock())))
	}
	for _, r := range st.Runs {
		what, note := fmt.Sprintf("%d begun\t%d ended\t%d left", r.Begun, r.Ended, r.Left), ""
		if r.Parts > 0 {
			what = fmt.Sprintf("load\t%d parts\t", r.Parts)
		}
		if !r.Alive {
			note = "no dispatcher"
		}
		fmt.Fprintf(w, "run\t%s\t%s\tsince %s\t%s\n", report.SafeLine(r.ID), what, r.Since.Local().Format("2006-01-02 15:04:05"), note)
	}
	return w.Flush()
}
