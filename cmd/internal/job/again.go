package job

import (
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"postie/runner/documents"
)

// An invocation is the command line of a run.
type invocation struct {
	path  string // postie run
	args  []string
	flags *pflag.FlagSet
}

// repeated are the flags that change what a run sends and receives. They are
// repeated in the command line for a closer look. Flags with passwords are not.
var repeated = strings.Fields(`globals iteration-data mock env-file env-from-process env-var-file vault-file vault-from-process vault-prompt
	env-var global-var extract working-dir insecure-file-read package-dir cookie-jar insecure ssl-extra-ca-certs ssl-client-cert ssl-client-key
	ssl-client-cert-list tls-min tls-max noproxy connect-to resolve unix-socket http2 ignore-redirects from`)

// again returns the command line that carries out one run again, without its
// reports and selections. It is nil when that is impossible because the
// collection came from a pipe.
func (f *Flags) again() []string {
	if f.line.flags == nil {
		return nil
	}
	words, sources := strings.Fields(f.line.path), f.line.args
	if len(f.sourceFiles) > 0 {
		sources = f.sourceFiles
	}
	for _, source := range sources {
		if source == "-" {
			return nil
		}
		words = append(words, documents.Shown(source))
	}
	environments := f.Environments
	if f.Environment != "" {
		environments = []string{f.Environment}
	}
	for _, e := range environments {
		if e != "" {
			words = append(words, "-e", documents.Shown(e))
		}
	}
	f.line.flags.Visit(func(flag *pflag.Flag) {
		if slices.Contains(repeated, flag.Name) {
			words = append(words, f.flagWords(flag)...)
		}
	})
	return words
}

// flagWords returns the arguments of a flag, without the values of variables
// that are secret.
func (f *Flags) flagWords(flag *pflag.Flag) []string {
	name := "--" + flag.Name
	if flag.Value.Type() == "bool" {
		return []string{name}
	}
	values := []string{flag.Value.String()}
	if list, ok := flag.Value.(pflag.SliceValue); ok {
		values = list.GetSlice()
	}
	var out []string
	for _, v := range values {
		if key, value, pair := strings.Cut(v, "="); pair && strings.HasSuffix(flag.Name, "-var") {
			v = key + "=" + f.shownValue(key, value)
		}
		out = append(out, name, documents.Shown(v))
	}
	return out
}

// shownValue returns the value of a variable, or "…" when it may be secret.
func (f *Flags) shownValue(name, value string) string {
	if f.Masking.Hides(name, value) {
		return "…"
	}
	return documents.Shown(value)
}
