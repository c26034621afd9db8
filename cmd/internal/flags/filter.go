package flags

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"

	"github.com/spf13/pflag"

	"postie/cmd/internal/exit"
	"postie/cmd/internal/values"
	"postie/collections"
	"postie/runner"
	"postie/runner/matrix"
)

// A Filter selects requests by their paths, such as A/B/C.
type Filter struct {
	grep, exclude []string
	onlyTests     bool
}

// Register defines the flags.
func (f *Filter) Register(fs *pflag.FlagSet) {
	fs.Var((*values.List)(&f.grep), "grep", "run only requests whose A/B/C path matches this `regexp`; repeatable")
	fs.Var((*values.List)(&f.exclude), "exclude", "leave out requests whose A/B/C path matches this `regexp`; repeatable")
	fs.BoolVar(&f.onlyTests, "only-tests", false, "run only requests that have a test script, their own or of a folder")
}

// Narrow keeps only those of the run's requests that --grep, --exclude and
// --only-tests select. It is an error when none is left, except in a part of a
// run that is spread over machines.
func (f *Filter) Narrow(o *runner.Options, part matrix.Shard) (err error) {
	keep := collections.Filter{OnlyTests: f.onlyTests}
	if keep.Grep, err = Patterns("--grep", f.grep); err != nil {
		return err
	}
	if keep.Exclude, err = Patterns("--exclude", f.exclude); err != nil || keep.Empty() {
		return err
	}
	nodes, err := o.Collection.Select(o.Select...)
	if err != nil {
		return exit.CannotRun("%v", err)
	}
	o.Select = nil
	for _, n := range nodes {
		if keep.Keep(n) {
			o.Select = append(o.Select, n.ID())
		}
	}
	if len(o.Select) == 0 {
		return f.none(o, part)
	}
	return nil
}

// names lists the flags that leave requests out, followed by a verb.
func (f *Filter) names() string {
	if f.onlyTests && len(f.grep)+len(f.exclude) == 0 {
		return "--only-tests leaves"
	}
	if f.onlyTests {
		return "--grep, --exclude and --only-tests leave"
	}
	return "--grep and --exclude leave"
}

// none makes a run without any request where that is allowed, because an empty
// selection would mean all requests.
func (f *Filter) none(o *runner.Options, part matrix.Shard) error {
	if part.Whole() && !o.AllowEmpty {
		return &exit.Error{Code: exit.NotRun, Text: "no request was run: " + f.names() + " none",
			Hint: "--allow-empty accepts that; postie list shows the paths"}
	}
	o.Only, o.AllowEmpty = func(int) bool { return false }, true
	return nil
}

// Patterns compiles the regular expressions of a flag.
func Patterns(flag string, list []string) ([]*regexp.Regexp, error) {
	var out []*regexp.Regexp
	for _, text := range list {
		re, err := regexp.Compile(text)
		if err != nil {
			if bad := new(syntax.Error); errors.As(err, &bad) {
				err = fmt.Errorf("%s: `%s`", bad.Code, bad.Expr)
			}
			return nil, exit.Usage("%s %s: %v", flag, text, err)
		}
		out = append(out, re)
	}
	return out, nil
}
