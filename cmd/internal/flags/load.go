package flags

import (
	"strings"
	"time"

	"github.com/spf13/pflag"

	"postie/cmd/internal/exit"
	"postie/cmd/internal/values"
	"postie/runner/load"
)

// Load are the flags that say how much load there is, and when it passes.
type Load struct {
	users, iterations, maxUsers values.Count
	duration                    string
	stages, rateStages          []string
	profile, rate               string
	think, pace, warmup, grace  string
	setup, teardown             []string
	order                       string
	thresholds                  []string
	passIf                      []string
	abort                       string

	Baseline string // the file with the figures to compare with
}

// Register defines the flags.
func (f *Load) Register(fs *pflag.FlagSet) {
	fs.SortFlags = false
	fs.Var(&f.users, "vus", "virtual users at work (default 1)")
	fs.StringVar(&f.duration, "duration", "", "how `long` the load lasts (30s, 2m; default 5s when nothing else says)")
	fs.Var(&f.iterations, "iterations", "end after so many iterations")
	fs.Var((*values.List)(&f.stages), "stage", "`time:users`, such as 30s:100 to get to 100 in 30 s, or 2m to stay for two minutes; repeatable")
	fs.StringVar(&f.profile, "profile", "", "Postman's load `profile` for --vus and --duration: "+strings.Join(load.ProfileNames, ", "))
	fs.StringVar(&f.rate, "rate", "", "iterations started a second, whatever the answers take: `200/s`")
	fs.Var((*values.List)(&f.rateStages), "rate-stage", "`time:rate`, such as 1m:500/s; repeatable")
	fs.Var(&f.maxUsers, "max-vus", "virtual users a rate may use (default 100); iterations that find none are dropped")
	fs.StringVar(&f.think, "think", "", "pause between requests: `1s..3s`")
	fs.StringVar(&f.pace, "pace", "", "an iteration takes at least this `time`")
	fs.StringVar(&f.warmup, "warmup", "", "do not count the first `time`")
	fs.StringVar(&f.grace, "grace", "10s", "iterations in progress at the end may take this `time`")
	fs.Var((*values.List)(&f.setup), "setup", "run this `folder` once before; its variables reach every virtual user")
	fs.Var((*values.List)(&f.teardown), "teardown", "run this `folder` once after")
	fs.StringVar(&f.order, "data-order", "sequential", "`order` of data rows: sequential, random, or unique (each once, over all virtual users)")
	fs.Var((*values.List)(&f.thresholds), "threshold", "fail when the figures miss `'p95<500ms,failed<1%'`; also avg min med max errors checks rate dropped wait iterations requests, and {Login}.p99<1s; repeatable")
	fs.Var((*values.List)(&f.passIf), "pass-if", "the same in Postman's words: `'less_than(p95, 500)'`; repeatable")
	fs.StringVar(&f.abort, "abort-on-fail", "", "end the load when a threshold is missed, after this `time` at the earliest")
	fs.Lookup("abort-on-fail").NoOptDefVal = "10s"
	fs.StringVar(&f.Baseline, "baseline", "", "compare with the figures of `path`: 'p95<=110%' is a threshold then")
}

// Options returns how much load there is and how it is judged, except for the
// figures of Baseline.
func (f *Load) Options() (*load.Options, error) {
	o := &load.Options{Setup: f.setup, Teardown: f.teardown}
	var err error
	if o.Schedule, err = f.schedule(); err != nil {
		return nil, err
	}
	if o.Order, err = load.ParseOrder(f.order); err != nil {
		return nil, exit.Usage("--data-order %v", err)
	}
	for _, d := range []struct {
		flag, text string
		to         *time.Duration
	}{{"--pace", f.pace, &o.Pace}, {"--warmup", f.warmup, &o.Warmup}, {"--grace", f.grace, &o.Grace}, {"--abort-on-fail", f.abort, &o.AbortAfter}} {
		if d.text == "" {
			continue
		}
		if d.flag == "--grace" && strings.TrimRight(d.text, "ms") == "0" {
			o.Grace = -1 // -1 is no grace, because 0 is the default
			continue
		}
		if *d.to, err = load.ParseDuration(d.text); err != nil {
			return nil, exit.Usage("%s %v", d.flag, err)
		}
	}
	o.Abort = f.abort != ""
	if f.think != "" {
		if o.Think, err = load.ParseSpan(f.think); err != nil {
			return nil, exit.Usage("--think %v", err)
		}
	}
	return o, f.bounds(o)
}

