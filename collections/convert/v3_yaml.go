package convert

import (
	"slices"
	"strings"
	"unicode/utf16"

	"go.yaml.in/yaml/v4"

	"postie/collections/regex"
)

// encodeYAML writes a document as Postman's own writer does, which is the npm
// package yaml with its defaults: the same quotes, blocks and line ends. So a
// file does not change when Postman saves it again.
func encodeYAML(n *yaml.Node) []byte {
	e := &emitter{}
	e.node(n, "")
	e.out.WriteByte('\n')
	return []byte(e.out.String())
}

// An emitter writes nodes. Text after a line end begins with the indent.
type emitter struct{ out strings.Builder }

func (e *emitter) node(n *yaml.Node, indent string) {
	switch {
	case n.Kind == yaml.MappingNode && len(n.Content) == 0:
		e.out.WriteString("{}")
	case n.Kind == yaml.MappingNode:
		e.mapping(n, indent)
	case n.Kind == yaml.SequenceNode && len(n.Content) == 0:
		e.out.WriteString("[]")
	case n.Kind == yaml.SequenceNode:
		for i, item := range n.Content {
			if i > 0 {
				e.out.WriteString("\n" + indent)
			}
			e.out.WriteString("- ")
			e.node(item, indent+"  ")
		}
	default:
		e.out.WriteString(yamlScalar(n, indent, -1))
	}
}

func (e *emitter) mapping(n *yaml.Node, indent string) {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if i > 0 {
			e.out.WriteString("\n" + indent)
		}
		key, val := yamlKey(n.Content[i].Value), n.Content[i+1]
		head := key + ":"
		if utf16Len(key) > 1024 { // longer keys are marked with "?"
			head = "? " + key + "\n" + indent + ":"
		}
		e.out.WriteString(head)
		if val.Kind != yaml.ScalarNode && len(val.Content) > 0 {
			e.out.WriteString("\n" + indent + "  ")
			e.node(val, indent+"  ")
			continue
		}
		e.out.WriteByte(' ')
		if val.Kind == yaml.ScalarNode {
			e.out.WriteString(yamlScalar(val, indent+"  ", utf16Len(head)+1))
		} else {
			e.node(val, indent)
		}
	}
}

// yamlScalar writes a value. start is the width of what is before it in the
// line, or -1 when that does not count.
func yamlScalar(n *yaml.Node, indent string, start int) string {
	if n.ShortTag() != "!!str" {
		if n.ShortTag() == "!!null" {
			return "null"
		}
		return n.Value
	}
	w := &textWriter{indent: indent, start: start}
	out := w.text(n.Value)
	if !readsAs(out, indent, n.Value) {
		in, _ := escaped(n.Value)
		return `"` + in + `"`
	}
	return out
}

var plainWord = regex.Lazy(`^[A-Za-z0-9_./:@-]*$`)

// readsAs reports whether our own reader reads the text as this value. The two
// libraries differ in rare cases, such as blocks that contain only blank lines.
func readsAs(out, indent, want string) bool {
	if plainWord().MatchString(out) {
		return true
	}
	var n yaml.Node
	pad := strings.TrimPrefix(indent, "  ") // the indent of the mapping that has the value
	if unmarshalYAML([]byte(pad+"v: "+out+"\n"+pad+"w: x\n"), &n) != nil || len(n.Content) != 1 {
		return false
	}
	m := n.Content[0]
	return m.Kind == yaml.MappingNode && len(m.Content) == 4 && m.Content[1].Value == want && m.Content[1].Kind == yaml.ScalarNode
}

// yamlKey writes a key, which has one line.
func yamlKey(s string) string {
	w := &textWriter{key: true}
	return w.text(s)
}

// A textWriter writes one text.
type textWriter struct {
	indent string
	start  int
	key    bool
}

// lineWidth is the width at which lines of several words are broken.
const lineWidth = 80

