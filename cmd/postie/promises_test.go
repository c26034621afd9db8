package main

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
)

// What the table is made of: each test of a promise names its numbers
// and what holds.
var (
	promiseTest   = regexp.MustCompile(`(?m)^func TestPromise((?:_\d\d)+)_(\w+)\(`)
	promiseScript = regexp.MustCompile(`^promise((?:_\d\d)+)_(\w+)\.txtar$`)
	promiseTable  = regexp.MustCompile(`(?s)(<!-- promises -->\n).*?(<!-- /promises -->)`)
)

// TestPromisesTable keeps the table of promises that of the tests;
// -update writes it.
func TestPromisesTable(t *testing.T) {
	t.Parallel()
	page := filepath.Join("..", "..", ".github", "docs", "promises.md")
	src, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	want := promiseTable.ReplaceAllString(string(src), "${1}"+promises(t)+"${2}")
	if *update && want != string(src) {
		if err := os.WriteFile(page, []byte(want), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, string(src)); diff != "" {
		t.Errorf("promises.md is not what -update writes (-want +got)\n%s", diff)
	}
}

func promises(t *testing.T) string {
	t.Helper()
	rows := map[string][]string{} // by number
	add := func(numbers, words, where string) {
		for _, n := range strings.Split(strings.Trim(numbers, "_"), "_") {
			rows[n] = append(rows[n], words+" | `"+where+"`")
		}
	}
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if m := promiseScript.FindStringSubmatch(d.Name()); m != nil {
			add(m[1], sentence(strings.ReplaceAll(m[2], "_", " ")), strings.TrimSuffix(d.Name(), ".txtar"))
		}
		if !strings.HasSuffix(path, "_test.go") {
			return nil
		}
		src, err := os.ReadFile(path)
		for _, m := range promiseTest.FindAllStringSubmatch(string(src), -1) {
			add(m[1], sentence(spaced(m[2])), "TestPromise"+m[1]+"_"+m[2])
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	b.WriteString("| | what holds | test |\n|---|---|---|\n")
	for _, n := range slices.Sorted(maps.Keys(rows)) {
		slices.Sort(rows[n])
		for _, row := range rows[n] {
			b.WriteString("| " + n + " | " + row + " |\n")
		}
	}
	return b.String()
}

// spaced is a CamelCase name as words; runs of capitals stay.
func spaced(name string) string {
	var b strings.Builder
	letters := []rune(name)
	for i, r := range letters {
		if i > 0 && unicode.IsUpper(r) && (unicode.IsLower(letters[i-1]) || i+1 < len(letters) && unicode.IsLower(letters[i+1])) {
			b.WriteByte(' ')
			if i+1 == len(letters) || unicode.IsLower(letters[i+1]) {
				r = unicode.ToLower(r)
			}
		}
		b.WriteRune(r)
	}
	return b.String()
}

// sentence starts with a capital and spells names as they are.
func sentence(s string) string {
	return properNames.Replace(strings.ToUpper(s[:1]) + s[1:])
}

var properNames = strings.NewReplacer("UR ls", "URLs", "Git hub", "GitHub", "J unit", "JUnit", " A ", " a ", "HTTP1", "HTTP/1.1", "HTTP2", "HTTP/2",
	"the scripts own", "the script's own", "the scripts", "the script's", "the runners", "the runner's")
