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
