// Package suggest finds what a user probably meant by a flag, command, topic or
// reporter that does not exist.
package suggest

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"postie/cmd/internal/exit"
	"postie/collections/vars"
	"postie/runner/report"
)

// knownFlags are flags of other programs, and the flags here that do the same.
var knownFlags = map[string]string{
	"env": "--environment", "reporter": "--reporters", "no-color": "--color off", "insecure-skip-verify": "--insecure",
	"iterations": "--iteration-count", "data": "--iteration-data", "delay": "--delay-request", "concurrency": "--jobs",
	"global": "--globals", "globals-var": "--global-var", "variable": "--env-var", "var": "--env-var", "output": "--reporter-<name>-export",
}

// Flag adds the flag that was probably meant to cobra's error about an unknown
// flag.
func Flag(c *cobra.Command, err error) error {
	var number *strconv.NumError
	if errors.As(err, &number) { // the words of Go's number parser would not help the user
		err = errors.New(strings.TrimSuffix(err.Error(), number.Error()) + wanted(number.Func))
	}
	var unknown *pflag.NotExistError
	if errors.As(err, &unknown) && !c.HasParent() && isFlagOfRun(c, unknown) {
		return &exit.Error{Code: exit.BadUsage, Text: err.Error(), Hint: "it is a flag of run, and stands after that: postie run collection.json …"}
	}
	if !errors.As(err, &unknown) || unknown.GetSpecifiedShortnames() != "" {
		return &exit.Error{Code: exit.BadUsage, Text: err.Error(), Hint: c.CommandPath() + " --help lists the flags"}
	}
	name := unknown.GetSpecifiedName()
	hint := c.CommandPath() + " --help lists the flags"
	if known := knownFlags[name]; known != "" {
		hint = "did you mean " + known + "?"
	} else if near := closestFlag(c, name); near != "" {
		hint = "did you mean --" + near + "?"
	}
	return &exit.Error{Code: exit.BadUsage, Text: err.Error(), Hint: hint}
}

// isFlagOfRun reports whether run has a flag that the program itself does not
// have.
func isFlagOfRun(root *cobra.Command, unknown *pflag.NotExistError) bool {
	run, _, err := root.Find([]string{"run"})
	if err != nil {
		return false
	}
	name := unknown.GetSpecifiedName()
	return run.Flags().Lookup(name) != nil || len(name) == 1 && run.Flags().ShorthandLookup(name) != nil
}

// wanted describes the values of a flag, by the Go function that parses them.
func wanted(parser string) string {
	if parser == "ParseBool" {
		return "want true or false"
	}
	return "want a number"
}

func closestFlag(c *cobra.Command, name string) string {
	var names []string
	c.Flags().VisitAll(func(f *pflag.Flag) {
		if !strings.Contains(f.Name, "<") {
			names = append(names, f.Name)
		}
	})
	// the flag may be an abbreviation: --iteration for --iteration-count
	if i := slices.IndexFunc(names, func(n string) bool { return len(name) > 3 && strings.HasPrefix(n, name) }); i >= 0 {
		return names[i]
	}
	return vars.Closest(name, slices.Values(names))
}

// NoCommand returns the error for a first word that is not a command. It is
// called before flags are parsed, because they would be reported as unknown. It
// is nil when the word is a command, or when there is no word.
func NoCommand(root *cobra.Command, args []string) error {
	if len(args) == 0 || strings.HasPrefix(args[0], "-") || args[0] == "help" || strings.HasPrefix(args[0], "__") || args[0] == "completion" {
		return nil
	}
	for _, c := range root.Commands() {
		if c.Name() != args[0] && !c.HasAlias(args[0]) {
			continue
		}
		if c.IsAdditionalHelpTopicCommand() && len(args) > 1 && args[1] != "-h" && args[1] != "--help" {
			return notTopic(root, args)
		}
		return nil
	}
	return UnknownCommand(root, args)
}

// notTopic returns the error for a topic with arguments, such as newman run
// c.json.
func notTopic(root *cobra.Command, args []string) error {
	e := &exit.Error{Code: exit.BadUsage, Text: fmt.Sprintf("%q is a topic of the help, and takes nothing", args[0]), Hint: "postie help " + args[0] + " prints it"}
	if slices.Contains(Names(root), args[1]) {
		e.Hint = "did you mean postie " + strings.Join(args[1:], " ") + "?"
	}
	return e
}

