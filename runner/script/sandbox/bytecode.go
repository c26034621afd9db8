package sandbox

import (
	"crypto/sha256"
	"embed"
	"fmt"
	"io/fs"
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

// precompiled is the bytecode of one of our files, if it is of this source.
func precompiled(name, source string) []byte {
	file, err := compiled.ReadFile("bytecode/" + name)
	if err != nil || len(file) < sha256.Size || [sha256.Size]byte(file) != sumOf(source) {
		return nil
	}
	return file[sha256.Size:]
}

// sumOf is a hash of what bytecode is made from. It includes the engine's
// version, for bytecode of another one would not load.
func sumOf(source string) [sha256.Size]byte {
	return sha256.Sum256([]byte(engineVersion() + "\x00" + source))
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

// Version is the engine's: bytecode is bound to it.
func Version() string { return engineVersion() }

// Precompile compiles the files of the API for go generate to keep in
// bytecode/: code by file name, after the hash of what it was made from. It is
// not packed, which would cost each process more time than it saves room.
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
	for _, file := range names {
		name := strings.TrimSuffix(strings.TrimPrefix(file, "js/"), ".js")
		source, err := ownSource(name)
		if err != nil {
			return nil, err
		}
		p, err := r.compileOwn(name, source)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		sum := sumOf(source)
		out[name] = append(sum[:], p.code...)
	}
	return out, nil
}
