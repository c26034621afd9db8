package sandbox

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"modernc.org/quickjs"

	"postie/runner/script/sandbox/engine"
)

// A SyntaxError says where a script does not compile. Its line is a line of the
// script.
type SyntaxError struct {
	Line, Col int // 1-based; 0 when unknown
	Text      string
}

// Error implements error.
func (e *SyntaxError) Error() string { return fmt.Sprintf("%d:%d: %s", e.Line, e.Col, e.Text) }

// compiler compiles a script and returns its error with the stack, or "" when
// there is none: errors of the machine itself do not have the place.
const compiler = `(() => { try { (0, eval)(%s); return "" } catch (e) { return String(e) + "\n" + e.stack } })()`

var compiledAt = lazily(`<input>:(\d+)(?::(\d+))?`)

// Check compiles a script without running it; nil means that it compiles.
// Errors are *SyntaxError, unless a machine could not start.
func Check(source string) error {
	vm, err := engine.Open()
	if err != nil {
		return fmt.Errorf("no JavaScript machine: %w", err)
	}
	defer vm.Close()
	vm.Limit(time.Second, nil)
	head := syncHead
	if strings.Contains(source, "await") {
		head = asyncHead
	}
	text, err := json.Marshal(head + scriptHead + source + scriptTail)
	if err != nil {
		return err
	}
	thrown, err := vm.Eval(fmt.Sprintf(compiler, text), quickjs.EvalGlobal)
	if err != nil {
		return &SyntaxError{Text: err.Error()}
	}
	message, _ := thrown.(string)
	if message == "" {
		return nil
	}
	return syntaxError(message, strings.Count(source, "\n")+1)
}

// syntaxError reads a message and its stack. A line after the script's last
// line means the script's end.
func syntaxError(message string, last int) *SyntaxError {
	e := &SyntaxError{}
	e.Text, _, _ = strings.Cut(message, "\n")
	if m := compiledAt().FindStringSubmatch(message); m != nil {
		line, _ := strconv.Atoi(m[1]) // only digits
		e.Col, _ = strconv.Atoi(m[2]) // only digits, or ""
		e.Line = max(1, line-1)       // without the line of the head
		if e.Line > last {
			e.Line, e.Col = last, 0
			e.Text = "SyntaxError: a bracket is not closed, or closed twice"
		}
	}
	return e
}
