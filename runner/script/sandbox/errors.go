package sandbox

import (
	"strconv"
	"strings"

	"postie/collections/jslex"
	"postie/runner/script/sandbox/engine"
)

// A frame is one line of a stack. The engine's own functions have no file.
type frame struct {
	function, file string
	line, column   int
}

// framesOf parses a stack in the engine's format.
func framesOf(stack string) (list []frame) {
	for line := range strings.Lines(stack) {
		text, ok := strings.CutPrefix(strings.TrimSpace(line), "at ")
		if !ok {
			continue
		}
		function, place, found := cutLast(strings.TrimSuffix(text, ")"), " (")
		if !found { // the place where a text does not compile
			function, place = "", text
		}
		f := frame{function: strings.TrimPrefix(function, "new ")}
		if rest, column, ok := cutLast(place, ":"); ok {
			file, line, _ := cutLast(rest, ":")
			f.file, f.line, f.column = file, number(line), number(column)
		}
		list = append(list, f)
	}
	return list
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

func number(digits string) int {
	n, err := strconv.Atoi(digits)
	if err != nil {
		return 0
	}
	return n
}

// reword replaces the engine's message by V8's, and the stack by the stack that
// a script's author should see.
func (r *realm) reword(e *engine.Error) {
	if r.compiling {
		return // v8Syntax words these errors
	}
	list := framesOf(e.Stack)
	if e.Thrown && e.Message != "interrupted" {
		f := &fault{Name: e.Name, Message: e.Message}
		if text, ok := r.evaluated(e, list); ok {
			f.Line, f.Column = list[0].line, list[0].column
			f.Message = v8Syntax(f, text)
		} else {
			f.v8(r.site(e, list))
		}
		e.Name, e.Message = f.Name, f.Message
	}
	if len(list) > 0 && list[0].file == internal+"failure" {
		return // fail looks for Chai's functions among the frames
	}
	e.Stack = r.stack(head(e.Name, e.Message), list, e.Frames)
}

// head is the first line of a stack.
func head(name, message string) string {
	if message == "" {
		return name
	}
	return name + ": " + message
}

// stack returns a stack without the frames of our own code and of the engine.
// Lines are counted as in the script, and the script's name replaces the
// file's.
func (r *realm) stack(head string, list []frame, limit int) string {
	var b strings.Builder
	b.WriteString(head)
	for _, f := range list {
		if f.file == "" || f.function == "" || strings.HasPrefix(f.file, internal) {
			continue
		}
		if limit--; limit < 0 {
			break
		}
		file, line := r.shown(f)
		b.WriteString("\n    at " + f.function + " (" + file + ":" + strconv.Itoa(line) + ":" + strconv.Itoa(f.column) + ")")
	}
	return b.String()
}

// shown returns the file and the line that stacks show for a frame.
func (r *realm) shown(f frame) (file string, line int) {
	if name, ok := r.names[f.file]; ok {
		return name, max(f.line-1, 1) // the first line is the head of the function
	}
	if strings.HasPrefix(f.file, textPrefix) {
		return "<anonymous>", f.line
	}
	return f.file, f.line
}

// site finds the text that a stack points into: the innermost frame of a
// script, or of a text that a script evaluates.
func (r *realm) site(e *engine.Error, list []frame) (s site) {
	for i, f := range list {
		if f.file == "" {
			if i == 0 {
				s.native, s.given, s.kind, s.second, s.third, s.notEntry, s.receiver = f.function, e.Given, e.Kind, e.Second, e.Third, e.NotEntry, e.Receiver
			}
			continue
		}
		if p := r.files[f.file]; p != nil {
			s.source, s.line, s.column = p.source, f.line-1, f.column
		} else if text, ok := r.texts[f.file]; ok {
			s.source, s.line, s.column = text, f.line, f.column
		}
		s.function = f.function
		break
	}
	s.variable, s.member, s.argument, s.nothing, s.operand = r.vm.Variable, r.vm.Member, r.vm.Argument, r.vm.Nothing, r.vm.Operand
	s.code = func() code { return r.tokens(s.source) }
	return s
}

// evaluated returns the text that a script evaluates and that does not compile.
func (r *realm) evaluated(e *engine.Error, list []frame) (text string, ok bool) {
	if e.Name != "SyntaxError" || len(list) == 0 {
		return "", false
	}
	text, ok = r.texts[list[0].file]
	return text, ok && list[0].function == ""
}

// tokens returns the tokens of a source. It caches the last ones, because
// scripts throw in loops.
func (r *realm) tokens(source string) code {
	if r.lexed.source != source {
		r.lexed.source, r.lexed.code = source, jslex.Code(source)
	}
	return r.lexed.code
}

// textPrefix begins the file names of evaluated texts; no file has such a name.
const textPrefix = "<text> "

// textRoom limits the size, in bytes, of the evaluated texts that a realm
// keeps.
const textRoom = 1 << 20

// evaluating is called with a text that a script is about to evaluate. It
// returns the file name of the text.
func (r *realm) evaluating(text string) string {
	r.install(text)
	r.keepGlobals(assignedGlobals(text))
	if r.textSize += len(text); r.textSize > textRoom || r.texts == nil {
		r.texts, r.textSize = map[string]string{}, len(text)
	}
	r.textCount++
	name := textPrefix + strconv.Itoa(r.textCount)
	r.texts[name] = strings.Clone(text)
	return name
}

// starts returns a function to call before each run of a text that is cached in
// compiled form, nil if none is needed. Every script that evaluates the text gets
// its globals back.
func (r *realm) starts(text string) func() {
	names, load := assignedGlobals(text), loadOf(text)
	if len(names) == 0 && load == nil {
		return nil
	}
	return func() {
		r.keepGlobals(names)
		if load != nil {
			r.vm.Attend(load)
		}
	}
}

// keepGlobals restores the globals of these names when the script ends.
func (r *realm) keepGlobals(names []string) {
	if len(names) > 0 {
		r.vm.CallWithString(&r.driver.keep, strings.Join(names, " "))
	}
}

// place returns the first place in a script that a stack names, or 0, 0.
func place(stack, name string) (line, column int) {
	for text := range strings.Lines(stack) {
		_, at, ok := strings.Cut(strings.TrimRight(text, "\n"), " ("+name+":")
		if !ok || !strings.HasPrefix(text, "    at ") {
			continue
		}
		l, c, _ := strings.Cut(strings.TrimSuffix(at, ")"), ":")
		return number(l), number(c)
	}
	return 0, 0
}

// stack implements host.stack(name, message, frames). It returns the stack of
// an error that our own code throws, made of frames in the engine's format.
func (x *execution) stack(a arguments) (any, error) {
	const limit = 10
	return x.realm.stack(head(a.text(0), a.text(1)), framesOf(a.text(2)), limit), nil
}
