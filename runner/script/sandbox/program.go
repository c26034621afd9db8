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

// Each kind of source is the body of a function. The body starts on the second
// line, so lines in stacks are one more than lines of the source.
const (
	syncHead   = "(function ("
	asyncHead  = "(async function ("
	scriptHead = ") {var arguments = undefined;\n" // follows the parameters
	moduleHead = "(function (host, load) {\n"
	scriptTail = "\n;\n})" // as in Postman, where "while (1)" alone is a loop
	tail       = "\n})"
)

// An ownFile is one of our own JavaScript files. It is compiled between a head
// and a tail.
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

// function returns the function of our own file js/name.js. The caller frees
// it.
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

// internal is the prefix of the file names of our own code. Stacks leave these
// files out.
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

// scriptKey returns the key of a script in the cache.
func scriptKey(source string) string { return "script:" + source }

// globalNames has the names of all globals that scripts find. legacy are the
// globals of Postman's legacy API among them. The first realm sets the names;
// they are the same in all realms.
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

// program compiles a script and caches it for all sandboxes of the engine. A
// script that contains "await" becomes an async function. The body of an async
// function runs synchronously up to the first await, so a script without one
// behaves as before.
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

// compileScript compiles a script as the body of a function. In Postman all
// globals are parameters of that function: a variable of the same name has the
// global's value until the script assigns another value, and the new value is
// lost when the script ends. Here only those globals are parameters that the
// script declares with var or function, or assigns to.
func (r *realm) compileScript(file, head, source string) (*program, error) {
	code, declared, ok := r.vm.CompileFunction(head+scriptHead+source+scriptTail, file)
	if !ok {
		return r.compile(file, head+scriptHead+source+scriptTail)
	}
	all, _ := globals()
	declared = slices.DeleteFunc(declared, func(name string) bool { return !all[name] })
	if assigned := assignedGlobals(source); len(assigned) > 0 {
		// A name declared by let, const or class cannot be a parameter: then
		// the script does not compile.
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
	p.source, p.sugar, p.load = source, sugarIn(source), loadOf(source)
	r.programs.put(key, p)
	return p
}
