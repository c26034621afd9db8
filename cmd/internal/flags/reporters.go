package flags

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"postie/cmd/internal/exit"
	"postie/collections/vars"
	"postie/runner/report"
)

// Normalize joins "--flag value" to one argument for flags with an optional
// value. As in newman, the next argument is the value unless it starts with
// "-".
func Normalize(args []string) []string {
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

// plural returns the plural of a switch that is written in the singular:
// no-assertion is no-assertions. newman accepts the singular without any
// effect.
func plural(option string) string {
	if report.IsSwitch(option + "s") {
		return option + "s"
	}
	return option
}

// Reporters are the options of each reporter by its name; "" has the options
// for all.
type Reporters map[string]map[string]string

// SplitReporters removes the --reporter-<name>-<option>[=value] arguments from
// args, because cobra cannot know all of them.
func SplitReporters(args []string) (rest []string, opts Reporters) {
	opts = Reporters{}
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

// Of returns the settings of one reporter: its own, and those for all
// reporters.
func (f Reporters) Of(name string) report.Settings {
	out := report.Settings{}
	for _, from := range []string{"", name} {
		maps.Copy(out, f[from])
	}
	return out
}

// Check returns an error for options of an unknown reporter, for unknown
// options, and for the path of a report that was not requested, which would
// silently not be written.
func (f Reporters) Check(chosen []string) error {
	for _, name := range slices.Sorted(maps.Keys(f)) {
		for _, o := range slices.Sorted(maps.Keys(f[name])) {
			flag := reporterPrefix + strings.TrimPrefix(name+"-"+o, "-")
			switch {
			case o == "export" && f[name][o] == "":
				return emptyValue(flag)
			case name != "" && !slices.Contains(report.FormatNames(), name):
				return &exit.Error{Code: exit.BadUsage, Text: fmt.Sprintf("%s: there is no reporter %q", flag, name),
					Hint: "reporters: " + strings.Join(report.FormatNames(), ", ")}
			case !slices.Contains(report.SettingNames(), o):
				e := &exit.Error{Code: exit.BadUsage, Text: flag + ": no reporter has this option", Hint: "options: " + strings.Join(report.SettingNames(), ", ")}
				if near := vars.Closest(o, slices.Values(report.SettingNames())); near != "" {
					e.Hint = "did you mean " + strings.TrimSuffix(flag, o) + near + "?"
				}
				return e
			case name != "" && o == "export" && !slices.Contains(chosen, name):
				return &exit.Error{Code: exit.BadUsage, Text: fmt.Sprintf("%s: the reporter %s is not chosen", flag, name),
					Hint: "-r " + strings.Join(append(slices.Clone(chosen), name), ",") + " chooses it"}
			}
		}
	}
	return nil
}

// Belong returns an error for options of reporters on commands without reports.
// cobra does not see these options.
func (f Reporters) Belong(c *cobra.Command) error {
	reports := c.Flags().Lookup("reporters") != nil || c.Flags().Lookup("junit") != nil
	for name, opts := range f {
		for o := range opts {
			if !reports {
				return exit.Usage("%s: unknown flag %s", c.CommandPath(), reporterPrefix+strings.TrimPrefix(name+"-"+o, "-"))
			}
		}
	}
	return nil
}
