package complete_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"

	"postie/cmd/internal/complete"
	"postie/cmd/internal/term"
)

const shop = `{"info":{"name":"Shop","schema":"https://schema.getpostman.com/json/collection/v2.1.0/collection.json"},"item":[
	{"name":"Orders","item":[{"name":"Create","request":"http://x/"},{"name":"Pay","request":"http://x/"}]},{"name":"Health","request":"http://x/"}]}`

// A shell asks the program how a word goes on.
func TestUse(t *testing.T) {
	file := filepath.Join(t.TempDir(), "shop.json")
	if err := os.WriteFile(file, []byte(shop), 0o600); err != nil {
		t.Fatal(err)
	}
	paths := []string{"Orders", "Orders/Create", "Orders/Pay", "Health"}
	for _, tt := range []struct {
		name string
		line []string
		want []string
	}{
		{"folders of the collection", []string{"run", file, "--folder", ""}, paths},
		{"of a file that is not there", []string{"run", "none.json", "--folder", ""}, nil},
		{"of standard input, which is not read", []string{"run", "-", "--folder", ""}, nil},
		{"of an address, which is not fetched", []string{"run", "http://127.0.0.1:1/c.json", "--folder", ""}, nil},
		{"requests for code", []string{"code", file, ""}, paths},
		{"endings of a collection for code", []string{"code", ""}, []string{"json", "yaml"}},
		{"colors", []string{"run", file, "--color", ""}, []string{"auto", "on", "off"}},
		{"endings of rows", []string{"run", file, "--iteration-data", ""}, []string{"csv", "json"}},
	} {
		if got := completed(t, tt.line); !cmp.Equal(got, tt.want) {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// Reporters are a list: what is in it is not proposed again.
func TestListOfReporters(t *testing.T) {
	got := completed(t, []string{"run", "c.json", "--reporters", "cli,js"})
	if len(got) == 0 {
		t.Fatal("no reporter is proposed")
	}
	for _, word := range got {
		if !strings.HasPrefix(word, "cli,") || word == "cli,cli" {
			t.Errorf("%q is proposed after cli,", word)
		}
	}
}

// completed are the words that a program with two commands proposes.
func completed(t *testing.T, line []string) []string {
	t.Helper()
	root := &cobra.Command{Use: "postie"}
	for _, name := range []string{"run", "code"} {
		c := &cobra.Command{Use: name, Run: func(*cobra.Command, []string) {}}
		for _, flag := range []string{"folder", "color", "reporters", "iteration-data"} {
			c.Flags().String(flag, "", "")
		}
		root.AddCommand(c)
	}
	complete.Use(root, &term.Streams{In: strings.NewReader(""), Out: os.Stdout, Err: os.Stderr, Getenv: func(string) string { return "" }})
	var out bytes.Buffer
	root.SetOut(&out)
	root.SetErr(&bytes.Buffer{})
	root.SetArgs(append([]string{cobra.ShellCompNoDescRequestCmd}, line...))
	if err := root.ExecuteContext(t.Context()); err != nil {
		t.Fatal(err)
	}
	words := strings.Fields(out.String())
	return append([]string(nil), words[:len(words)-1]...) // without the directive, such as :4
}
