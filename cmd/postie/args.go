package main

import (
	"strings"

	"postie/runner/report"
)

// normalize joins "--flag value" where a flag's value is optional, as newman
// reads it: the next argument is the value unless it starts with "-".
func normalize(args []string) []string {
	out := make([]string, 0, len(args))
	for i := 0; i < len(args); i++ {
		a := args[i]
		if a == "--" {
			return append(out, args[i:]...)
		}
		more := i+1 < len(args) && !strings.HasPrefix(args[i+1], "-")
		if a == "--bail" && more && bailWords(args[i+1]) {
			i++
			a += "=" + args[i]
		}
		if strings.HasPrefix(a, reporterPrefix) && !strings.Contains(a, "=") && more && !reporterSwitch(a) {
			i++
			a += "=" + args[i]
		}
		out = append(out, a)
	}
	return out
}

func bailWords(s string) bool {
	for w := range strings.SplitSeq(s, ",") {
		if w != "folder" && w != "failure" {
			return false
		}
	}
	return true
}

const reporterPrefix = "--reporter-"

func reporterSwitch(flag string) bool {
	_, option, _ := strings.Cut(strings.TrimPrefix(flag, reporterPrefix), "-")
	return report.IsSwitch(plural(option))
}

// plural is a switch that is written in the singular, as newman takes without a
// word and to no effect: no-assertion is no-assertions.
func plural(option string) string {
	if report.IsSwitch(option + "s") {
		return option + "s"
	}
	return option
}

// reporterFlags are the options of reporters by reporter; "" holds those for
// all.
type reporterFlags map[string]map[string]string

// splitReporterArgs takes the --reporter-<name>-<option>[=value] arguments out
// of args: cobra could not know them all.
func splitReporterArgs(args []string) (rest []string, opts reporterFlags) {
	opts = reporterFlags{}
	for i, a := range args {
		if a == "--" {
			return append(rest, args[i:]...), opts
		}
		if !strings.HasPrefix(a, reporterPrefix) {
			rest = append(rest, a)
			continue
		}
		key, value, ok := strings.Cut(strings.TrimPrefix(a, reporterPrefix), "=")
		if !ok {
			value = "true"
		}
		name, option, found := strings.Cut(key, "-")
		if !found {
			name, option = "", key
		}
		if opts[name] == nil {
			opts[name] = map[string]string{}
		}
		opts[name][plural(option)] = value
	}
	return rest, opts
}
