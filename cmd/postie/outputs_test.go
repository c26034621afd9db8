package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"postie/cmd/internal/exit"
	"postie/runner/runnertest"
)

func modeOf(t *testing.T, path string) string {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%o", info.Mode().Perm())
}

// Files keep the modes they have, and those that hold secrets are their
// owner's alone.
func TestPromise_81_ModesStay(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("no modes here")
	}
	srv := runnertest.Serve(t, nil)
	collection := file(t, "c.json", fmt.Sprintf(passing, srv.URL))
	env := file(t, "e.json", `{"name":"E","values":[{"key":"s","value":"secretvalue","type":"secret"}]}`)
	dir := t.TempDir()
	open, closed := filepath.Join(dir, "open.json"), filepath.Join(dir, "closed.json")
	for path, mode := range map[string]os.FileMode{open: 0o644, closed: 0o600} {
		write(t, path, "")
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
	}
	jar, log := filepath.Join(dir, "jar.json"), filepath.Join(dir, "run.ndjson")
	for _, tt := range []struct {
		args []string
		path string
		want string
	}{
		{[]string{"--export-environment", open}, open, "644"},
		{[]string{"--export-environment", closed}, closed, "600"},
		{[]string{"-r", "json", "--reporter-json-export", closed}, closed, "600"},
		{[]string{"--export-cookie-jar", jar}, jar, "600"},
		{[]string{"--log", log}, log, "600"},
		{[]string{"--export-environment", open, "--export-secrets"}, open, "600"},
		{[]string{"--export-globals", filepath.Join(dir, "g.json"), "--no-mask"}, filepath.Join(dir, "g.json"), "600"},
	} {
		if code, stderr := drive(t, io.Discard, append([]string{"run", collection, "-e", env}, tt.args...)...); code != exit.OK {
			t.Fatalf("%v: exit %d: %s", tt.args, code, stderr)
		}
		if got := modeOf(t, tt.path); got != tt.want {
			t.Errorf("%v: mode %s, want %s", tt.args, got, tt.want)
		}
	}
}

// A log that cannot be written takes no report with it: the run goes on, the
// log is named, and the exit code says that something is missing.
func TestLogOnAFullDisk(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("no /dev/full here")
	}
	srv := runnertest.Serve(t, nil)
	collection := file(t, "c.json", fmt.Sprintf(passing, srv.URL))
	dir := t.TempDir()
	junit, tap := filepath.Join(dir, "r.xml"), filepath.Join(dir, "r.tap")
	code, stderr := drive(t, io.Discard, "run", collection, "-n", "20", "--log", "/dev/full", "-r", "junit,tap", "--reporter-junit-export", junit, "--reporter-tap-export", tap)
	if code != exit.Failed || !strings.Contains(stderr, "run log: /dev/full: no space left on device") {
		t.Errorf("exit %d: %s", code, stderr)
	}
	for path, want := range map[string]string{junit: "<testcase", tap: "\nok "} {
		src, err := os.ReadFile(path)
		if err != nil || strings.Count(string(src), want) != 20 {
			t.Errorf("%s has %d of 20 tests, %v", path, strings.Count(string(src), want), err)
		}
	}
}

// Without room for temporary files the run goes on as well, alone and with
// others; the variable that names another place is named.
func TestNoTemporaryFiles(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the variable is another")
	}
	srv := runnertest.Serve(t, nil)
	collection := file(t, "c.json", fmt.Sprintf(passing, srv.URL))
	a, b := file(t, "a.json", `{"name":"a","values":[]}`), file(t, "b.json", `{"name":"b","values":[]}`)
	dir := t.TempDir()
	none := filepath.Join(dir, "none")
	t.Setenv("TMPDIR", none)
	junit := filepath.Join(dir, "r.xml")
	for _, args := range [][]string{
		{"-n", "3"},
		{"-n", "3", "--parallel", "3"},
		{"-e", a, "-e", b, "-j", "2"},
	} {
		os.Remove(junit)
		code, stderr := drive(t, io.Discard, append([]string{"run", collection, "-r", "junit", "--reporter-junit-export", junit}, args...)...)
		if code != exit.Failed || !strings.Contains(stderr, none) || !strings.Contains(stderr, "TMPDIR") {
			t.Errorf("%v: exit %d: %s", args, code, stderr)
		}
		if src, err := os.ReadFile(junit); err != nil || strings.Count(string(src), "<testcase") < 2 {
			t.Errorf("%v: %v, %s", args, err, src)
		}
	}
}