var (
	needsEscapes = regex.Lazy(`[\x00-\x08\x0b-\x1f\x7f-\x{9f}]`)
	// notPlain matches strings that would be read as something else without
	// quotes.
	notPlain = regex.Lazy(`^[\n\t ,\[\]{}#&*!|>'"%@` + "`" + `]|^[?-]$|^[?-][ \t]|[\n:][ \t]|[ \t]\n|[\n\t ]#|[\n\t :]$`)
	// notText matches strings that YAML 1.2 reads as another type.
	notText = regex.Lazy(`^(~|[Nn]ull|NULL|[Tt]rue|TRUE|[Ff]alse|FALSE|[-+]?\.(inf|Inf|INF)|\.nan|\.NaN|\.NAN` +
		`|[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|0o[0-7]+|0x[0-9a-fA-F]+)?$`)
	// notTextThere matches strings that the Postman CLI reads as numbers and
	// dates of YAML 1.1, whereupon it leaves the file out silently. Postman's
	// own migration writes them without quotes all the same.
	notTextThere = regex.Lazy(`^([-+]?0b[01_]+|[-+]?0x[0-9a-fA-F_]+|[-+]?[0-9][0-9_]*(\.[0-9_]*)?([eE][-+]?[0-9]+)?` +
		`|\d{4}-\d{2}-\d{2}|\d{4}-\d{1,2}-\d{1,2}([Tt]|[ \t]+)\d{1,2}:\d{2}:\d{2}.*)$`)
	blankEnd    = regex.Lazy(`\n[\t ]+$`)
	blankAround = regex.Lazy(`[ \t]\n|\n[ \t]`)
	newlines    = regex.Lazy(`\n+`)
)

func (w *textWriter) text(s string) string {
	switch {
	case needsEscapes().MatchString(s):
		return w.doubleQuoted(s)
	case w.key && strings.Contains(s, "\n"):
		return w.quoted(s)
	case notPlain().MatchString(s) && (w.key || !strings.Contains(s, "\n")):
		return w.quoted(s)
	case strings.Contains(s, "\n"):
		return w.block(s)
	case notText().MatchString(s), !w.key && notTextThere().MatchString(s):
		return w.quoted(s)
	case w.key:
		return s
	}
	return w.fold(s, foldPlain)
}

// quoted writes double quotes unless the text contains double quotes and no
// single ones.
func (w *textWriter) quoted(s string) string {
	if strings.Contains(s, `"`) && !strings.Contains(s, "'") && !(w.key && strings.Contains(s, "\n")) && !blankAround().MatchString(s) {
		out := "'" + newlines().ReplaceAllString(s, "$0\n"+w.indent) + "'"
		if w.key {
			return out
		}
		return w.fold(out, foldPlain)
	}
	return w.doubleQuoted(s)
}

// shortText is the length up to which a text in quotes stays on one line
// although it has line ends.
const shortText = 40

// doubleQuoted writes JSON's escapes and YAML's shorter ones. Line ends of a
// longer text are written as blank lines.
func (w *textWriter) doubleQuoted(s string) string {
	in, width := escaped(s)
	body := []rune(in)
	long := width >= shortText && !w.key
	var out strings.Builder
	out.WriteByte('"')
	for i := 0; i < len(body); i++ {
		at := func(n int) bool { return i+n+1 < len(body) && body[i+n] == '\\' && body[i+n+1] == 'n' }
		last := func(n int) bool { return i+n+2 >= len(body) }
		switch {
		case body[i] == ' ' && at(1): // a blank before a line end would be lost
			out.WriteString(`\ `)
		case body[i] != '\\':
			out.WriteRune(body[i])
		case !at(0) || !long || last(0):
			out.WriteRune(body[i])
			i++
			out.WriteRune(body[i])
		default:
			out.WriteString("\n\n")
			for at(2) && !last(2) {
				out.WriteByte('\n')
				i += 2
			}
			out.WriteString(w.indent)
			i++
			if i+1 < len(body) && body[i+1] == ' ' {
				out.WriteByte('\\')
			}
		}
	}
	out.WriteByte('"')
	if w.key {
		return out.String()
	}
	return w.fold(out.String(), foldQuoted)
}

var yamlEscapes = strings.NewReplacer(`\u0000`, `\0`, `\u0007`, `\a`, `\u000b`, `\v`, `\u001b`, `\e`)

