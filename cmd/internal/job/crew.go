package job

import (
	"context"
	"fmt"
	"os"

	"github.com/spf13/pflag"

	"postie/cmd/internal/clustered"
	"postie/cmd/internal/exit"
	"postie/cmd/internal/term"
	"postie/runner/cluster"
	"postie/runner/load"
	"postie/runner/matrix"
	"postie/runner/report"
)

// clusterFlags say who carries runs out.
type clusterFlags struct {
	clustered.Access
	onLost string
}

func (f *clusterFlags) register(fs *pflag.FlagSet) {
	f.Access.Register(fs, "carry runs out on the workers of this NATS `server`, or on local:N worker processes of this machine")
	fs.StringVar(&f.onLost, "on-lost", "auto", "a worker that is lost may have sent requests: `retry` sends them again, fail does not (default: retry for runs that only read)")
}

// A crew carries runs out elsewhere. Its zero value is this process.
type crew struct {
	session    *clustered.Session
	dispatcher *cluster.Dispatcher
	close      func() error
}

// crew opens the cluster of the flags; nil when there is none.
func (f *Flags) crew(ctx context.Context, s *term.Streams) (*crew, error) {
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
	return &crew{session: session, dispatcher: d, close: func() error {
		err := d.Close()
		session.Close()
		return err
	}}, nil
}

// PutLoad puts a load on: by this process, or by the workers of a cluster.
func (f *Flags) PutLoad(ctx context.Context, s *term.Streams, o *load.Options) (*load.Report, error) {
	crew, err := f.crew(ctx, s)
	if err != nil {
		return nil, err
	}
	defer crew.end(s)
	if crew == nil {
		return load.Run(ctx, *o)
	}
	return crew.dispatcher.Load(ctx, *o)
}

// dispatch are the options of a run that options of the runner do not have.
func (f *Flags) dispatch(s *term.Streams) (*cluster.DispatcherOptions, error) {
	o := &cluster.DispatcherOptions{Limits: cluster.Limits{Rate: float64(f.rate), AtOnce: int(f.hostConcurrency)},
		Notice: func(text string) { fmt.Fprintln(s.Err, "postie: note: "+report.SafeLine(text)) }}
	var err error
	if o.OnLost, err = cluster.ParseOnLost(f.cluster.onLost); err != nil {
		return nil, exit.Usage("--on-lost %v", err)
	}
	_, local, err := f.cluster.Local()
	if err != nil {
		return nil, err
	}
	if !local && f.Mock != "" {
		return nil, exit.Usage("--mock serves on this machine, where workers of another cannot reach it: use it with --cluster local")
	}
	if o.Proxy.URL, o.Proxy.Except = f.network.Named(s.Getenv); o.Proxy.URL == "" {
		o.Proxy.Environment = true
	}
	if own := f.scripts.Packages; own != "" {
		o.Packages = os.DirFS(own)
	}
	o.CA, err = f.network.ExtraCA()
	return o, err
}

// apply has the crew carry out the runs of a matrix.
func (c *crew) apply(o *matrix.Options, most int) {
	if c == nil {
		return
	}
	o.Workers, o.Carry, o.CarryRows = c.session.Window(most), c.dispatcher.Carry, c.dispatcher.CarryRows
}

// end ends it. What the server keeps of the run although it was told not to is
// removed by age.
func (c *crew) end(s *term.Streams) {
	if c == nil {
		return
	}
	if err := c.close(); err != nil {
		fmt.Fprintln(s.Err, "postie: warning: the run is over, and the server was not told: "+report.SafeLine(err.Error()))
	}
}

// chunkOf is how many iterations a job has: enough that sending it does not
// count, and few enough that all workers end at about the same time.
func chunkOf(iterations, workers int) int { return min(max(iterations/(workers*8), 1), 200) }
