package convert

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"postie/collections"
	"postie/collections/regex"
)

// A bashScript is a POSIX shell or bash script while its commands are read.
type bashScript struct {
	*curlReader
	values   map[string]string   // variables whose value is known
	lists    map[string][]string // arrays
	assigned map[string]int      // how often the script sets a variable
	piped    map[*syntax.Stmt]*input
	ret      string // the character that replaces carriage returns
	computed map[string]string
	turns    int // number of passes through loops so far
	funcs    map[string]*function
	depth    int // number of function calls so far
}

// A function is read where it is called, or at the end of the script when it
// never is.
type function struct {
	body *syntax.Stmt
	read bool
}

// maxTurns limits how often the bodies of loops are read.
const maxTurns = 200

var prompt = regex.Lazy(`(?m)^[\t ]*[$%>#] +(curl(\.exe)?\s)`)

// bash reads a script. Its parser removes a carriage return before a line feed,
// although between quotes it belongs to the text. So carriage returns are
// replaced by another character before.
func (r *curlReader) bash(src string) error {
	s := &bashScript{curlReader: r, values: map[string]string{}, lists: map[string][]string{}, assigned: map[string]int{},
		piped: map[*syntax.Stmt]*input{}, computed: map[string]string{}, funcs: map[string]*function{}, ret: unusedRune(src)}
	src = prompt().ReplaceAllString(src, "$1")
	file, err := syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(strings.NewReader(markReturns(src, s.ret)), r.name)
	if err != nil {
		e := &collections.ParseError{File: r.name, Line: 1, Col: 1, Text: err.Error()}
		var pe syntax.ParseError
		if errors.As(err, &pe) {
			e.Line, e.Col, e.Text = int(pe.Pos.Line()), int(pe.Pos.Col()), pe.Text
		}
		return e
	}
	if err := s.survey(file); err != nil {
		return err
	}
	s.statements(file.Stmts)
	delete(s.lists, "@") // the arguments of a function that is never called are unknown
	for _, name := range slices.Sorted(maps.Keys(s.funcs)) {
		if f := s.funcs[name]; !f.read {
			s.statement(f.body)
		}
	}
	return nil
}

// unusedRune returns a private-use character that a text does not contain.
func unusedRune(src string) string {
	for r := '\uE000'; r < '\uF8FF'; r++ {
		if !strings.ContainsRune(src, r) {
			return string(r)
		}
	}
	return ""
}

// markReturns replaces carriage returns between quotes by mark. Other carriage
// returns end lines.
func markReturns(src, mark string) string {
	if !strings.Contains(src, "\r") {
		return src
	}
	if strings.Contains(src, "<<") {
		return strings.ReplaceAll(src, "\r\n", "\n") // there are no quotes in a here document
	}
	var b strings.Builder
	quote := byte(0)
	for i := 0; i < len(src); i++ {
		switch c := src[i]; {
		case c == '\r' && quote != 0:
			b.WriteString(mark)
			continue
		case c == '\r':
			if i+1 < len(src) && src[i+1] == '\n' {
				continue
			}
		case c == '\\' && quote != '\'' && i+1 < len(src) && src[i+1] != '\r':
			b.WriteByte(c)
			i++
		case quote == '$' && c == '\'':
			quote = 0
		case quote == 0 && c == '\'' && i > 0 && src[i-1] == '$':
			quote = '$'
		case quote == 0 && (c == '\'' || c == '"'):
			quote = c
		case c == quote:
			quote = 0
		}
		b.WriteByte(src[i])
	}
	return b.String()
}

// survey counts what a script sets, and notes what a request cannot express.
func (s *bashScript) survey(file *syntax.File) (err error) {
	syntax.Walk(file, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.Assign:
			if n.Name != nil {
				s.assigned[n.Name.Value]++
			}
		case *syntax.ProcSubst:
			if err == nil && n.Op == syntax.CmdIn {
				err = &collections.ParseError{File: s.name, Line: int(n.Pos().Line()), Col: int(n.Pos().Col()),
					Text: "a process substitution has no place in a collection: write its output to a file, and name the file"}
			}
		}
		return true
	})
	return err
}

func (s *bashScript) statements(list []*syntax.Stmt) {
	for _, st := range list {
		s.statement(st)
	}
}

