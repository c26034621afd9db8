package sandbox

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"math"
	"strings"
	"sync"
	"time"

	"modernc.org/quickjs"

	"postie/collections/vars"
	"postie/runner/script"
	"postie/runner/script/sandbox/engine"
)

// An execution is one script being run.
type execution struct {
	*sandbox
	script  *script.Script
	context *script.Context
	program *program
	began   time.Time
	time    budget

	ctx          context.Context // ends with the script
	timers       timers
	sends        sync.WaitGroup
	sent         int // pm.sendRequest calls so far
	inflight     int
	results      chan result
	answers      map[int]*script.Response
	output       int64                 // bytes of console output so far
	changes      [layers][]vars.Change // of the local scope all variables, after a change that clears it
	over         bool                  // the script has ended and may have no further effects
	finalAccount *string               // the account, once JavaScript has returned it
	refusals     int                   // of memory by the machine, before the script began
	lost         int                   // rejections for which no memory was left, before the script began
}

func newExecution(s *sandbox, sc *script.Script, c *script.Context) *execution {
	return &execution{sandbox: s, script: sc, context: c, began: time.Now(), time: newBudget(s.options.Timeout),
		refusals: s.realm.vm.Refusals(), lost: s.realm.vm.LostRejections()}
}

var (
	errSync  = errors.New("sandbox: synchronous script execution timeout")
	errAsync = errors.New("sandbox: asynchronous script execution timeout")

	errMemory = &quickjs.Error{Name: "RangeError", Message: "script out of memory"}
)

// run runs the script to its end: first its body, then timers and requests
// until none is left or the time is up.
func (x *execution) run(ctx context.Context) *script.Outcome {
	r := x.realm
	r.x, r.ticks, r.looked = x, 0, 0
	defer func() { r.x = nil }()

	ended, end := context.WithCancel(ctx)
	x.ctx = ended
	defer x.sends.Wait()
	defer end()
	defer r.watch(ctx)()

	source := x.script.Source
	if x.program = r.programs.get(scriptKey(source)); x.program == nil {
		got, err := x.work(x.left(), func() (any, error) { return r.program(source) })
		if err != nil {
			if x.starved() {
				return x.outcome(&account{Err: engineFault(errMemory)})
			}
			if errors.Is(err, errStuck) { // no grammar is wrong: the text is too long for the time
				return x.outcome(&account{Err: engineFault(x.cause(err, errSync))})
			}
			return x.outcome(&account{Err: x.syntaxFault(err)})
		}
		x.program = got.(*program)
	}
	out := x.outcome(x.finish(x.play(ctx)))
	if out.Skip {
		x.await(ctx)
	}
	return out
}

// watch interrupts the engine when ctx ends. An interrupt has an effect only
// while JavaScript runs, so it is repeated until the returned function is
// called.
func (r *realm) watch(ctx context.Context) (stop func()) {
	if ctx.Done() == nil {
		return func() {}
	}
	done, halted := make(chan struct{}), make(chan struct{})
	halt := context.AfterFunc(ctx, func() {
		defer close(halted)
		r.alarm.hasten(grace)
		for tick := time.NewTicker(5 * time.Millisecond); ; {
			r.vm.Interrupt()
			select {
			case <-tick.C:
			case <-done:
				tick.Stop()
				return
			}
		}
	})
	return func() {
		close(done)
		if !halt() {
			<-halted
		}
	}
}

// play returns the error that stopped the script from outside: a timeout, the
// end of ctx, or a lack of memory. An exception of the script is not such an
// error.
func (x *execution) play(ctx context.Context) error {
	fn, ok := x.realm.scripts[x.program]
	if !ok {
		got, err := x.work(x.left(), func() (any, error) { return x.realm.script(x.program) })
		if err != nil {
			return x.cause(err, errSync)
		}
		fn = got.(quickjs.Value)
	}
	ended, err := x.begin(fn)
	for err == nil && !ended && x.finalAccount == nil {
		if ended, err = x.drain(); err != nil || ended {
			break
		}
		more, wrong := x.goesOn()
		if err = wrong; err != nil || !more {
			break
		}
		ended, err = x.wait(ctx)
	}
	return err
}

// goesOn reports whether the script still waits for something. It waits for
// idle timers only while it waits for a promise.
func (x *execution) goesOn() (bool, error) {
	if x.timers.wanted > 0 || x.inflight > 0 || len(x.timers.queue) == 0 {
		return x.timers.wanted > 0 || x.inflight > 0, nil
	}
	return x.enter(x.realm.driver.awaits, errAsync)
}

