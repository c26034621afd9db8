package sandbox

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"fmt"
	"io/fs"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"

	"postie/runner/script/sandbox/engine"
)

//go:generate go run ./gen

// compiled is our own JavaScript as bytecode, when go generate has run: a process
// then starts in a tenth of the time. The folder is not kept in the tree.
//
//go:embed all:bytecode
var compiled embed.FS

// precompiled is the file's bytecode; nil when there is none of its present text.
func (f *ownFile) precompiled() []byte {
	code, err := compiled.ReadFile("bytecode/" + f.name)
	if err != nil || !bytes.HasPrefix(code, f.sum()) {
		return nil
	}
	return code[sha256.Size:]
}

func (f *ownFile) sum() []byte { return sumOf([]byte(f.head), f.text, []byte(tail)) }

// sumOf is a hash of what bytecode is made from. It includes the engine's
// version, for bytecode of another one would not load.
func sumOf(source ...[]byte) []byte {
	h := sha256.New()
	h.Write([]byte(engineVersion() + "\x00"))
	for _, part := range source {
		h.Write(part)
	}
	return h.Sum(nil)
}

// engineVersion is that of the module which holds the engine.
var engineVersion = sync.OnceValue(func() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, m := range info.Deps {
		if m.Path == "modernc.org/libquickjs" {
			return m.Version
		}
	}
	return ""
})

// checked is the file in bytecode/ that names the engine and the kind of machine
// on which go generate found the engine's insides to be as expected.
const checked = "checked"

// trustEngine skips the check of the engine's insides where go generate has made
// it: it takes as long as opening a machine.
var trustEngine = sync.OnceFunc(func() {
	if where, err := compiled.ReadFile("bytecode/" + checked); err == nil && engineVersion() != "" && string(where) == platform() {
		engine.Trust()
	}
})

func platform() string { return engineVersion() + " " + runtime.GOOS + "/" + runtime.GOARCH }

// Version is that of the engine and of the function a library is compiled as:
// bytecode is bound to both.
func Version() string { return engineVersion() + " " + libraryHead }

// Precompile compiles the files of the API for go generate to keep in
// bytecode/: code by file name, after the hash of what it was made from. It is
// not packed, which would cost each process more time than it saves room. The
// file named checked says for which engine and machines the check was made.
func Precompile() (map[string][]byte, error) {
	vm, err := engine.Open()
	if err != nil {
		return nil, err
	}
	defer vm.Close()
	r := &realm{vm: vm}
	names, err := fs.Glob(sources, "js/*.js")
	if err != nil {
		return nil, err
	}
	out := map[string][]byte{}
	if engine.Fallback() == "" {
		out[checked] = []byte(platform())
	}
	for _, file := range names {
		name := strings.TrimSuffix(strings.TrimPrefix(file, "js/"), ".js")
		f, err := openOwn(name)
		if err != nil {
			return nil, err
		}
		p, err := r.compileOwn(f)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		out[name] = append(f.sum(), p.code...)
	}
	return out, nil
}
