package runner

import (
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"io/fs"
	"slices"
	"strings"
	"testing"
)

// layers are the files of this package, the conductor's first: a file calls
// what is in its own or in a later one, never in an earlier one. What sends
// requests and what reports events are packages below this one.
var layers = []string{
	"run.go", "nested.go", "session.go", "iteration.go", // who drives
	"item.go", "retry.go", "phase.go", "checks.go", "request.go", "preflight.go", "execution.go", // an item's way
	"sandbox.go", "host.go", "vault.go", // what scripts reach
	"emitter.go", "secrets.go", "large.go", // events
	"plan.go", "result.go", "scope.go", "acquire.go", "options.go", // data
}

func layer(file string) int {
	return slices.Index(layers, file)
}

// parsed are the package's files by name, tests left out.
func parsed(t *testing.T) map[string]*ast.File {
	t.Helper()
	pkgs, err := parser.ParseDir(gotoken.NewFileSet(), ".", func(f fs.FileInfo) bool { return !strings.HasSuffix(f.Name(), "_test.go") }, 0) //nolint:staticcheck // one directory, no build tags
	if err != nil {
		t.Fatal(err)
	}
	return pkgs["runner"].Files
}

// TestFilesCallDownwards looks at every call of a function or method whose name
// is declared once in the package. Names declared twice could be either.
func TestFilesCallDownwards(t *testing.T) {
	t.Parallel()
	files := parsed(t)
	declared := map[string][]string{} // file names by function
	for name, f := range files {
		if layer(name) < 0 {
			t.Errorf("%s has no layer", name)
		}
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok {
				declared[fn.Name.Name] = append(declared[fn.Name.Name], name)
			}
		}
	}
	for name, f := range files {
		ast.Inspect(f, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			callee := ""
			switch fun := call.Fun.(type) {
			case *ast.Ident:
				callee = fun.Name
			case *ast.SelectorExpr:
				callee = fun.Sel.Name
			}
			in := declared[callee]
			if len(in) == 1 && !ast.IsExported(callee) && layer(in[0]) < layer(name) {
				t.Errorf("%s calls %s of %s, which is above it", name, callee, in[0])
			}
			return true
		})
	}
}

// TestNothingEmbedsTheRun: a struct that embeds another sees all its fields,
// so that no one can say any more who changes what. Only data is embedded.
func TestNothingEmbedsTheRun(t *testing.T) {
	t.Parallel()
	data := []string{"Documents", "event.Result", "transport.Options", "error"}
	for name, f := range parsed(t) {
		ast.Inspect(f, func(n ast.Node) bool {
			s, ok := n.(*ast.StructType)
			if !ok {
				return true
			}
			for _, field := range s.Fields.List {
				if len(field.Names) > 0 {
					continue
				}
				if text := typeName(field.Type); !slices.Contains(data, text) {
					t.Errorf("%s: a struct embeds %s", name, text)
				}
			}
			return true
		})
	}
}

func typeName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return typeName(e.X) + "." + e.Sel.Name
	case *ast.StarExpr:
		return "*" + typeName(e.X)
	}
	return "?"
}
