package main

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// forbidden are imports that would turn an arrow of the architecture round:
// collections says, runner does, cmd shows.
var forbidden = map[string][]string{
	"postie/collections":           {"postie/runner", "net/http", "modernc.org/quickjs"},
	"postie/collections/vars":      {"postie/runner", "postie/collections", "net/http"},
	"postie/collections/codegen":   {"postie/runner", "postie/collections/convert", "net/http"},
	"postie/collections/convert":   {"postie/runner", "postie/collections/codegen", "net/http"},
	"postie/collections/forgerock": {"postie/runner", "net/http"},
	"postie/collections/lint":      {"postie/runner", "net/http", "modernc.org/quickjs"},
	"postie/runner":                {"postie/runner/report", "postie/runner/runlog", "postie/runner/script/sandbox", "postie/runner/mock", "postie/cmd"},
	"postie/runner/event":          {"postie/runner", "postie/runner/transport", "postie/collections"},
	"postie/runner/internal/emit":  {"postie/runner", "postie/runner/transport", "postie/collections"},
	"postie/runner/internal/send":  {"postie/runner", "postie/runner/report", "postie/runner/runlog"},
	"postie/runner/criteria":       {"postie/runner", "postie/runner/transport", "postie/collections"},
	"postie/runner/wire":           {"postie/runner", "net"},
	"postie/runner/mask":           {"postie/runner", "postie/runner/transport", "postie/collections"},
	"postie/runner/report":         {"postie/runner"},
	"postie/runner/drift":          {"postie/runner", "postie/runner/report"},
	"postie/runner/workdir":        {"postie/runner", "postie/collections"},
	"postie/runner/replay":         {"postie/runner/report"},
	"postie/runner/report/output":  {"postie/runner", "postie/collections"},
	"postie/runner/documents":      {"postie/runner", "postie/runner/report"},
	"postie/runner/fserror":        {"postie/runner", "postie/collections"},
	"postie/collections/varfile":   {"postie/runner", "net/http"},
	"postie/runner/auth":           {"postie/collections", "postie/runner", "postie/runner/script"},
	"postie/runner/transport":      {"postie/collections", "postie/collections/vars", "postie/runner", "postie/runner/script"},

	"postie/runner/transport/clientcert": {"postie/collections", "postie/collections/vars", "postie/runner", "postie/runner/script"},
	"postie/runner/script":               {"postie/runner", "postie/runner/transport", "postie/collections"},
	"postie/runner/script/sandbox":       {"postie/runner", "postie/runner/transport", "postie/collections", "net/http"},
	"postie/runner/runlog":               {"postie/runner", "postie/runner/report"},
	"postie/runner/mock":                 {"postie/runner"},
	"postie/runner/cluster":              {"postie/runner/report", "postie/runner/script/sandbox", "postie/runner/cluster/hub"},
	"postie/runner/cluster/hub":          {"postie/runner", "postie/runner/cluster"},
}

func TestImportsPointDown(t *testing.T) {
	t.Parallel()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports", "postie/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	dec := json.NewDecoder(strings.NewReader(string(out)))
	for dec.More() {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := dec.Decode(&p); err != nil {
			t.Fatal(err)
		}
		for _, imp := range forbidden[p.ImportPath] {
			if slices.Contains(p.Imports, imp) {
				t.Errorf("%s imports %s", p.ImportPath, imp)
			}
		}
		if strings.HasPrefix(p.ImportPath, "postie/cmd") {
			continue
		}
		for _, imp := range p.Imports {
			if strings.HasPrefix(imp, "postie/cmd") {
				t.Errorf("%s imports %s", p.ImportPath, imp)
			}
		}
	}
}

// onlyInCmd are the calls that belong to the command: a library neither
// prints, exits, sleeps nor reads the process's files and environment.
var onlyInCmd = map[string][]string{
	"os":   {"Exit", "Getenv", "LookupEnv", "Environ", "Stdin", "Stdout", "Stderr", "Open", "OpenFile", "ReadFile"},
	"fmt":  {"Print", "Println", "Printf"},
	"log":  {"Print", "Println", "Printf", "Fatal", "Fatalf", "Fatalln", "Panic"},
	"time": {"Sleep"},
}

// allowedFiles may, since files are their subject.
var allowedFiles = []string{"runner/script/packages/", "runner/script/sandbox/gen/", "runner/runnertest/", "runner/report/output/", "runner/runlog/", "runner/workdir/", "runner/documents/"}

func TestLibrariesLeaveTheProcessAlone(t *testing.T) {
	t.Parallel()
	root := filepath.Join("..", "..")
	for _, dir := range []string{"collections", "runner"} {
		err := filepath.WalkDir(filepath.Join(root, dir), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			rel, err := filepath.Rel(root, path)
			if err != nil {
				return err
			}
			for _, p := range allowedFiles {
				if strings.HasPrefix(filepath.ToSlash(rel), p) {
					return nil
				}
			}
			checkCalls(t, path, rel)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func checkCalls(t *testing.T, path, rel string) {
	t.Helper()
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, path, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		pkg, ok := sel.X.(*ast.Ident)
		if ok && pkg.Obj == nil && slices.Contains(onlyInCmd[pkg.Name], sel.Sel.Name) {
			t.Errorf("%s:%d: %s.%s belongs to cmd", rel, set.Position(sel.Pos()).Line, pkg.Name, sel.Sel.Name)
		}
		if ok && pkg.Name == "gjson" && strings.HasPrefix(sel.Sel.Name, "Valid") && rel != filepath.Join("collections", "parse.go") { // which looks at the depth first
			t.Errorf("%s:%d: gjson.%s calls itself for each level, until the stack is full; json.Valid has a bound", rel, set.Position(sel.Pos()).Line, sel.Sel.Name)
		}
		return true
	})
}