// begin runs the script's body. Most scripts wait for nothing afterwards: then
// begin asks for the account at once.
func (x *execution) begin(fn quickjs.Value) (ended bool, err error) {
	left := x.left()
	if left <= 0 {
		return false, errSync
	}
	got, err := x.work(left, func() (any, error) {
		x.realm.vm.RaiseGCThreshold(heapFloor)
		x.realm.names[x.program.file] = x.name()
		if x.program.load != nil {
			x.realm.vm.Attend(x.program.load)
		}
		if err := x.start(fn); err != nil {
			return nil, err
		}
		x.realm.vm.Attended()
		if x.waits() {
			got, err := x.realm.vm.Invoke(&x.realm.driver.ended)
			if ended := engine.IsTrue(got); err != nil || !ended {
				return ended, err
			}
		}
		return x.account("")
	})
	if text, ok := got.(string); ok && err == nil {
		x.finalAccount = &text
	}
	ended, _ = got.(bool)
	return ended, x.cause(err, errSync)
}

// start runs the script's body. An exception is recorded in the account.
func (x *execution) start(body quickjs.Value) error {
	vm, driver := x.realm.vm, &x.realm.driver
	sugar, err := x.realm.settle(x.realm.notInstalled(x.program.sugar))
	if err != nil {
		return err
	}
	places := vm.String(sugar)
	defer vm.Free(places)
	self, err := vm.Invoke(&driver.start, engine.Bool(x.script.Listen == script.Test), engine.Bool(modern(x.script.Source)), places)
	if err != nil {
		return err
	}
	defer vm.Free(self)
	if shared := x.realm.shared; shared != nil && !shared.changed {
		vm.WatchGlobals(string(x.script.Listen), "pm", "console")
	}
	values, err := x.parameters()
	if err != nil {
		return err
	}
	defer vm.Free(values)
	result, threw, err := vm.Try(&body, self, vm.Elements(values)...)
	if err != nil {
		return err
	}
	defer vm.Free(result)
	switch {
	case threw:
		_, err = vm.Invoke(&driver.fail, result)
	case x.program.async:
		_, err = vm.Invoke(&driver.wait, result)
	}
	return err
}

// parameters returns an array with the values of the globals for which the
// script declares variables.
func (x *execution) parameters() (engine.Value, error) {
	if x.program.params == "" {
		return engine.Undefined, nil
	}
	vm := x.realm.vm
	names := vm.String(x.program.params)
	defer vm.Free(names)
	return vm.Invoke(&x.realm.driver.values, names)
}

// heapFloor is the size of a heap, in bytes, below which the engine does not
// collect cycles: the API alone takes 600 KB, and scripts leave a few KB each.
const heapFloor = 2 << 20

// waits reports whether timers, requests or microtasks follow the script's
// body.
func (x *execution) waits() bool {
	return len(x.timers.queue) > 0 || x.inflight > 0 || x.realm.vm.JobsPending()
}

// modern reports whether a script asks for a realm without legacy globals.
func modern(source string) bool { return strings.HasPrefix(source, `"use sandbox2";`) }

// left returns what remains of the script's time.
func (x *execution) left() time.Duration { return x.time.left() }

// work calls f. The engine interrupts f when the time is up.
func (x *execution) work(within time.Duration, f func() (any, error)) (any, error) {
	defer x.time.spend(time.Now())
	x.realm.vm.Limit(within, x.time.more)
	return x.realm.run(within, x.time.more, f)
}

// enter calls a function of the driver within the time left. late is the error
// when the function does not return in time.
func (x *execution) enter(fn quickjs.Value, late error, args ...any) (ended bool, err error) {
	left := x.left()
	if left <= 0 {
		return false, late
	}
	got, err := x.work(left, func() (any, error) { return fn.Call(quickjs.UndefinedValue, args...) })
	ended, _ = got.(bool)
	return ended, x.cause(err, late)
}

// drain runs microtasks until there are none, and reports whether the script
// should end then.
func (x *execution) drain() (ended bool, err error) {
	for !ended {
		left := x.left()
		if left <= 0 {
			return false, errAsync
		}
		if !x.realm.vm.JobsPending() {
			return false, nil
		}
		jobs, err := x.work(left, func() (any, error) { return x.realm.vm.RunJobs() })
		if err != nil || jobs == 0 {
			return false, x.cause(err, errAsync)
		}
		if ended, err = x.enter(x.realm.driver.turn, errAsync); err != nil {
			return ended, err
		}
	}
	return ended, nil
}

