package sandbox

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/gob"
	"fmt"
	"io/fs"
	"runtime/debug"
	"strings"
	"sync"
)

//go:generate go run ./gen

// Our own files compiled ahead, when go generate has run: a process then
// starts in a tenth of the time. The folder is not kept in the tree.
//
//go:embed all:bytecode
var compiled embed.FS

// bytecodeFile is what go generate writes.
const bytecodeFile = "api.gob.gz"

// A compiledFile is bytecode with the hash of what it was made from, the
// engine's version included: bytecode of another one would not load.
type compiledFile struct {
	Sum  [sha256.Size]byte
	Code []byte
}

// ahead are the files compiled ahead, read at the first use.
var ahead = sync.OnceValue(func() map[string]compiledFile {
	packed, err := compiled.ReadFile("bytecode/" + bytecodeFile)
	if err != nil {
		return nil
	}
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil
	}
	var out map[string]compiledFile
	if gob.NewDecoder(z).Decode(&out) != nil {
		return nil
	}
	return out
})

// precompiled is the bytecode of one of our files, if it is of this source.
func precompiled(name, source string) []byte {
	f, ok := ahead()[name]
	if !ok || f.Sum != sumOf(source) {
		return nil
	}
	return f.Code
}

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

// Precompile compiles the files of the API; go generate keeps the result.
func Precompile() ([]byte, error) {
	vm, err := newVM()
	if err != nil {
		return nil, err
	}
	defer vm.Close()
	r := &realm{vm: vm, binding: bind(vm)}
	names, err := fs.Glob(sources, "js/*.js")
	if err != nil {
		return nil, err
	}
	out := map[string]compiledFile{}
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
		out[name] = compiledFile{Sum: sumOf(source), Code: p.code}
	}
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if err := gob.NewEncoder(z).Encode(out); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