// Files that are named after requests and runs have names that a system takes,
// however long those of the collection are.
func TestFilesOfLongNames(t *testing.T) {
	t.Parallel()
	srv := runnertest.Serve(t, nil)
	long := strings.Repeat("long name ", 1000)
	collection := file(t, "c.json", fmt.Sprintf(`{"info":{"name":%[1]q},"item":[{"name":%[1]q,"request":%[2]q,"event":[{"listen":"test","script":{"exec":["pm.test('red', () => pm.expect.fail())"]}}]}]}`, long, srv.URL))
	first := file(t, "a.json", fmt.Sprintf(`{"name":%q,"values":[]}`, long+"1"))
	second := file(t, "b.json", fmt.Sprintf(`{"name":%q,"values":[]}`, long+"2"))
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	code, stderr := drive(t, io.Discard, "run", collection, "-e", first, "-e", second, "-r", "junit,json,allure", "--reporter-junit-export", at("r.xml"), "--reporter-junit-attachments", at("sent"),
		"--reporter-json-export", at("r.json"), "--reporter-allure-export", at("allure"), "--export-environment", at("env.json"), "--log", at("log"))
	if code != exit.Failed || strings.Contains(stderr, "error") {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	for pattern, want := range map[string]int{"r.xml": 1, "r-long*.json": 2, "env-long*.json": 2, "sent/*.txt": 2, "allure*/*-result.json": 2} {
		if got, err := filepath.Glob(at(pattern)); err != nil || len(got) != want {
			t.Errorf("%s: %d files, want %d", pattern, len(got), want)
		}
	}
	if code, stderr := drive(t, io.Discard, "diff", at("log"), "--snapshot", at("approved"), "--update"); code != exit.OK {
		t.Errorf("exit %d: %s", code, stderr)
	}
}

// What a command is to write and cannot is named and ends it with exit code 1,
// whichever command it is and wherever the file was to be; what it reads and
// cannot ends it with 3.
func TestExitCodesOfFiles(t *testing.T) {
	t.Parallel()
	srv := runnertest.Serve(t, nil)
	collection := file(t, "c.json", fmt.Sprintf(passing, srv.URL))
	log, load := filepath.Join(t.TempDir(), "run.ndjson"), filepath.Join(t.TempDir(), "load.json")
	for _, args := range [][]string{{"run", collection, "--log", log}, {"load", collection, "--iterations", "1", "--json", load}} {
		if code, stderr := drive(t, io.Discard, args...); code != exit.OK {
			t.Fatalf("%v: exit %d: %s", args, code, stderr)
		}
	}
	below, folder := filepath.Join(collection, "x"), t.TempDir()
	write(t, filepath.Join(folder, "kept"), "")
	writes := map[string][]string{ // the path is the last argument
		"report, json":        {"report", log, "--json"},
		"report, junit":       {"report", log, "--junit"},
		"report, tap":         {"report", log, "--tap"},
		"report, allure":      {"report", log, "--allure"},
		"report, log":         {"report", log, log, "--log"},
		"report, load":        {"report", load, "--html"},
		"merge":               {"report", "merge", log, log, "--json"},
		"rerun, json":         {"rerun", log, "-r", "json", "--reporter-json-export"},
		"rerun, tap":          {"rerun", log, "-r", "tap", "--reporter-tap-export"},
		"rerun, log":          {"rerun", log, "--log"},
		"replay, log":         {"replay", log, "--log"},
		"run, json":           {"run", collection, "-r", "json", "--reporter-json-export"},
		"run, tap":            {"run", collection, "-r", "tap", "--reporter-tap-export"},
		"run, github":         {"run", collection, "-r", "github", "--reporter-github-export"},
		"run, log":            {"run", collection, "--log"},
		"run, cookies":        {"run", collection, "--export-cookie-jar"},
		"run, globals":        {"run", collection, "--export-globals"},
		"a part without runs": {"run", collection, "-e", file(t, "a.json", `{"name":"a","values":[]}`), "-e", file(t, "b.json", `{"name":"b","values":[]}`), "--shard", "3/3", "--log"},
		"diff, html":          {"diff", log, log, "--html"},
		"diff, approved":      {"diff", log, "--update", "--snapshot"},
		"code":                {"code", collection, "A", "-o"},
		"convert, v2.1":       {"convert", collection, "--to", "v2.1", "-o"},
		"convert, v3":         {"convert", collection, "-o"},
		"man":                 {"man"},
		"load, json":          {"load", collection, "--iterations", "1", "--json"},
		"load, saved":         {"load", collection, "--iterations", "1", "--save"},
	}
	for name, args := range writes {
		code, stderr := drive(t, io.Discard, append(args[:len(args):len(args)], below)...)
		if code != exit.Failed || !strings.Contains(stderr, "not a directory") {
			t.Errorf("%s: exit %d, want 1: %s", name, code, stderr)
		}
	}
	reads := map[string][]string{
		"run": {"run"}, "list": {"list"}, "lint": {"lint"}, "convert": {"convert"}, "load": {"load", "--iterations", "1"},
		"code": {"code", "--lang", "curl"}, "mock": {"mock"}, "report": {"report"}, "rerun": {"rerun"}, "replay": {"replay"},
		"diff": {"diff", log}, "learned": {"diff", log, log, "--learn"}, "merge": {"report", "merge", log},
		"environment": {"run", collection, "-e"}, "globals": {"run", collection, "-g"}, "data": {"run", collection, "-d"},
		"cookie jar": {"run", collection, "--cookie-jar"}, "compared loads": {"load", "compare", load},
	}
	for name, args := range reads {
		for _, path := range []string{below, folder, filepath.Join(folder, "none")} {
			all := append(args[:len(args):len(args)], path)
			if name == "code" {
				all = append(all, "A")
			}
			if code, stderr := drive(t, io.Discard, all...); code != exit.NotRun {
				t.Errorf("%s of %s: exit %d, want 3: %s", name, path, code, stderr)
			}
		}
	}
}

// An output that cannot be opened costs none of the others: the run goes on.
func TestOutputsThatCannotBeOpened(t *testing.T) {
	t.Parallel()
	srv := runnertest.Serve(t, nil)
	collection := file(t, "c.json", fmt.Sprintf(passing, srv.URL))
	below, junit := filepath.Join(collection, "x"), filepath.Join(t.TempDir(), "r.xml")
	for name, args := range map[string][]string{
		"tap":        {"-r", "tap,junit", "--reporter-tap-export", below},
		"run log":    {"-r", "junit", "--log", below},
		"run log x2": {"-r", "junit", "--log", below, "-n", "4", "--parallel", "2"},
	} {
		os.Remove(junit)
		code, stderr := drive(t, io.Discard, append([]string{"run", collection, "--reporter-junit-export", junit}, args...)...)
		if src, err := os.ReadFile(junit); code != exit.Failed || !strings.Contains(stderr, below+": not a directory") || err != nil || !strings.Contains(string(src), "<testcase") {
			t.Errorf("%s: exit %d: %s\n%v %s", name, code, stderr, err, src)
		}
	}
}
