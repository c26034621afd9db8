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

// compiled holds the bytecode of our own JavaScript, when go generate has made
// it: a process then starts in a tenth of the time. The folder is not in
// version control.
//
//go:embed all:bytecode
var compiled embed.FS

// precompiled returns the bytecode of the file, or nil when there is none for
// the file's present text.
func (f *ownFile) precompiled() []byte {
	code, err := compiled.ReadFile("bytecode/" + f.name)
	if err != nil || !bytes.HasPrefix(code, f.sum()) {
		return nil
	}
	return code[sha256.Size:]
}

func (f *ownFile) sum() []byte { return sumOf([]byte(f.head), f.text, []byte(tail)) }

// sumOf returns a hash of the sources that bytecode is made from. The hash
// includes the engine's version, because other versions cannot load the
// bytecode.
func sumOf(source ...[]byte) []byte {
	h := sha256.New()
	h.Write([]byte(engineVersion() + "\x00"))
	for _, part := range source {
		h.Write(part)
	}
	return h.Sum(nil)
}

// engineVersion returns the version of the module that contains the engine.
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

// checked is the file in bytecode/ that names the engine's version and the
// platform on which go generate checked the engine's internal layout.
const checked = "checked"

// trustEngine skips the check of the engine's internal layout when go generate
// has already done it: the check takes as long as opening a machine.
var trustEngine = sync.OnceFunc(func() {
	if where, err := compiled.ReadFile("bytecode/" + checked); err == nil && engineVersion() != "" && string(where) == platform() {
		engine.Trust()
	}
})

func platform() string { return engineVersion() + " " + runtime.GOOS + "/" + runtime.GOARCH }

// Version identifies the engine's version and the function head that libraries
// are compiled with: bytecode depends on both.
func Version() string { return engineVersion() + " " + libraryHead }

// Precompile compiles the files of the API for go generate, which keeps them in
// bytecode/. The result maps file names to bytecode, each after the hash of its
// source. Bytecode is not compressed: unpacking would cost each process more
// time than the smaller size is worth. The file "checked" says for which engine
// and platform the engine's layout was checked.
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
