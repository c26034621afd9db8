package convert

import "strings"

// deepestConfig limits how deeply files of options may name other files.
const deepestConfig = 5

// configured returns the options of a command, in which each --config is
// replaced by the options of its file.
func (r *curlReader) configured(cmd command, list []option, depth int) []option {
	var out []option
	for _, o := range list {
		if o.name != "config" {
			out = append(out, o)
			continue
		}
		call := &curlCall{reader: r, line: cmd.line, stdin: cmd.stdin}
		if depth == deepestConfig {
			call.note("--config %s is in a file that files of options name: left out", o.value)
			continue
		}
		text, ok := call.read(o.value)
		if !ok {
			continue
		}
		more, wrong := options(configArgs(text))
		for _, why := range wrong {
			call.note("%s: %s", o.value, why)
		}
		out = append(out, r.configured(cmd, more, depth+1)...)
	}
	return out
}

// configArgs returns the lines of a file of options as arguments. The name of
// an option may be written without its dashes, and its value after a space, =
// or :, and in quotes.
func configArgs(text string) []string {
	var args []string
	for line := range strings.Lines(strings.TrimPrefix(text, "\ufeff")) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		end := strings.IndexAny(line, " \t=:")
		if end < 0 {
			end = len(line)
		}
		name := line[:end]
		rest := strings.TrimLeft(line[end:], " \t")
		if rest != "" && (rest[0] == '=' || rest[0] == ':') {
			rest = strings.TrimLeft(rest[1:], " \t")
		}
		if name[0] != '-' {
			name = "--" + name
		}
		args = append(args, name)
		if takesValue(name) {
			args = append(args, configValue(rest))
		}
	}
	return args
}

// takesValue reports whether an option has a value.
func takesValue(arg string) bool {
	if name, ok := strings.CutPrefix(arg, "--"); ok {
		_, takes, _ := longOption(name)
		return takes
	}
	_, taken, _ := lettersOf(arg[1:], []string{""})
	return taken > 0
}

// configValue reads a value: in quotes with escapes, or up to the next space.
func configValue(s string) string {
	if !strings.HasPrefix(s, `"`) {
		if end := strings.IndexAny(s, " \t"); end >= 0 {
			s = s[:end]
		}
		return s
	}
	var b strings.Builder
	for i := 1; i < len(s) && s[i] != '"'; i++ {
		c := s[i]
		if c == '\\' && i+1 < len(s) {
			i++
			c = s[i]
			if n := strings.IndexByte("tnrv", c); n >= 0 {
				c = "\t\n\r\v"[n]
			}
		}
		b.WriteByte(c)
	}
	return b.String()
}
