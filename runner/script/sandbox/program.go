package sandbox

import (
	"embed"
	"fmt"
	"slices"
	"strings"
	"sync"

	"modernc.org/quickjs"
)

//go:embed js/*.js
var sources embed.FS

// Each kind of source is the body of a function. The line its body starts on
// is the second, so lines in stacks are one more than those as written.
const (
	syncHead   = "(function ("
	asyncHead  = "(async function ("
	scriptHead = ") {var arguments = undefined;\n" // behind the parameters
	moduleHead = "(function (host, load) {\n"
	scriptTail = "\n;\n})" // as Postman ends them: "while (1)" is a loop
	tail       = "\n})"
)

// An ownFile is one of our own files. The engine compiles it between its head and
// a tail.
type ownFile struct {
	name, head string
	text       []byte
}

func openOwn(name string) (*ownFile, error) {
	text, err := sources.ReadFile("js/" + name + ".js")
	if err != nil {
		return nil, fmt.Errorf("no such file: js/%s.js", name)
	}
	f := &ownFile{name, moduleHead, text}
	if name == "boot" {
		f.head = "(function (names) {\n"
	}
	return f, nil
}

// function returns the function of our own file js/name.js, which the caller
// frees.
func (r *realm) function(name string) (quickjs.Value, error) {
	key := "js:" + name
	p := r.programs.get(key)
	if p == nil {
		f, err := openOwn(name)
		if err != nil {
			return quickjs.Value{}, err
		}
		if code := f.precompiled(); code != nil {
			p = &program{file: internal + name, code: code}
		} else if p, err = r.compileOwn(f); err != nil {
			return quickjs.Value{}, fmt.Errorf("js/%s.js: %w", name, err)
		}
		r.programs.put(key, p)
	}
	return r.vm.EvalBytecodeValue(p.code)
}

// internal starts the file names of our own code, which stacks leave out.
const internal = "postie:"

func (r *realm) compileOwn(f *ownFile) (p *program, err error) {
	r.vm.Stripped(func() { p, err = r.compile(internal+f.name, f.head+string(f.text)+tail) })
	return p, err
}

func (r *realm) compile(file, source string) (*program, error) {
	r.compiling = true
	defer func() { r.compiling = false }()
	code, ok := r.vm.CompileFile(source, file)
	if ok {
		return &program{file: file, source: source, code: code}, nil
	}
	code, err := r.vm.Compile(source, quickjs.EvalGlobal)
	if err != nil {
		return nil, err
	}
	return &program{file: file, source: source, code: code}, nil
}

// scriptKey is where a script's program is kept.
func scriptKey(source string) string { return "script:" + source }

// globalNames are the names of all globals scripts have, and those of Postman's
// first scripts among them: known once a realm was opened, and the same in all.
var globalNames struct {
	sync.Mutex
	set, legacy map[string]bool
}

func globals() (all, legacy map[string]bool) {
	globalNames.Lock()
	defer globalNames.Unlock()
	return globalNames.set, globalNames.legacy
}

func learnGlobals(r *realm, main quickjs.Value) error {
	globalNames.Lock()
	defer globalNames.Unlock()
	if globalNames.set != nil {
		return nil
	}
	fn, err := r.property(main, "names")
	if err != nil {
		return err
	}
	defer fn.Free()
	got, err := fn.Call(quickjs.UndefinedValue)
	if err != nil {
		return err
	}
	text, _ := got.(string)
	_, legacy, _ := strings.Cut(text, "\n")
	globalNames.set, globalNames.legacy = setOf(text), setOf(legacy)
	return nil
}

func setOf(words string) map[string]bool {
	set := map[string]bool{}
	for word := range strings.FieldsSeq(words) {
		set[word] = true
	}
	return set
}

// program compiles a script and keeps it for all sandboxes of the engine. Scripts
// with the word await become async functions. Their body still runs at once up to
// the first await, so one that has none runs as before.
func (r *realm) program(source string) (*program, error) {
	key := scriptKey(source)
	file := fmt.Sprintf("script-%d", r.programs.next())
	if strings.Contains(source, "await") {
		if p, err := r.compileScript(file, asyncHead, source); err == nil {
			p.async = true
			return r.keep(key, source, p), nil
		}
	}
	p, err := r.compileScript(file, syncHead, source)
	if err != nil {
		return nil, err
	}
	return r.keep(key, source, p), nil
}

// compileScript compiles a script as the body of a function. In Postman the
// globals are parameters of that function, so that a variable of the same name
// has the global's value until the script gives it another, and what it gives
// ends with the script. Here only those are that a script declares by var or
// function, or assigns to.
func (r *realm) compileScript(file, head, source string) (*program, error) {
	code, declared, ok := r.vm.CompileFunction(head+scriptHead+source+scriptTail, file)
	if !ok {
		return r.compile(file, head+scriptHead+source+scriptTail)
	}
	all, _ := globals()
	declared = slices.DeleteFunc(declared, func(name string) bool { return !all[name] })
	if assigned := assignedGlobals(source); len(assigned) > 0 {
		// What let, const or class declares can be no parameter: then it does not compile.
		if p, err := r.compileWith(union(declared, assigned), file, head, source); err == nil {
			return p, nil
		}
	}
	if len(declared) == 0 {
		return &program{file: file, source: source, code: code}, nil
	}
	return r.compileWith(declared, file, head, source)
}

// compileWith compiles a script as the body of a function with parameters.
func (r *realm) compileWith(params []string, file, head, source string) (*program, error) {
	p, err := r.compile(file, head+strings.Join(params, ", ")+scriptHead+source+scriptTail)
	if err == nil {
		p.params = strings.Join(params, " ")
	}
	return p, err
}

func union(a, b []string) []string {
	all := slices.Concat(a, b)
	slices.Sort(all)
	return slices.Compact(all)
}

func (r *realm) keep(key, source string, p *program) *program {
	p.source, p.sugar, p.library = source, sugarIn(source), definesLibrary(source)
	r.programs.put(key, p)
	return p
}
