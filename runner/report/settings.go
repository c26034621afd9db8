package report

import (
	"fmt"
	"slices"
	"strconv"
)

// Settings are a reporter's options by name, as command lines and configuration
// files give them: bodies, max-body, omit-headers.
type Settings map[string]string

// Switches are the settings that are on or off, and whose value may be missing.
func Switches() []string {
	return []string{"silent", "no-summary", "no-failures", "no-assertions", "no-success-assertions",
		"no-console", "no-banner", "show-timestamps", "omit-bodies", "omit-headers", "only-failures"}
}

// SettingNames are all settings that a reporter may have. The files of export and
// attachments are opened by the caller.
func SettingNames() []string {
	return append([]string{"export", "bodies", "max-body", "attachments", "title"}, Switches()...)
}

// IsSwitch reports whether a setting is one of Switches.
func IsSwitch(name string) bool { return slices.Contains(Switches(), name) }

// On reports whether a switch is on.
func (s Settings) On(name string) bool { return s[name] != "" && s[name] != "false" }

// Options are the settings of reports that are made from a log.
func (s Settings) Options() (Options, error) {
	out := Options{Title: s["title"], OmitHeaders: s.On("omit-headers"), OnlyFailures: s.On("only-failures")}
	switch b := s["bodies"]; b {
	case "", "text":
	case "bytes", "none":
		out.Bodies = Bodies(b)
	default:
		return out, fmt.Errorf("bodies: %q: want text, bytes or none", b)
	}
	if s.On("omit-bodies") {
		out.Bodies = BodiesNone
	}
	if n := s["max-body"]; n != "" {
		limit, err := strconv.Atoi(n)
		if err != nil || limit < 1 {
			return out, fmt.Errorf("max-body: %q: want a number of bytes", n)
		}
		out.MaxBody = limit
	}
	return out, nil
}

// CLI adds the settings of the cli reporter to options.
func (s Settings) CLI(o CLIOptions) CLIOptions {
	o.OnlyFailures = o.OnlyFailures || s.On("only-failures")
	o.NoBanner, o.NoConsole, o.NoSummary, o.NoFailures = s.On("no-banner"), s.On("no-console"), s.On("no-summary"), s.On("no-failures")
	o.NoAssertions, o.NoSuccessAssertions, o.Timestamps = s.On("no-assertions"), s.On("no-success-assertions"), s.On("show-timestamps")
	return o
}
