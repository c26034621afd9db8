package convert

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"
)

// words returns the arguments that a word of a script becomes.
func (s *bashScript) words(w *syntax.Word) []string {
	copied := *w
	if !syntax.SplitBraces(&copied) {
		return s.fields(w)
	}
	var out []string
	for one, err := range expand.BracesSeq(nil, &copied) {
		if err != nil || len(out) > maxGlob {
			s.note(int(w.Pos().Line()), "braces stand for too many words: left out")
			return nil
		}
		out = append(out, s.fields(one)...)
	}
	return out
}

// fields returns the arguments of a word without braces. A variable outside
// quotes may hold several words, and an array is a list of its own.
func (s *bashScript) fields(w *syntax.Word) []string {
	if list, ok := s.list(w.Parts); ok {
		return list
	}
	out := []string{""}
	exists := false // an empty word is an argument only when it is quoted
	add := func(text string) { out[len(out)-1] += text }
	for _, p := range w.Parts {
		switch p := p.(type) {
		case *syntax.SglQuoted, *syntax.DblQuoted:
			exists = true
			add(s.part(p))
		case *syntax.ParamExp:
			if v, ok := s.known(p); ok && (strings.HasPrefix(v, "-") || strings.ContainsAny(v, " \t\n")) {
				for i, word := range strings.Fields(v) {
					if i > 0 {
						out = append(out, "")
					}
					add(word)
				}
				continue
			}
			add(s.part(p))
		default:
			add(s.part(p))
		}
	}
	for i := range out {
		out[i] = strings.ReplaceAll(out[i], s.ret, "\r")
	}
	if len(out) == 1 && out[0] == "" && !exists {
		return nil
	}
	return out
}

// text returns a word as one text, as in an assignment.
func (s *bashScript) text(w *syntax.Word) string {
	var b strings.Builder
	for _, p := range w.Parts {
		b.WriteString(s.part(p))
	}
	return strings.ReplaceAll(b.String(), s.ret, "\r")
}

// list returns the array for "${name[@]}" or "$@".
func (s *bashScript) list(parts []syntax.WordPart) ([]string, bool) {
	if len(parts) != 1 {
		return nil, false
	}
	if q, ok := parts[0].(*syntax.DblQuoted); ok {
		return s.list(q.Parts)
	}
	p, ok := parts[0].(*syntax.ParamExp)
	if !ok || p.Param == nil {
		return nil, false
	}
	if name := p.Param.Value; name == "@" || name == "*" {
		if list, ok := s.lists["@"]; ok {
			return list, true
		}
		s.note(int(p.Pos().Line()), "the arguments of a script or function are unknown: left out")
		return nil, true
	}
	index, ok := p.Index.(*syntax.Word)
	if !ok || index.Lit() != "@" && index.Lit() != "*" {
		return nil, false
	}
	list, ok := s.lists[p.Param.Value]
	if !ok {
		s.note(int(p.Pos().Line()), "the list %s is unknown: left out", p.Param.Value)
	}
	return list, true
}

// known returns the value of a plain $name that the script has set.
func (s *bashScript) known(p *syntax.ParamExp) (string, bool) {
	if !plainParam(p) {
		return "", false
	}
	return s.value(p.Param.Value)
}

// value returns the value of a variable, or of an argument of a function.
func (s *bashScript) value(name string) (string, bool) {
	if v, ok := s.values[name]; ok {
		return v, true
	}
	n, err := strconv.Atoi(name)
	if list, ok := s.lists["@"]; ok && err == nil && n > 0 {
		if n > len(list) {
			return "", true
		}
		return list[n-1], true
	}
	return "", false
}

// plainParam matches $name and ${name}.
func plainParam(p *syntax.ParamExp) bool {
	return p.Param != nil && p.Exp == nil && bareParam(p)
}

// bareParam reports whether a variable is used as it is, or with a default
// value.
func bareParam(p *syntax.ParamExp) bool {
	return p.Flags == nil && !p.Excl && !p.Length && !p.Width && !p.IsSet && p.NestedParam == nil && p.Index == nil &&
		len(p.Modifiers) == 0 && p.Slice == nil && p.Repl == nil && p.Names == 0
}

// part returns the text of a part of a word.
func (s *bashScript) part(p syntax.WordPart) string {
	switch p := p.(type) {
	case *syntax.Lit:
		return unescape(p.Value)
	case *syntax.SglQuoted:
		if p.Dollar {
			return ansiC(p.Value)
		}
		return p.Value
	case *syntax.DblQuoted:
		var b strings.Builder
		for _, inner := range p.Parts {
			if lit, ok := inner.(*syntax.Lit); ok {
				b.WriteString(unescapeIn(lit.Value, "$`\"\\\n"))
			} else {
				b.WriteString(s.part(inner))
			}
		}
		return b.String()
	case *syntax.ParamExp:
		return s.param(p)
	case *syntax.ExtGlob:
		return p.Op.String() + p.Pattern.Value + ")"
	case *syntax.CmdSubst:
		if text, ok := s.catted(p); ok {
			return text
		}
	}
	return s.compute(p)
}