// statement reads one statement. All branches of a condition are read.
func (s *bashScript) statement(st *syntax.Stmt) {
	if st == nil {
		return
	}
	s.substitutions(st)
	switch cmd := st.Cmd.(type) {
	case *syntax.CallExpr:
		s.call(st, cmd)
	case *syntax.DeclClause:
		s.assign(cmd.Args)
	case *syntax.BinaryCmd:
		s.statement(cmd.X)
		if cmd.Op == syntax.Pipe || cmd.Op == syntax.PipeAll {
			s.piped[cmd.Y] = s.output(cmd.X)
		}
		s.statement(cmd.Y)
	case *syntax.Block:
		s.statements(cmd.Stmts)
	case *syntax.Subshell:
		s.statements(cmd.Stmts)
	case *syntax.IfClause:
		for c := cmd; c != nil; c = c.Else {
			s.statements(c.Cond)
			s.statements(c.Then)
		}
	case *syntax.WhileClause:
		s.statements(cmd.Cond)
		s.loop(cmd.Do, int(cmd.Pos().Line()))
	case *syntax.ForClause:
		s.each(cmd)
	case *syntax.CaseClause:
		for _, item := range cmd.Items {
			s.statements(item.Stmts)
		}
	case *syntax.FuncDecl:
		if cmd.Name != nil {
			s.funcs[cmd.Name.Value] = &function{body: cmd.Body}
		}
	case *syntax.TimeClause:
		s.statement(cmd.Stmt)
	case *syntax.CoprocClause:
		s.statement(cmd.Stmt)
	}
}

// substitutions reads the commands in the $(…) of a statement's own words.
func (s *bashScript) substitutions(st *syntax.Stmt) {
	syntax.Walk(st, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.Stmt:
			return n == st
		case *syntax.CmdSubst:
			s.statements(n.Stmts)
			return false
		}
		return true
	})
}

// loop reads the body once when the number of passes is unknown.
func (s *bashScript) loop(body []*syntax.Stmt, line int) {
	before := len(s.commands)
	s.statements(body)
	if len(s.commands) > before {
		s.note(line, "commands of a loop are converted once")
	}
}

// each reads the body of "for x in a b" once for each word.
func (s *bashScript) each(cmd *syntax.ForClause) {
	words, ok := cmd.Loop.(*syntax.WordIter)
	line := int(cmd.Pos().Line())
	if !ok || !words.InPos.IsValid() {
		s.loop(cmd.Do, line)
		return
	}
	var list []string
	for _, w := range words.Items {
		list = append(list, s.words(w)...)
	}
	if s.turns += len(list); s.turns > maxTurns || slices.ContainsFunc(list, func(v string) bool { return strings.Contains(v, "{{") }) {
		s.loop(cmd.Do, line)
		return
	}
	s.assigned[words.Name.Value] += 2 // the variable has another value in each pass
	for _, v := range list {
		s.values[words.Name.Value] = v
		s.statements(cmd.Do)
	}
	delete(s.values, words.Name.Value)
}

// assign stores the values that a script assigns to variables.
func (s *bashScript) assign(list []*syntax.Assign) {
	for _, a := range list {
		if a.Name == nil || a.Index != nil {
			continue
		}
		name := a.Name.Value
		switch {
		case a.Array != nil:
			var list []string
			if a.Append {
				list = s.lists[name]
			}
			for _, e := range a.Array.Elems {
				if e.Value != nil {
					list = append(list, s.words(e.Value)...)
				}
			}
			s.lists[name] = list
		case a.Value == nil && a.Naked:
		case a.Value != nil && s.isComputed(a.Value):
			delete(s.values, name)
		default:
			v := ""
			if a.Append {
				v = s.values[name]
			}
			if a.Value != nil {
				v += s.text(a.Value)
			}
			s.values[name] = v
		}
	}
}

// isComputed reports whether a word depends on the output of a command, or on
// more of a variable than its value.
func (s *bashScript) isComputed(w *syntax.Word) bool {
	found := false
	syntax.Walk(w, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.CmdSubst, *syntax.ArithmExp:
			found = true
		case *syntax.ParamExp:
			found = found || !bareParam(n) || n.Exp != nil && !defaults(n.Exp.Op)
		}
		return !found
	})
	return found
}

// launchers are programs that start the command after them.
var launchers = []string{"sudo", "command", "exec", "env", "nohup", "time", "builtin", "winpty", "!"}

// call reads a simple command.
func (s *bashScript) call(st *syntax.Stmt, call *syntax.CallExpr) {
	if len(call.Args) == 0 {
		s.assign(call.Assigns)
		return
	}
	args := call.Args
	for len(args) > 1 && slices.Contains(launchers, args[0].Lit()) {
		args = args[1:]
		for args[0].Lit() != "" && strings.ContainsAny(args[0].Lit(), "=") && len(args) > 1 {
			args = args[1:]
		}
	}
	name := args[0].Lit()
	if f := s.funcs[name]; f != nil {
		s.function(f, args[1:])
		return
	}
	if name == "set" && len(args) > 1 && args[1].Lit() == "--" {
		s.lists["@"] = s.all(args[2:])
		return
	}
	if strings.HasPrefix(name, "-") && len(s.commands) > 0 {
		s.note(int(call.Pos().Line()), "the line begins with %s and is no command: the line before may lack a backslash at its end", name)
	}
	if !isCurl(name) {
		return
	}
	if st.Background {
		s.note(int(call.Pos().Line()), "the shell ends the command at &: quote an address with & in it")
	}
	cmd := command{line: int(call.Pos().Line()), stdin: s.input(st)}
	cmd.args = s.all(args[1:])
	s.commands = append(s.commands, cmd)
}

