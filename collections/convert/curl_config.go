package convert

import "strings"

// deepestConfig bounds how often a file of options may name another.
const deepestConfig = 5

// configured are the options of a command with those of the files that --config
// names in place of it.
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

// configArgs are the lines of a file of options as a command line. The name of an
// option may lack its dashes, and its value may come after a space, = or :, and in
// quotes.
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

// takesValue reports whether a value comes after an option.
func takesValue(arg string) bool {
	if name, ok := strings.CutPrefix(arg, "--"); ok {
		_, takes, _ := longOption(name)
		return takes
	}
	_, taken, _ := lettersOf(arg[1:], []string{""})
	return taken > 0
}

// configValue is a value: in quotes with escapes in it, else up to the next space.
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
