package job

import (
	"context"
	"fmt"
	"os"

	"github.com/spf13/pflag"

	"postie/cmd/internal/clustered"
	"postie/cmd/internal/exit"
	"postie/cmd/internal/term"
	"postie/runner"
	"postie/runner/cluster"
	"postie/runner/load"
	"postie/runner/matrix"
	"postie/runner/report"
)

// clusterFlags say where runs are carried out.
type clusterFlags struct {
	clustered.Access
	onLost string
	resume string
}

// typedKey is the key of the typed arguments in a command's context.
type typedKey struct{}

// Typed returns a context with the arguments as they were typed, so that the
// run can be resumed with them.
func Typed(ctx context.Context, args []string) context.Context {
	return context.WithValue(ctx, typedKey{}, args)
}

// Resumed returns the command line of the run that --resume names, with the
// flags that resume it. It is nil when no run is named, or when the command
// line is given.
func (f *Flags) Resumed(ctx context.Context, s *term.Streams, args []string) ([]string, error) {
	c := &f.cluster
	switch {
	case c.resume == "" || len(args) > 0:
		return nil, nil
	case c.Cluster == "":
		return nil, exit.Usage("--resume needs --cluster, the server that has the run")
	}
	b, err := c.Connect(ctx, s, "postie run --resume")
	if err != nil {
		return nil, err
	}
	defer b.Close()
	before, err := b.Args(ctx, c.resume)
	if err != nil {
		return nil, exit.CannotRun("%v", err)
	}
	return append(before, "--resume", c.resume, "--cluster", c.Cluster), nil
}

// Resumes reports whether a run is to be resumed.
func (f *Flags) Resumes() bool { return f.cluster.resume != "" }

func (f *clusterFlags) register(fs *pflag.FlagSet) {
	f.Access.Register(fs, "carry runs out on the workers of this NATS `server`, or on local:N worker processes of this machine")
	fs.StringVar(&f.resume, "resume", "", "carry on the run of this `id`, whose dispatcher died; postie cluster status lists them")
	fs.StringVar(&f.onLost, "on-lost", "auto", "a worker that is lost may have sent requests: `retry` sends them again, fail does not (default: retry for runs that only read)")
}

// A crew carries out runs on a cluster. Its zero value carries them out in this
// process.
type crew struct {
	session    *clustered.Session
	dispatcher *cluster.Dispatcher
	close      func() error
}

// crew opens the cluster that the flags name. It is nil when they name none.
func (f *Flags) crew(ctx context.Context, s *term.Streams, runs ...runner.Options) (*crew, error) {
	if f.cluster.Cluster == "" {
		return nil, nil
	}
	o, err := f.dispatch(s)
	if err != nil {
		return nil, err
	}
	session, err := f.cluster.Open(ctx, s, int(f.jobs))
	if err != nil {
		return nil, err
	}
	d, err := cluster.NewDispatcher(ctx, session.Bus, *o)
	if err != nil {
		session.Close()
		return nil, exit.CannotRun("%v", err)
	}
	args, _ := ctx.Value(typedKey{}).([]string)
	if err := d.Plan(ctx, args, runs); err != nil {
		d.Abandon()
		session.Close()
		return nil, exit.CannotRun("%v", err)
	}
	if !session.Local && !f.Printing.Silent {
		o.Notice("run " + d.ID() + "; postie run --resume " + d.ID() + " carries it on should this process die")
	}
	return &crew{session: session, dispatcher: d, close: func() error {
		err := d.Close()
		session.Close()
		return err
	}}, nil
}

// PutLoad runs a load, in this process or on the workers of a cluster.
func (f *Flags) PutLoad(ctx context.Context, s *term.Streams, o *load.Options) (*load.Report, error) {
	crew, err := f.crew(ctx, s, o.Run)
	if err != nil {
		return nil, err
	}
	defer crew.end(s)
	if crew == nil {
		return load.Run(ctx, *o)
	}
	return crew.dispatcher.Load(ctx, *o)
}

// dispatch returns the options of a run that runner.Options does not have.
func (f *Flags) dispatch(s *term.Streams) (*cluster.DispatcherOptions, error) {
	o := &cluster.DispatcherOptions{ID: f.cluster.resume, Limits: cluster.Limits{Rate: float64(f.rate), AtOnce: int(f.hostConcurrency)},
		Notice: func(text string) { fmt.Fprintln(s.Err, "postie: note: "+report.SafeLine(text)) }}
	var err error
	if o.OnLost, err = cluster.ParseOnLost(f.cluster.onLost); err != nil {
		return nil, exit.Usage("--on-lost %v", err)
	}
	workers, local, err := f.cluster.Local()
	if err != nil {
		return nil, err
	}
	if !local && f.Mock != "" {
		return nil, exit.Usage("--mock serves on this machine, where workers of another cannot reach it: use it with --cluster local")
	}
	o.Workers = workers
	if o.Proxy.URL, o.Proxy.Except = f.network.Named(s.Getenv); o.Proxy.URL == "" {
		o.Proxy.Environment = true
	}
	if folder := f.scripts.Packages; folder != "" {
		o.Packages = os.DirFS(folder)
	}
	o.CA, err = f.network.ExtraCA()
	return o, err
}

// apply makes the crew carry out the runs of a matrix.
func (c *crew) apply(o *matrix.Options, most int) {
	if c == nil {
		return
	}
	o.Workers, o.Carry, o.CarryRows = c.session.Window(most), c.dispatcher.Carry, c.dispatcher.CarryRows
	c.dispatcher.Expect(o.Runs, min(c.session.Capacity, o.Workers))
}

// end closes the cluster. If something of the run stays on the server, the
// server removes it by its age.
func (c *crew) end(s *term.Streams) {
	if c == nil {
		return
	}
	if err := c.close(); err != nil {
		fmt.Fprintln(s.Err, "postie: warning: the server still has data of the finished run: "+report.SafeLine(err.Error()))
	}
}

// chunkOf returns how many iterations a job has: so many that sending the job
// costs little, and so few that all workers end at about the same time.
func chunkOf(iterations, workers int) int { return min(max(iterations/(workers*8), 1), 200) }