// all returns the words of several shell words.
func (s *bashScript) all(list []*syntax.Word) []string {
	out := []string{}
	for _, w := range list {
		out = append(out, s.words(w)...)
	}
	return out
}

// maxCalls limits functions that call functions.
const maxCalls = 8

// function reads a function's body with the arguments of a call.
func (s *bashScript) function(f *function, args []*syntax.Word) {
	f.read = true
	if s.turns++; s.depth == maxCalls || s.turns > maxTurns {
		return
	}
	before, known := s.lists["@"]
	s.lists["@"] = s.all(args)
	s.depth++
	s.statement(f.body)
	s.depth--
	if delete(s.lists, "@"); known {
		s.lists["@"] = before
	}
}

// input returns what a statement reads from standard input; nil when it is
// unknown.
func (s *bashScript) input(st *syntax.Stmt) *input {
	in := s.piped[st]
	for _, r := range st.Redirs {
		if r.N != nil && r.N.Value != "0" {
			continue
		}
		switch r.Op {
		case syntax.Hdoc, syntax.DashHdoc:
			in = &input{}
			if r.Hdoc != nil {
				quoted := slices.ContainsFunc(r.Word.Parts, func(p syntax.WordPart) bool {
					lit, ok := p.(*syntax.Lit)
					return !ok || strings.Contains(lit.Value, `\`)
				})
				in.text = s.hereDoc(r.Hdoc, quoted, r.Op == syntax.DashHdoc)
			}
		case syntax.WordHdoc:
			in = &input{text: s.text(r.Word) + "\n"}
		case syntax.RdrIn:
			in = &input{file: s.text(r.Word)}
		}
	}
	return in
}

// hereDoc returns the text of a here document.
func (s *bashScript) hereDoc(w *syntax.Word, quoted, tabs bool) string {
	var b strings.Builder
	for _, p := range w.Parts {
		lit, ok := p.(*syntax.Lit)
		switch {
		case ok && quoted:
			b.WriteString(lit.Value)
		case ok:
			b.WriteString(unescapeIn(lit.Value, "$`\\\n"))
		default:
			b.WriteString(s.part(p))
		}
	}
	text := strings.ReplaceAll(b.String(), s.ret, "\r")
	if !tabs {
		return text
	}
	lines := strings.SplitAfter(text, "\n")
	for i := range lines {
		lines[i] = strings.TrimLeft(lines[i], "\t")
	}
	return strings.Join(lines, "")
}

// output returns what echo, printf and cat print; nil when it is unknown.
func (s *bashScript) output(st *syntax.Stmt) *input {
	call, ok := st.Cmd.(*syntax.CallExpr)
	if !ok || len(call.Args) == 0 || slices.ContainsFunc(call.Args, s.isComputed) {
		return nil
	}
	args := s.all(call.Args)
	if len(args) == 0 {
		return nil
	}
	switch args = args[1:]; call.Args[0].Lit() {
	case "echo":
		return echoed(args)
	case "printf":
		return printed(args)
	case "cat":
		if len(args) == 0 || len(args) == 1 && args[0] == "-" {
			return s.input(st)
		}
		if len(args) == 1 {
			return &input{file: args[0]}
		}
	}
	return nil
}

func echoed(args []string) *input {
	end, escapes := "\n", false
	for len(args) > 0 && (args[0] == "-n" || args[0] == "-e" || args[0] == "-ne" || args[0] == "-en") {
		if strings.Contains(args[0], "n") {
			end = ""
		}
		escapes = escapes || strings.Contains(args[0], "e")
		args = args[1:]
	}
	text := strings.Join(args, " ")
	if escapes {
		text = ansiC(text)
	}
	return &input{text: text + end}
}

// printed returns what printf prints for a format that has only "%s" and "%%".
func printed(args []string) *input {
	if len(args) == 0 {
		return nil
	}
	format, args := strings.ReplaceAll(args[0], "%%", "\x00"), args[1:] // an argument cannot contain a zero byte
	if strings.Count(format, "%") != strings.Count(format, "%s") || strings.Count(format, "%s") != len(args) {
		return nil
	}
	text := ansiC(format)
	for _, a := range args {
		text = strings.Replace(text, "%s", strings.ReplaceAll(a, "%s", "%\x00s"), 1)
	}
	return &input{text: strings.NewReplacer("%\x00s", "%s", "\x00", "%").Replace(text)}
}
