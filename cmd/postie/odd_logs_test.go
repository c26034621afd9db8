package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"postie/cmd/internal/exit"
	"postie/cmd/internal/term"
	"postie/runner/report"
	"postie/runner/runnertest"
)

// recordedLog is the log of a run in which everything happens that a log can
// hold: folders, failures of each kind, console, data, redirects, skipped items.
func recordedLog(t testing.TB) []byte {
	t.Helper()
	srv := runnertest.Serve(t, nil)
	dir := t.TempDir()
	src := fmt.Sprintf(`{"info":{"name":"C"},"item":[{"name":"F","item":[
		{"name":"A","request":"%[1]s/a","event":[{"listen":"prerequest","script":{"exec":["console.log('hello', {a: 1})"]}},
			{"listen":"test","script":{"exec":["pm.test('no', () => pm.expect(1).to.equal(2)); pm.test('yes', () => {}); pm.test.skip('later', () => {})"]}}]},
		{"name":"B","request":"http://127.0.0.1:1/","event":[{"listen":"test","script":{"exec":["throw new Error('x')"]}}]}]},
		{"name":"S","request":"%[1]s/s","event":[{"listen":"prerequest","script":{"exec":["pm.execution.skipRequest()"]}}]},
		{"name":"{{undefined}}","request":"%[1]s/{{undefined}}"}]}`, srv.URL)
	path, collection := filepath.Join(dir, "run.ndjson"), filepath.Join(dir, "c.json")
	if err := os.WriteFile(collection, []byte(src), 0o600); err != nil {
		t.Fatal(err)
	}
	quiet := &term.Streams{In: strings.NewReader(""), Out: io.Discard, Err: io.Discard, Getenv: func(string) string { return "" }}
	if code := run([]string{"run", collection, "-n", "2", "--silent", "--log", path}, quiet); code != exit.Failed {
		t.Fatalf("exit %d", code)
	}
	log, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return log
}

// readLog gives a log to every command that reads one. Whatever it holds, they
// end with an exit code; requests reach nothing.
func readLog(t testing.TB, dir string, good, log []byte) {
	t.Helper()
	odd, whole := filepath.Join(dir, "odd.ndjson"), filepath.Join(dir, "whole.ndjson")
	for path, text := range map[string][]byte{odd: log, whole: good} {
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out := filepath.Join(dir, "out")
	all := []string{"report", odd, "--partial", "--log", filepath.Join(out, "all.ndjson")}
	for _, name := range report.FormatNames() {
		all = append(all, "--"+name, filepath.Join(out, "report."+name))
	}
	nowhere := []string{"--unix-socket", filepath.Join(dir, "nowhere"), "--timeout", "2000", "--silent", "--partial"}
	for _, args := range [][]string{
		all,
		{"report", odd},
		{"report", "merge", odd, whole, odd, "--junit", filepath.Join(out, "merged.xml"), "--teamcity", filepath.Join(out, "merged.txt"), "--html", filepath.Join(out, "merged.html")},
		{"diff", odd, whole, "--learn", odd, "--partial", "--html", filepath.Join(out, "page.html")},
		{"diff", whole, odd},
		{"diff", odd, "--snapshot", filepath.Join(out, "snap"), "--update", "--partial"},
		{"diff", odd, "--snapshot", filepath.Join(out, "snap"), "--partial"},
		append([]string{"rerun", odd, "--failed"}, nowhere...),
		append([]string{"rerun", odd}, nowhere...),
		append([]string{"replay", odd, "--pace"}, nowhere...),
	} {
		quiet := &term.Streams{In: strings.NewReader(""), Out: io.Discard, Err: io.Discard, Getenv: func(string) string { return "" }}
		if code := run(args, quiet); code < exit.OK || code > exit.NotRun {
			t.Errorf("%v: exit %d", args[:2], code)
		}
	}
}

// TestOddLogs takes each line out of a log, and makes each member of a line null:
// no command panics. FuzzOddLogs of package report looks further, at what they
// read logs with.
func TestOddLogs(t *testing.T) {
	if testing.Short() {
		t.Skip("many runs of the program")
	}
	t.Parallel()
	good := recordedLog(t)
	lines := bytes.SplitAfter(bytes.TrimSpace(good), []byte("\n"))
	dir := t.TempDir()
	join := func(i int, line []byte) []byte {
		list := append(append(append([][]byte{}, lines[:i]...), line), lines[i+1:]...)
		return bytes.Join(list, nil)
	}
	seen := map[string]bool{} // kinds of events: one of each is enough
	for i, line := range lines {
		var members map[string]json.RawMessage
		if err := json.Unmarshal(line, &members); err != nil {
			t.Fatal(err)
		}
		kind := string(members["event"])
		if seen[kind] {
			continue
		}
		seen[kind] = true
		readLog(t, dir, good, join(i, nil))
		for name, was := range members {
			if name == "v" || name == "event" {
				continue
			}
			members[name] = json.RawMessage("null")
			text, err := json.Marshal(members)
			if err != nil {
				t.Fatal(err)
			}
			readLog(t, dir, good, join(i, append(text, '\n')))
			members[name] = was
		}
	}
}