// cause returns the reason for which the engine returned err.
func (x *execution) cause(err, late error) error {
	var e *quickjs.Error
	switch {
	case err == nil:
		return nil
	case x.ctx.Err() != nil:
		return context.Cause(x.ctx)
	case errors.Is(err, errStuck), errors.As(err, &e) && e.Message == "interrupted", x.realm.vm.Interrupted():
		return late
	case x.refused(): // our own code throws only for want of memory, and then may throw anything
		return errMemory
	}
	return err
}

// refused reports whether the machine has met its limit of memory since the
// script began.
func (x *execution) refused() bool { return x.realm.vm.Refusals() > x.refusals }

// stopped reports whether a timeout, a cancelled context or a lack of memory
// may have ended the script in the middle of our own code.
func (x *execution) stopped(ctx context.Context) bool {
	return ctx.Err() != nil || x.left() <= 0 || x.refused()
}

// starved reports whether the script has used up the memory.
func (x *execution) starved() bool { return x.refused() && x.realm.vm.Full() }

// finish asks JavaScript for the account of the script. halted is the error
// that stopped the script, or nil.
func (x *execution) finish(halted error) *account {
	out := &account{}
	if x.finalAccount != nil {
		halted = out.read(*x.finalAccount)
	} else if !x.realm.lost() {
		if err := x.askAccount(out, halted); err != nil && halted == nil {
			halted = err
		}
	}
	if halted == nil && x.realm.vm.LostRejections() > x.lost {
		halted = errMemory // no memory was left to record the reason of a rejected promise
	}
	if halted != nil && out.Err == nil {
		out.Err = engineFault(halted)
	}
	return out
}

// askAccount reads the account that JavaScript returns.
func (x *execution) askAccount(out *account, halted error) error {
	r := x.realm
	reason := ""
	if halted != nil {
		reason = halted.Error()
		r.broken = r.broken || r.vm.JobsPending() // the microtasks that are left would run in the next script
	}
	got, err := r.run(x.accountLimit(), nil, func() (any, error) { return x.account(reason) })
	if err != nil {
		r.broken = true
		return x.cause(err, errAsync)
	}
	text, _ := got.(string)
	return out.read(text)
}

// accountLimit returns the time that the account of a script may take: the time
// that the script has left, but at least a second.
func (x *execution) accountLimit() time.Duration { return max(x.left(), time.Second) }

// account ends the script in JavaScript and returns its account.
func (x *execution) account(reason string) (any, error) {
	vm := x.realm.vm
	vm.Limit(x.accountLimit(), nil)
	why := vm.String(reason)
	defer vm.Free(why)
	got, err := vm.Invoke(&x.realm.driver.finish, why)
	if err != nil {
		return nil, err
	}
	defer vm.Free(got)
	text, _ := vm.Text(got)
	return text, nil
}

func (a *account) read(text string) error {
	if text == "" {
		return nil
	}
	return json.Unmarshal([]byte(text), a)
}

// outcome converts an account to a script.Outcome.
func (x *execution) outcome(a *account) *script.Outcome {
	out := &script.Outcome{Skip: a.Skip, Visualizer: a.Visualizer, Request: a.Request, LegacyUsed: a.Legacy}
	if a.Err != nil {
		out.Err = x.error(a.Err)
	}
	out.Environment, out.Collection, out.Globals = x.changes[environmentLayer], x.changes[collectionLayer], x.changes[globalsLayer]
	out.Local = x.local()
	if a.Next != nil {
		out.Next = &script.Next{Name: a.Next.Name}
	}
	return out
}

// local returns the local scope as it is after the script.
func (x *execution) local() (all []vars.Variable) {
	for _, c := range x.changes[localLayer] {
		if !c.Clear {
			all = append(all, vars.Variable{Key: c.Key, Value: c.Value})
		}
	}
	if len(x.changes[localLayer]) > 0 || x.context.Scopes == nil || x.context.Scopes.Local == nil {
		return all
	}
	for v := range x.context.Scopes.Local.All() {
		all = append(all, v)
	}
	return all
}

// keep implements host.keep(layer, key, value): the script sets a variable. In
// keep(layer, key, text, true) the text is JSON.
func (x *execution) keep(a arguments) (any, error) {
	layer := int(a.number(0))
	if layer < 0 || layer >= len(x.changes) {
		return missing, nil
	}
	x.changes[layer] = append(x.changes[layer], vars.Change{Key: a.text(1), Value: kept(a, layer)})
	return missing, nil
}

