package flags

import (
	"slices"
	"time"

	"github.com/spf13/pflag"

	"postie/cmd/internal/exit"
	"postie/cmd/internal/term"
	"postie/cmd/internal/values"
	"postie/runner/report"
)

// Printing are the flags that say what is printed on the terminal, and how.
type Printing struct {
	Silent    bool
	Color     string // auto, on or off
	NoUnicode bool

	quiet, verbose, onlyFailures bool
	slow                         values.Millis
}

// Register defines the flags.
func (f *Printing) Register(fs *pflag.FlagSet) {
	f.RegisterPlain(fs)
	fs.BoolVar(&f.quiet, "quiet", false, "print the summary and the failures alone")
	fs.BoolVar(&f.onlyFailures, "only-failures", false, "print only requests in which something failed")
	fs.Var(&f.slow, "slow", "mark responses slower than this (ms, or 2s)")
	fs.BoolVar(&f.verbose, "verbose", false, "print headers, bodies and timings")
	fs.BoolVar(&f.NoUnicode, "disable-unicode", false, "plain text in place of symbols")
}

// RegisterPlain defines the flags of commands that print no requests.
func (f *Printing) RegisterPlain(fs *pflag.FlagSet) {
	fs.BoolVar(&f.Silent, "silent", false, "print nothing but errors")
	fs.StringVar(&f.Color, "color", "auto", "colour: auto, on or off")
}

// Check validates what pflag cannot.
func (f *Printing) Check() error {
	if !slices.Contains([]string{"auto", "on", "off"}, f.Color) {
		return exit.Usage("--color %s: want auto, on or off", f.Color)
	}
	return nil
}

// CLI returns the options of reporters that print on standard output.
func (f *Printing) CLI(s *term.Streams) report.CLIOptions {
	return report.CLIOptions{
		Color:        s.Color(f.Color),
		NoUnicode:    f.NoUnicode,
		Width:        s.Width,
		Live:         s.OutTTY && s.Width > 0,
		Verbose:      f.verbose,
		Quiet:        f.quiet,
		OnlyFailures: f.onlyFailures,
		Slow:         time.Duration(f.slow),
	}
}
