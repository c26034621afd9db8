package regex_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"postie/collections/regex"
)

func TestLazy(t *testing.T) {
	word := regex.Lazy(`^[a-z]+$`)
	if first := word(); !first.MatchString("abc") || first != word() {
		t.Error("it is not one expression that matches a word")
	}
	defer func() {
		if recover() == nil {
			t.Error("an expression that does not compile is taken")
		}
	}()
	regex.Lazy(`(`)()
}

// Every expression of the program compiles, though most processes use few; none
// is compiled when a process starts.
func TestExpressions(t *testing.T) {
	seen := 0
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && strings.HasPrefix(d.Name(), ".") && d.Name() != ".." {
			return filepath.SkipDir
		}
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		for _, d := range file.Decls {
			if vars, ok := d.(*ast.GenDecl); ok && vars.Tok == token.VAR && !strings.Contains(path, "/gen/") {
				seen += checkExpressions(t, path, vars)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if seen < 50 {
		t.Errorf("only %d expressions were found", seen)
	}
}

// checkExpressions compiles the expressions of a declaration, and returns how
// many it has.
func checkExpressions(t *testing.T, path string, vars *ast.GenDecl) (seen int) {
	ast.Inspect(vars, func(n ast.Node) bool {
		if _, ok := n.(*ast.FuncLit); ok {
			return false // it is called later
		}
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) != 1 {
			return true
		}
		switch name(call.Fun) {
		case "regexp.MustCompile":
			t.Errorf("%s: an expression is compiled when the process starts; regex.Lazy does so when it is needed", path)
		case "regex.Lazy":
			seen++
			if text, ok := constant(call.Args[0]); ok {
				if _, err := regexp.Compile(text); err != nil {
					t.Errorf("%s: %v", path, err)
				}
			}
		}
		return true
	})
	return seen
}

// name is that of a function of another package, with the package's.
func name(fun ast.Expr) string {
	if s, ok := fun.(*ast.SelectorExpr); ok {
		if p, ok := s.X.(*ast.Ident); ok {
			return p.Name + "." + s.Sel.Name
		}
	}
	return ""
}

// constant is the text of a literal, or of literals that are added.
func constant(x ast.Expr) (string, bool) {
	switch x := x.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(x.Value)
		return text, err == nil
	case *ast.BinaryExpr:
		a, okA := constant(x.X)
		b, okB := constant(x.Y)
		return a + b, okA && okB
	}
	return "", false
}