// kept returns the new value of a variable. A variable without a value is
// undefined in the layers that distinguish undefined from null.
func kept(a arguments, layer int) vars.Value {
	switch v := a.At(2); {
	case !a.IsText(2):
		switch v := engine.Simple(v).(type) {
		case float64:
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return nil
			}
			return v + 0 // makes -0 a 0
		case bool, nil:
			return v
		}
	case !a.flag(3):
		return a.text(2)
	default:
		if v, err := vars.FromJSON([]byte(a.text(2))); err == nil {
			return v
		}
	}
	if layer == localLayer {
		return vars.Undefined{}
	}
	return nil
}

// drop implements host.drop(layer, key): the script unsets a variable, or all
// variables when there is no key.
func (x *execution) drop(a arguments) (any, error) {
	layer := int(a.number(0))
	if layer < 0 || layer >= len(x.changes) {
		return missing, nil
	}
	x.changes[layer] = append(x.changes[layer], vars.Change{Key: a.text(1), Unset: a.Len() > 1, Clear: a.Len() == 1})
	return missing, nil
}

func (x *execution) test(a arguments) (any, error) {
	t := script.Assertion{Name: a.text(0), Index: int(a.number(1)), Skipped: a.flag(2),
		Expected: a.optional(4), Actual: a.optional(5)}
	if text := a.text(3); text != "" {
		var f fault
		if err := json.Unmarshal([]byte(text), &f); err != nil {
			return nil, err
		}
		t.Err = x.error(&f)
	}
	x.host.Test(t)
	return missing, nil
}

// console implements host.console(level, messages). Output over the limit is
// dropped, after one line that says so.
func (x *execution) console(a arguments) (any, error) {
	level, text := a.text(0), a.text(1)
	limit := x.options.Output
	if x.output > limit {
		return missing, nil
	}
	x.output += int64(len(text))
	if x.output > limit {
		text = `[{"value":"console output over the limit is not shown","inspect":"'console output over the limit is not shown'"}]`
		level = "warn"
	}
	var args []script.Message
	if err := json.Unmarshal([]byte(text), &args); err != nil { // a value may be nested too deep for encoding/json
		args = []script.Message{{JSON: json.RawMessage("null"), Inspect: "[Object]"}}
	}
	x.host.Console(level, args)
	return missing, nil
}

// room implements host.room(). It returns how many bytes of console output are
// still allowed.
func (x *execution) room(arguments) (any, error) {
	return max(float64(x.options.Output-x.output), 0), nil
}

// A fault is an exception as js/errors.js describes it.
type fault struct {
	Type    string `json:"type"`
	Name    string `json:"name"`
	Message string `json:"message"`
	Stack   string `json:"stack"`
	Line    int    `json:"line"`
	Column  int    `json:"column"`
	hint    string
}

func (x *execution) error(f *fault) *script.Error {
	if f.Name == "" && f.Message == "null" && x.refused() { // the engine throws null when it has no memory for an error
		f.Type, f.Name, f.Message = "Error", errMemory.Name, errMemory.Message
	}
	source := x.script.Source
	if f.Stack != "" {
		f.Line, f.Column = place(f.Stack, x.name())
	}
	if last := strings.Count(source, "\n") + 1; f.Line > last { // an error after the last line is at the script's end
		f.Line, f.Column = last, len(source)-strings.LastIndexByte(source, '\n')
	}
	return &script.Error{Type: f.Type, Name: f.Name, Message: f.Message, Stack: f.Stack, Hint: f.hint,
		Line: f.Line, Column: f.Column}
}

// name returns the name that stacks show for the script's file.
func (x *execution) name() string { return cmp.Or(x.script.Name, "script") }

// timeoutHint is the hint for scripts that take too long.
const timeoutHint = "--timeout-script gives scripts more time"

func engineFault(err error) *fault {
	name := "Error"
	message := err.Error()
	var e *quickjs.Error
	if errors.As(err, &e) {
		name, message = e.Name, e.Message
	}
	f := &fault{Type: "Error", Name: name, Message: message}
	if errors.Is(err, errSync) || errors.Is(err, errAsync) || errors.Is(err, errStuck) {
		f.hint = timeoutHint
	}
	return f
}

// syntaxFault describes the error of a script that does not compile.
func (x *execution) syntaxFault(err error) *fault {
	f := engineFault(err)
	var e *quickjs.Error
	if errors.As(err, &e) {
		f.Line, f.Column = max(e.LineNumber-1, 0), e.ColumnNumber
	}
	f.Message = v8Syntax(f, x.script.Source+scriptTail)
	return f
}
