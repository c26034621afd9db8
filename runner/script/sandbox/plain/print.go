package plain

import (
	"strings"
	"sync"
)

// A printer writes values as the console shows them: as node's util.inspect
// does at newman's width. Its limits are those of js/print.js.
type printer struct {
	*run
	indent int
	depth  int // of the object that was printed last
}

const (
	printedWidth = 44
	printedDepth = 25
	printedItems = 100
)

// inspected returns a value as the console shows it.
func (r *run) inspected(v value) string {
	p := printer{run: r}
	return p.value(v, 0)
}

func (p *printer) value(v value, level int) string {
	if p.work(operatorCost); p.stuck {
		return ""
	}
	switch v.kind {
	case text:
		return p.text(v.text)
	case array:
		return p.members(v, level, "[", "]")
	case object:
		return p.members(v, level, "{", "}")
	}
	return p.shown(v)
}

// text returns a text in quotes. A long text of several lines is split, with
// one line below the other.
func (p *printer) text(s string) string {
	if n := units(s); n <= 16 || n <= printedWidth-p.indent-4 || !strings.Contains(s, "\n") {
		return p.quoted(s)
	}
	var lines []string
	for line := range strings.SplitAfterSeq(s, "\n") {
		if line != "" {
			lines = append(lines, p.quoted(line))
		}
	}
	return strings.Join(lines, " +\n"+strings.Repeat(" ", p.indent+2))
}

// quoted returns a text in those quotes that it does not contain. Control
// characters are left to the machine.
func (p *printer) quoted(s string) string {
	mark := "'"
	if strings.Contains(s, "'") {
		switch {
		case !strings.Contains(s, `"`):
			mark = `"`
		case !strings.Contains(s, "`") && !strings.Contains(s, "${"):
			mark = "`"
		default:
			p.giveUp()
		}
	}
	if strings.ContainsFunc(s, isControl) {
		p.giveUp()
	}
	return mark + escapes().Replace(s) + mark
}

func isControl(c rune) bool { return c < ' ' && c != '\n' || c >= 0x7f && c <= 0x9f }

var escapes = sync.OnceValue(func() *strings.Replacer { return strings.NewReplacer("\n", `\n`, `\`, `\\`) })

// members prints the members of a list or an object, in brackets. Empty values
// do not count for the depth.
func (p *printer) members(v value, level int, first, last string) string {
	if level > printedDepth || len(v.list) > printedItems {
		p.giveUp()
	}
	if len(v.list) == 0 || p.stuck {
		return first + last
	}
	p.depth = level
	parts := make([]string, len(v.list))
	for i, member := range v.list {
		p.indent += 2
		parts[i] = p.value(member, level+1)
		p.indent -= 2
		if v.kind == object {
			parts[i] = p.key(v.keys[i]) + ": " + parts[i]
		}
		p.work(len(parts[i]))
	}
	return p.joined(parts, level, v.kind == array, first, last)
}

// key prints the name of a member. Names that look like numbers are left to the
// machine, because JavaScript lists them first.
func (p *printer) key(name string) string {
	if numeric(name) {
		p.giveUp()
	}
	for i, c := range name {
		letter := c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return p.quoted(name)
		}
	}
	if name == "" {
		return "''"
	}
	return name
}

// joined puts the parts on one line when they fit and are nested at most three
// deep.
func (p *printer) joined(parts []string, level int, list bool, first, last string) string {
	if list && len(parts) > 6 && p.inColumns(parts) {
		p.giveUp()
	}
	if p.depth-level < 3 {
		total := 2*len(parts) + p.indent + len(first) + 10
		for _, part := range parts {
			total += units(part)
		}
		if line := strings.Join(parts, ", "); total <= printedWidth && !strings.Contains(line, "\n") {
			return first + " " + line + " " + last
		}
	}
	margin := "\n" + strings.Repeat(" ", p.indent)
	return first + margin + "  " + strings.Join(parts, ","+margin+"  ") + margin + last
}

// inColumns reports whether node prints the elements of a long list in columns.
func (p *printer) inColumns(parts []string) bool {
	total, longest := 0, 0
	for _, part := range parts {
		total += units(part) + 2
		longest = max(longest, units(part))
	}
	return 3*(longest+2)+p.indent < printedWidth && (total > 5*(longest+2) || longest <= 6)
}