// bounds reads the thresholds, and the file that some of them are compared
// with.
func (f *Load) bounds(o *load.Options) error {
	for _, text := range f.thresholds {
		list, err := load.ParseThresholds(text)
		if err != nil {
			return exit.Usage("--threshold %v", err)
		}
		o.Thresholds = append(o.Thresholds, list...)
	}
	for _, text := range f.passIf {
		t, err := load.ParsePassIf(text)
		if err != nil {
			return exit.Usage("--pass-if %v", err)
		}
		o.Thresholds = append(o.Thresholds, t)
	}
	for _, t := range o.Thresholds {
		if t.Relative && f.Baseline == "" {
			return exit.Usage("--threshold %s: a percentage of the figures of --baseline, which is not given", t.Text)
		}
	}
	return nil
}

// schedule reads the load model. Without flags it is one virtual user for five
// seconds.
func (f *Load) schedule() (load.Schedule, error) {
	s := load.Schedule{Iterations: int(f.iterations)}
	d := 5 * time.Second
	if f.duration != "" {
		var err error
		if d, err = load.ParseDuration(f.duration); err != nil {
			return s, exit.Usage("--duration %v", err)
		}
	} else if s.Iterations > 0 {
		d = 0
	}
	users := float64(max(1, int(f.users)))
	if f.profile != "" && d == 0 {
		return s, exit.Usage("load: --profile is a shape over time: it needs --duration beside --iterations")
	}
	open := f.rate != "" || len(f.rateStages) > 0
	closed := f.users > 0 || len(f.stages) > 0 || f.profile != ""
	switch {
	case open && closed:
		return s, exit.Usage("load: --rate starts iterations at a rate, --vus, --stage and --profile keep virtual users at work: give one of them; --max-vus bounds the users of a rate")
	case f.maxUsers > 0 && !open:
		return s, exit.Usage("load: --max-vus bounds the virtual users of a rate: it needs --rate or --rate-stage; --vus keeps so many at work")
	case len(f.rateStages) > 0 && f.duration != "":
		return s, exit.Usage("load: --rate-stage says how long the load lasts; --duration is without it")
	case open:
		return f.openSchedule(s, d)
	case len(f.stages) > 0 && (f.duration != "" || f.profile != ""):
		return s, exit.Usage("load: --stage says how long the load lasts; --duration and --profile are without it")
	case len(f.stages) > 0:
		s.Users = []load.Stage{{Target: float64(f.users)}}
		for _, text := range f.stages {
			st, err := load.ParseStage(text)
			if err != nil {
				return s, exit.Usage("--stage %v", err)
			}
			s.Users = append(s.Users, st)
		}
		return s, nil
	case f.profile != "":
		var err error
		if s.Users, err = load.Profile(f.profile, users, d); err != nil {
			return s, exit.Usage("--profile %v", err)
		}
		return s, nil
	}
	s.Users = load.Fixed(users, d)
	return s, nil
}

func (f *Load) openSchedule(s load.Schedule, d time.Duration) (load.Schedule, error) {
	if s.MaxUsers = int(f.maxUsers); s.MaxUsers == 0 {
		s.MaxUsers = 100
	}
	rate := 0.0
	if f.rate != "" {
		var err error
		if rate, err = load.ParseRate(f.rate); err != nil || rate == 0 {
			return s, exit.Usage("--rate %q: want a rate such as 200/s or 600/m", f.rate)
		}
	}
	if len(f.rateStages) == 0 {
		if d == 0 {
			d = 24 * time.Hour // the iterations end it
		}
		s.Rate = load.Fixed(rate, d)
		return s, nil
	}
	s.Rate = []load.Stage{{Target: rate}}
	for _, text := range f.rateStages {
		st, err := load.ParseStage(text)
		if err != nil {
			return s, exit.Usage("--rate-stage %v", err)
		}
		s.Rate = append(s.Rate, st)
	}
	return s, nil
}