// knownCommands are commands of other programs, and the commands here that do
// the same.
var knownCommands = map[string]string{
	"test": "run", "exec": "run", "execute": "run", "start": "run", "send": "run", "import": "convert", "export": "convert", "codegen": "code",
	"snippet": "code", "generate": "code", "perf": "load", "performance": "load", "bench": "load", "stress": "load", "serve": "mock", "server": "mock",
	"compare": "diff", "validate": "lint", "check": "lint", "ls": "list", "show": "list", "merge": "report merge",
}

// UnknownCommand returns the error for a first argument that is not a command:
// it may be a collection, or a command with a typing error.
func UnknownCommand(root *cobra.Command, args []string) error {
	e := &exit.Error{Code: exit.BadUsage, Text: fmt.Sprintf("unknown command %q", args[0]), Hint: "postie --help lists the commands"}
	if looksLikeCollection(args[0]) {
		e.Hint = "postie run " + strings.Join(args, " ")
		return e
	}
	near := knownCommands[args[0]]
	if near == "" {
		near = vars.Closest(args[0], slices.Values(Names(root)))
	}
	if near != "" {
		e.Hint = "did you mean postie " + strings.Join(append([]string{near}, args[1:]...), " ") + "?"
	}
	return e
}

// looksLikeCollection reports whether an argument is a document rather than a
// command.
func looksLikeCollection(arg string) bool {
	if strings.Contains(arg, "://") || strings.HasSuffix(arg, ".json") || strings.HasSuffix(arg, ".yaml") || strings.HasSuffix(arg, ".yml") {
		return true
	}
	_, err := os.Stat(arg)
	return err == nil
}

// plugins are reporters that people install for newman, and the reporters here
// that do the same.
var plugins = map[string]string{
	"htmlextra": "html", "html-extra": "html", "htmlfull": "html", "junitfull": "junit", "junitxray": "junit", "junit-full": "junit",
	"xunit": "junit", "reportportal": "junit", "json-summary": "json", "slack": "markdown", "md": "markdown", "github-actions": "github",
	"gitlab-quality": "gitlab", "allure-js": "allure", "text": "cli", "spec": "cli", "default": "cli", "xml": "junit",
}

// Reporter returns the error for a reporter that does not exist.
func Reporter(name string) error {
	e := &exit.Error{Code: exit.BadUsage, Text: fmt.Sprintf("unknown reporter %q", name), Hint: "reporters: " + strings.Join(report.FormatNames(), ", ")}
	plain := strings.TrimPrefix(strings.ToLower(name), "newman-reporter-")
	switch near := vars.Closest(plain, slices.Values(report.FormatNames())); {
	case slices.Contains(report.FormatNames(), plain):
		e.Hint = "did you mean " + plain + "? It is built in"
	case plugins[plain] != "":
		e.Hint = fmt.Sprintf("newman's plugins are not loaded; %s does the same: -r %[1]s", plugins[plain])
	case strings.ContainsAny(name, `/\`) || strings.HasSuffix(name, ".js"):
		e.Hint = "newman's plugins are not loaded; " + e.Hint
	case near != "":
		e.Hint = "did you mean " + near + "?"
	}
	return e
}

// Topic returns the error for help about something that does not exist, perhaps
// below a command.
func Topic(c *cobra.Command, args, rest []string) error {
	if len(rest) == 0 {
		rest = args
	}
	e := &exit.Error{Code: exit.BadUsage, Text: fmt.Sprintf("there is no help about %q", strings.Join(args, " ")), Hint: "postie help lists commands and topics"}
	if near := vars.Closest(rest[0], slices.Values(Names(c))); near != "" {
		e.Hint = "did you mean " + strings.Replace(c.CommandPath(), "postie", "postie help", 1) + " " + near + "?"
	}
	return e
}

// Names returns the names of the commands and topics below a command.
func Names(c *cobra.Command) []string {
	var out []string
	for _, sub := range c.Commands() {
		if !sub.Hidden {
			out = append(out, sub.Name())
		}
	}
	return out
}
