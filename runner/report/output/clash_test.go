package output_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postie/runner/report/output"
)

// One file is found out by whatever names it goes.
func TestCheck(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	put := func(name, text string) {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put("there.json", "x")
	put("alike.json", "y")
	if err := os.Mkdir("sub", 0o700); err != nil {
		t.Fatal(err)
	}
	links := os.Symlink("there.json", "link.json") == nil && os.Symlink("nowhere.json", "dangling.json") == nil && os.Symlink("sub", "folder") == nil
	hard := os.Link("there.json", "hard.json") == nil
	at := func(name string) string { return filepath.Join(dir, name) }
	tests := []struct {
		name   string
		writes []string
		reads  []string
		want   string // "", "both" or "overwrite"
		needs  bool
	}{
		{"two files", []string{"a.json", "b.json", "sub/a.json"}, nil, "", true},
		{"two files that are there", []string{"there.json", "alike.json"}, nil, "", true},
		{"one name", []string{"a.json", "a.json"}, nil, "both", true},
		{"one file that is not there yet", []string{"a.json", "./sub/../a.json"}, nil, "both", true},
		{"an absolute name", []string{"a.json", at("a.json")}, nil, "both", true},
		{"in a folder that is not there yet", []string{"new/a.json", "./new/./a.json"}, nil, "both", true},
		{"a link", []string{"there.json", "link.json"}, nil, "both", links},
		{"a link to what is not there yet", []string{"nowhere.json", "dangling.json"}, nil, "both", links},
		{"a linked folder", []string{"sub/a.json", "folder/a.json"}, nil, "both", links},
		{"a hard link", []string{"there.json", "hard.json"}, nil, "both", hard},
		{"what is read", []string{"a.json", "there.json"}, []string{"alike.json", "there.json"}, "overwrite", true},
		{"what is read, by a link", []string{"link.json"}, []string{"there.json"}, "overwrite", links},
		{"read twice", nil, []string{"there.json", "there.json"}, "", true},
		{"standard output", []string{"", ""}, nil, "", true},
		{"the null device", []string{os.DevNull, os.DevNull}, nil, "", true},
	}
	for _, tt := range tests {
		if !tt.needs {
			continue
		}
		targets := func(names []string) (out []output.Target) {
			for _, name := range names {
				out = append(out, output.Target{Name: "report", Path: name})
			}
			return out
		}
		err := output.Check(targets(tt.writes), targets(tt.reads))
		var clash *output.Clash
		errors.As(err, &clash)
		if (clash == nil) != (tt.want == "") || clash != nil && clash.Reads != (tt.want == "overwrite") {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	if names, err := os.ReadDir("."); err != nil || len(names) > 7 {
		t.Errorf("something was written: %v", names)
	}
}

func TestClashSaysWhat(t *testing.T) {
	t.Parallel()
	a, b := output.Target{Name: "json reporter", Path: "x"}, output.Target{Name: "run log", Path: "./x"}
	for want, err := range map[string]error{
		"the json reporter and the run log would both write ./x": &output.Clash{A: a, B: b},
		"the run log would overwrite the json reporter, ./x":     &output.Clash{A: a, B: b, Reads: true},
	} {
		if err.Error() != want {
			t.Errorf("got %s", err)
		}
	}
}

// Names of runs make no paths, and no two of them one file.
func TestBeside(t *testing.T) {
	t.Parallel()
	if got := output.Beside("out/r.ctrf.json", "../a b"); got != "out/r.ctrf-..-a-b.json" {
		t.Errorf("got %s", got)
	}
	got := output.SafeNames([]string{"a/b", "a:b", "A b", "dev", "a-b-2"})
	if d := cmp.Diff([]string{"a-b", "a-b-2", "A-b-3", "dev", "a-b-2-2"}, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}
