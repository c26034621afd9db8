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

// A Filter chooses requests by their paths, A/B/C.
type Filter struct {
	grep, exclude []string
	onlyTests     bool
}

// Register defines them.
func (f *Filter) Register(fs *pflag.FlagSet) {
	fs.Var((*values.List)(&f.grep), "grep", "run only requests whose A/B/C path matches this `regexp`; repeatable")
	fs.Var((*values.List)(&f.exclude), "exclude", "leave out requests whose A/B/C path matches this `regexp`; repeatable")
	fs.BoolVar(&f.onlyTests, "only-tests", false, "run only requests that have a test script, their own or of a folder")
}

// Narrow leaves of what the run selects the requests that --grep, --exclude and
// --only-tests let pass. None is an error, but for a part of a run that is spread.
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

// names are the flags that leave requests out, with the verb.
func (f *Filter) names() string {
	if f.onlyTests && len(f.grep)+len(f.exclude) == 0 {
		return "--only-tests leaves"
	}
	if f.onlyTests {
		return "--grep, --exclude and --only-tests leave"
	}
	return "--grep and --exclude leave"
}

// none lets the run go without a request where that is accepted; an empty
// selection would be all of them.
func (f *Filter) none(o *runner.Options, part matrix.Shard) error {
	if part.Whole() && !o.AllowEmpty {
		return &exit.Error{Code: exit.NotRun, Text: "no request was run: " + f.names() + " none",
			Hint: "--allow-empty accepts that; postie list shows the paths"}
	}
	o.Only, o.AllowEmpty = func(int) bool { return false }, true
	return nil
}

// Patterns are the regular expressions of a flag.
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
