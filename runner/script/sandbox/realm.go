package sandbox

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"modernc.org/quickjs"

	"postie/runner/script/sandbox/engine"
)

var errClosed = errors.New("the sandbox is closed")

// images are snapshots of the heaps of realms that may be used again. Realms
// share one snapshot, because they allocate memory in the same order. So code
// that opens a realm must not range over a map, whose order is random.
var images engine.Images

// A realm is one virtual machine with the API loaded. Its globals live as long
// as the realm.
type realm struct {
	vm        *engine.Machine
	programs  *cache
	x         *execution // the script running now
	scripts   map[*program]quickjs.Value
	files     map[string]*program // programs by the file name that the engine's stacks use
	names     map[string]string   // the names that stacks show in place of those file names
	texts     map[string]string   // the last texts that scripts evaluated, by file name
	textSize  int                 // of all texts, in bytes
	textCount int
	compiling bool // a script is being compiled, and not a text that it evaluates
	lexed     struct {
		source string
		code   code
	}
	driver    driver
	alarm     *alarm
	collators map[string]*collator
	collated  *collator // the collator that was used last
	parsed    parsed
	words     words
	installed map[string]bool // keys are results of sugarIn
	shared    *shared         // nil: the realm does not belong to a pool
	reusable  bool            // there is a snapshot of its heap
	broken    bool            // the next script needs a new realm
	fastJSON  bool            // JSON.stringify writes plain data in Go
	search
}

// A driver has the functions that js/main.js exports for Go to run a script.
// The comments are parameters → result.
type driver struct {
	notify       quickjs.Value // (promise, reason, handled)
	start        quickjs.Value // (is it a test, modern, places) → the script's this
	values       quickjs.Value // (names of parameters) → an array of their values
	fail         quickjs.Value // (the exception of the script)
	wait         quickjs.Value // (the promise of an async script)
	awaits       quickjs.Value // () → does the script wait for a promise?
	ended        quickjs.Value // () → should the script end?
	fire         quickjs.Value // (timer) → has the callback failed?
	settle       quickjs.Value // (request, error, response, cookies) → has the callback failed?
	turn         quickjs.Value // () → has a callback failed?
	installSugar quickjs.Value // (places)
	keep         quickjs.Value // (globals)
	found        quickjs.Value // (file, object)
	ready        quickjs.Value // (parts of the API, places) → an array of objects that belong to no script
	require      quickjs.Value // (libraries)
	finish       quickjs.Value // (reason) → an account, "" when there is nothing to report
}

func openRealm(c *cache) (*realm, error) {
	r := idle.take()
	if r == nil {
		var err error
		if r, err = newRealm(c, false); err != nil {
			return nil, err
		}
	}
	r.programs = c
	return r, nil
}

// newRealm opens a realm that no sandbox has used before. several means that
// more than one sandbox will need this realm or a similar one.
func newRealm(c *cache, several bool) (*realm, error) {
	several = idle.worth() || several
	r, err := loadRealm(c, several)
	if err == nil {
		r.reusable = several && r.vm.Freeze(&images)
	}
	return r, err
}

// loadRealm opens a realm without a snapshot of its heap.
func loadRealm(c *cache, several bool) (*realm, error) {
	trustEngine()
	vm, err := engine.Open()
	if err != nil {
		return nil, fmt.Errorf("cannot open a JavaScript engine: %w", err)
	}
	r := &realm{vm: vm, programs: c, scripts: map[*program]quickjs.Value{}, files: map[string]*program{}, names: map[string]string{},
		alarm:     newAlarm(vm),
		collators: map[string]*collator{}, installed: map[string]bool{}}
	vm.RaiseGCThreshold(heapFloor)
	if err := r.load(several); err != nil {
		r.end()
		return nil, fmt.Errorf("cannot load the script API: %w", err)
	}
	return r, nil
}

// load passes the host functions to js/main.js, removes them from the global
// object and keeps what js/main.js exports. A realm for many sandboxes loads
// more of the API in advance.
func (r *realm) load(many bool) error {
	r.vm.LikeV8()
	r.fastJSON = r.stringifyFast() // before our own code replaces the function
	names, err := r.register()
	if err != nil {
		return err
	}
	boot, err := r.function("boot")
	if err != nil {
		return err
	}
	defer boot.Free()
	main, err := boot.CallValue(quickjs.UndefinedValue, names)
	if err != nil {
		return err
	}
	defer main.Free()
	exports := map[string]*quickjs.Value{
		"notify": &r.driver.notify, "start": &r.driver.start, "values": &r.driver.values,
		"fail": &r.driver.fail, "wait": &r.driver.wait, "awaits": &r.driver.awaits, "ended": &r.driver.ended, "fire": &r.driver.fire,
		"settle": &r.driver.settle, "turn": &r.driver.turn, "finish": &r.driver.finish,
		"installSugar": &r.driver.installSugar, "keep": &r.driver.keep, "found": &r.driver.found, "ready": &r.driver.ready, "require": &r.driver.require,
	}
	for _, name := range slices.Sorted(maps.Keys(exports)) {
		if *exports[name], err = r.property(main, name); err != nil {
			return err
		}
	}
	if err := learnGlobals(r, main); err != nil {
		return err
	}
	r.vm.WatchRejections(&r.driver.notify)
	r.vm.WatchEval(r.evaluating, r.starts)
	r.vm.WatchErrors(r.reword)
	r.accelerate()
	if !many {
		return nil
	}
	prepare, err := r.property(main, "prepare")
	if err != nil {
		return err
	}
	defer prepare.Free()
	_, err = prepare.Call(quickjs.UndefinedValue)
	return err
}

func (r *realm) property(of quickjs.Value, name string) (quickjs.Value, error) {
	atom, err := r.vm.NewAtom(name)
	if err != nil {
		return quickjs.Value{}, err
	}
	return of.GetPropertyValue(atom)
}

// close restores the realm, for the next sandbox, to its state before any
// script. A realm that cannot be restored is ended.
func (r *realm) close() {
	if !r.reusable || r.broken || r.lost() || r.vm.Peak() > maxIdleHeap {
		r.end()
		return
	}
	r.vm.Restore()
	clear(r.scripts)
	clear(r.files)
	clear(r.names)
	r.texts, r.textSize = nil, 0
	clear(r.collators)
	r.collated = nil
	r.parsed = parsed{}
	clear(r.installed)
	if !idle.put(r) {
		r.end()
	}
}

func (r *realm) end() { r.vm.Drop() }

// evaluate runs bytecode and returns its value. The caller frees the value.
func (r *realm) evaluate(p *program) (quickjs.Value, error) {
	r.files[p.file] = p
	return r.vm.EvalBytecodeValue(p.code)
}

// script returns the function of a program. The realm owns the function.
func (r *realm) script(p *program) (quickjs.Value, error) {
	if fn, ok := r.scripts[p]; ok {
		return fn, nil
	}
	fn, err := r.evaluate(p)
	if err == nil {
		r.scripts[p] = fn
	}
	return fn, err
}