// compute returns a variable for a value that only a shell can compute.
func (s *bashScript) compute(p syntax.WordPart) string {
	var b strings.Builder
	_ = syntax.NewPrinter(syntax.SingleLine(true)).Print(&b, p)
	name, ok := s.computed[b.String()]
	if !ok {
		name = "computed"
		if n := len(s.computed); n > 0 {
			name += strconv.Itoa(n + 1)
		}
		s.computed[b.String()] = name
		s.note(int(p.Pos().Line()), "a part of the command is computed: it becomes {{%s}}", name)
	}
	return "{{" + name + "}}"
}

// catted returns the text of $(cat file), $(<file) and $(printf text) without
// the line feeds at its end.
func (s *bashScript) catted(p *syntax.CmdSubst) (string, bool) {
	if len(p.Stmts) != 1 {
		return "", false
	}
	st := p.Stmts[0]
	var in *input
	if st.Cmd == nil {
		in = s.input(st)
	} else if call, ok := st.Cmd.(*syntax.CallExpr); ok && len(call.Args) > 0 && slices.Contains([]string{"cat", "printf"}, call.Args[0].Lit()) {
		in = s.output(st)
	}
	if in == nil {
		return "", false
	}
	text, ok := in.text, true
	if in.file != "" {
		text, ok = s.content(in.file)
		ok = ok && isText(text)
	}
	return strings.TrimRight(text, "\n"), ok
}

// param returns a variable as a template, or its value where that depends on
// the place in the script.
func (s *bashScript) param(p *syntax.ParamExp) string {
	if p.Param == nil || !bareParam(p) {
		return s.compute(p)
	}
	name := p.Param.Value
	if p.Exp != nil {
		if !defaults(p.Exp.Op) {
			return s.compute(p)
		}
		if _, set := s.value(name); !set && !isError(p.Exp.Op) && p.Exp.Word != nil && !s.isComputed(p.Exp.Word) {
			s.variables[name] = s.text(p.Exp.Word)
		}
	}
	if v, ok := s.value(name); ok {
		if s.assigned[name] != 1 || v == "" {
			return v
		}
		s.variables[name] = v
	}
	return "{{" + name + "}}"
}

// defaults matches ${name:-text}, ${name:=text} and ${name:?text}, which are
// the variable when it is set.
func defaults(op syntax.ParExpOperator) bool {
	switch op {
	case syntax.DefaultUnset, syntax.DefaultUnsetOrNull, syntax.AssignUnset, syntax.AssignUnsetOrNull:
		return true
	}
	return isError(op)
}

func isError(op syntax.ParExpOperator) bool {
	return op == syntax.ErrorUnset || op == syntax.ErrorUnsetOrNull
}

// unescape removes backslashes from a text outside quotes.
func unescape(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			if i++; s[i] == '\n' {
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// unescapeIn removes backslashes only before the characters of set, as between
// double quotes. An escaped line feed is removed, too.
func unescapeIn(s, set string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) && strings.IndexByte(set, s[i+1]) >= 0 {
			if i++; s[i] == '\n' {
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

var ansiLetters = map[byte]string{'a': "\a", 'b': "\b", 'e': "\x1b", 'E': "\x1b", 'f': "\f", 'n': "\n", 'r': "\r", 't': "\t", 'v': "\v",
	'\\': `\`, '\'': "'", '"': `"`, '?': "?"}

// ansiC decodes the escapes of $'…'.
func ansiC(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		i++
		if plain, ok := ansiLetters[s[i]]; ok {
			b.WriteString(plain)
			continue
		}
		text, used := ansiNumber(s[i:])
		b.WriteString(text)
		i += used - 1
	}
	return b.String()
}

// ansiNumber decodes \nnn, \xHH, \uHHHH, \UHHHHHHHH and \cx. A backslash before
// anything else stays.
func ansiNumber(s string) (text string, used int) {
	digits := func(from, most int, base string) (int, int) {
		n := 0
		for n < most && from+n < len(s) && strings.IndexByte(base, s[from+n]|0x20) >= 0 {
			n++
		}
		v, _ := strconv.ParseInt(s[from:from+n], len(base), 64)
		return int(v), n
	}
	const hex, octal = "0123456789abcdef", "01234567"
	switch c := s[0]; {
	case c >= '0' && c <= '7':
		v, n := digits(0, 3, octal)
		return string([]byte{byte(v)}), n
	case c == 'x':
		if v, n := digits(1, 2, hex); n > 0 {
			return string([]byte{byte(v)}), n + 1
		}
	case c == 'u' || c == 'U':
		most := map[byte]int{'u': 4, 'U': 8}[c]
		if v, n := digits(1, most, hex); n > 0 {
			if low, m := lowSurrogate(s[1+n:], v); m > 0 {
				return string(low), 1 + n + m
			}
			return string(rune(v)), 1 + n
		}
	case c == 'c' && len(s) > 1:
		return string([]byte{s[1] & 0x1f}), 2
	}
	return fmt.Sprintf(`\%c`, s[0]), 1
}

// lowSurrogate joins \uD83D with the \uDE00 after it.
func lowSurrogate(s string, high int) (rune, int) {
	if !utf16.IsSurrogate(rune(high)) || len(s) < 6 || s[:2] != `\u` {
		return 0, 0
	}
	low, err := strconv.ParseUint(s[2:6], 16, 16)
	if err != nil {
		return 0, 0
	}
	if r := utf16.DecodeRune(rune(high), rune(low)); r != '\uFFFD' {
		return r, 6
	}
	return 0, 0
}