// escaped returns the inside of a JSON string, as JavaScript writes it, with
// YAML's shorter escapes. It also returns the width of the JSON string.
func escaped(s string) (inside string, width int) {
	raw, err := marshal(s)
	if err != nil {
		return "", 0
	}
	in := strings.NewReplacer(`\u2028`, "\u2028", `\u2029`, "\u2029", `\\`, `\\`).Replace(string(raw[1 : len(raw)-1]))
	width = utf16Len(in) + 2
	in = hexEscape().ReplaceAllStringFunc(in, func(m string) string {
		if strings.HasPrefix(m, `\\`) {
			return m
		}
		if short := yamlEscapes.Replace(m); short != m {
			return short
		}
		return `\x` + m[4:]
	})
	return in, width
}

var hexEscape = regex.Lazy(`\\\\|\\u00[0-9a-f]{2}`)

// block writes a text of several lines: literal, or folded when lines are long
// and can be broken.
func (w *textWriter) block(s string) string {
	if blankEnd().MatchString(s) {
		return w.quoted(s)
	}
	indent := w.indent
	content := strings.TrimRight(s, "\n\t ")
	end := s[len(content):]
	chomp := "-"
	switch i := strings.IndexByte(end, '\n'); {
	case i < 0:
		content, end = s, "" // blanks without other text belong to the last line
	case s == end || i != len(end)-1:
		chomp = "+"
	default:
		chomp = ""
	}
	end = strings.TrimSuffix(end, "\n")
	end = indentRuns(end, indent)
	lead := content[:len(content)-len(strings.TrimLeft(content, " \n"))]
	start := ""
	if i := strings.LastIndexByte(lead, '\n'); i >= 0 {
		start = lead[:i+1]
	} else if lead != "" {
		start = lead
	}
	rest := content[len(start):]
	start = newlines().ReplaceAllString(start, "$0"+indent)
	header := chomp
	if strings.Contains(lead, " ") {
		header = "2" + chomp
	}
	if overLimit(s, lineWidth-len(indent)) {
		folded := start + newlines().ReplaceAllString(foldable(rest), "$0"+indent) + end
		f := &folder{text: utf16.Encode([]rune(folded)), indent: indent, mode: foldBlock, end: lineWidth - len(indent)}
		if body := f.fold(); !f.overflow {
			return ">" + header + "\n" + indent + body
		}
	}
	return "|" + header + "\n" + indent + start + newlines().ReplaceAllString(rest, "$0"+indent) + end
}

// indentRuns indents the first line after each run of blank ones at the end of
// a block.
func indentRuns(s, indent string) string {
	out := newlines().ReplaceAllString(s, "$0"+indent)
	if strings.HasSuffix(s, "\n") {
		out = strings.TrimSuffix(out, indent)
	}
	return out
}

// overLimit reports whether a line of the text is longer than the limit.
func overLimit(s string, limit int) bool {
	return slices.ContainsFunc(strings.Split(s, "\n"), func(line string) bool { return utf16Len(line) > limit })
}

// foldable doubles line ends, because a single one is a place where a line was
// broken. It does not double those beside lines that begin with a blank,
// because such lines are never joined.
func foldable(s string) string {
	s = newlines().ReplaceAllString(s, "\n$0")
	var out strings.Builder
	for i := 0; i < len(s); {
		from := i
		if s[i] == '\n' {
			from = i + 1
		} else if i > 0 {
			out.WriteByte(s[i])
			i++
			continue
		}
		if from >= len(s) || s[from] != ' ' && s[from] != '\t' {
			out.WriteByte(s[i])
			i++
			continue
		}
		end := from + strings.IndexByte(s[from:]+"\n", '\n')
		run := end
		for run < len(s) && strings.IndexByte("\n\t ", s[run]) >= 0 {
			run++
		}
		out.WriteString(s[from:end])
		i = end
		if run > end && s[run-1] == '\n' {
			out.WriteString(s[end : run-1])
			i = run
		}
	}
	return out.String()
}

func (w *textWriter) fold(s string, mode foldMode) string {
	text := utf16.Encode([]rune(s))
	f := &folder{text: text, indent: w.indent, mode: mode, end: lineWidth - len(w.indent)}
	if w.start >= 0 {
		f.end = lineWidth - w.start
		f.first = w.start > lineWidth-minContent
	}
	return f.fold()
}

func utf16Len(s string) int { return len(utf16.Encode([]rune(s))) }
