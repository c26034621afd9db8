package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"postie/cmd/internal/term"
	"postie/runner/runnertest"
)

// workshop is a directory with a collection folder in it and a secret beside
// that.
func workshop(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	write(t, filepath.Join(dir, "secret.txt"), "s3cret")
	write(t, filepath.Join(dir, "work", "a.txt"), "hello")
	write(t, filepath.Join(dir, "work", "sub", "b.txt"), "below")
	return dir
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// upload runs a collection that sends a file, and returns the exit code, what
// was printed and what came.
func upload(t *testing.T, dir, src string, args ...string) (code int, printed string, wire []runnertest.Wire) {
	t.Helper()
	srv := runnertest.Serve(t, nil)
	name, err := json.Marshal(src)
	if err != nil {
		t.Fatal(err)
	}
	return runItem(t, srv, dir, `{"name":"up","request":{"method":"POST","url":"`+srv.URL+`/up","body":{"mode":"file","file":{"src":`+string(name)+`}}}},
		{"name":"form","request":{"method":"POST","url":"`+srv.URL+`/form","body":{"mode":"formdata","formdata":[{"key":"f","type":"file","src":`+string(name)+`}]}}}`, args...)
}

func runItem(t *testing.T, srv *runnertest.Server, dir, items string, args ...string) (code int, printed string, wire []runnertest.Wire) {
	t.Helper()
	file := filepath.Join(dir, "work", "c.json")
	write(t, file, `{"info":{"name":"c","schema":"https://schema.getpostman.com/json/collection/v2.1.0/collection.json"},"item":[`+items+`]}`)
	var out strings.Builder
	s := &term.Streams{In: strings.NewReader(""), Out: &out, Err: &out, Getenv: func(string) string { return "" }}
	code = run(append([]string{"run", file}, args...), s)
	return code, out.String(), srv.Requests()
}

func TestPromise_20_21_23_FilesOutsideAreRefused(t *testing.T) {
	t.Parallel()
	dir := workshop(t)
	for _, src := range []string{"/etc/passwd", "../secret.txt", "sub/../../secret.txt", filepath.Join(dir, "secret.txt"), `..\secret.txt`} {
		code, printed, wire := upload(t, dir, src)
		if code != 1 || len(wire) != 0 || !strings.Contains(printed, "refused") || !strings.Contains(printed, "--working-dir") {
			t.Errorf("%s: exit %d, %d requests came\n%s", src, code, len(wire), printed)
		}
	}
	for _, src := range []string{"a.txt", "./sub/b.txt", "sub/../a.txt", filepath.Join(dir, "work", "a.txt")} {
		code, printed, wire := upload(t, dir, src)
		if code != 0 || len(wire) != 2 || wire[0].Body == "" || !strings.Contains(wire[1].Body, "Content-Type: text/plain") {
			t.Errorf("%s: exit %d, %v\n%s", src, code, wire, printed)
		}
	}
	code, printed, wire := upload(t, dir, "../secret.txt", "--working-dir", dir)
	if code != 1 || len(wire) != 0 {
		t.Errorf("--working-dir: exit %d\n%s", code, printed)
	}
	if code, printed, wire = upload(t, dir, "secret.txt", "--working-dir", dir); code != 0 || wire[0].Body != "s3cret" {
		t.Errorf("--working-dir: exit %d, %v\n%s", code, wire, printed)
	}
	if code, printed, wire = upload(t, dir, "../secret.txt", "--insecure-file-read", "--working-dir", filepath.Join(dir, "work")); code != 0 || wire[0].Body != "s3cret" {
		t.Errorf("--insecure-file-read: exit %d, %v\n%s", code, wire, printed)
	}
}

func TestPromise_22_SymlinksStayInside(t *testing.T) {
	t.Parallel()
	dir := workshop(t)
	for name, to := range map[string]string{"out.txt": "../secret.txt", "abs.txt": filepath.Join(dir, "secret.txt"), "up": "..", "in.txt": "a.txt"} {
		if err := os.Symlink(to, filepath.Join(dir, "work", name)); err != nil {
			t.Skip("no symbolic links here")
		}
	}
	for src, want := range map[string]int{"out.txt": 1, "abs.txt": 1, "up/secret.txt": 1, "in.txt": 0} {
		if code, printed, wire := upload(t, dir, src); code != want || want == 1 && len(wire) != 0 {
			t.Errorf("%s: exit %d, %d requests\n%s", src, code, len(wire), printed)
		}
	}
}

func TestPromise_23_MissingFileFailsTheRequest(t *testing.T) {
	t.Parallel()
	code, printed, wire := upload(t, workshop(t), "none.txt")
	if code != 1 || len(wire) != 0 || !strings.Contains(printed, `file "none.txt": no such file`) {
		t.Errorf("exit %d, %d requests\n%s", code, len(wire), printed)
	}
}

func TestPromise_24_OnlyRegularFilesAreOpened(t *testing.T) {
	t.Parallel()
	dir := workshop(t)
	fifo := filepath.Join(dir, "work", "pipe")
	names := []string{"sub", "."}
	if makePipe(fifo) == nil {
		names = append(names, "pipe")
	}
	for _, src := range names {
		code, printed, wire := upload(t, dir, src)
		if code != 1 || len(wire) != 0 || !strings.Contains(printed, "is not a regular file") {
			t.Errorf("%s: exit %d, %d requests\n%s", src, code, len(wire), printed)
		}
	}
	for _, src := range []string{"/dev/zero", "/proc/self/environ", `\\host\share\x`, "//host/share/x"} {
		if code, printed, wire := upload(t, dir, src); code != 1 || len(wire) != 0 {
			t.Errorf("%s: exit %d, %d requests\n%s", src, code, len(wire), printed)
		}
	}
	if code, printed, wire := upload(t, dir, "/dev/zero", "--insecure-file-read"); code != 1 || len(wire) != 0 {
		t.Errorf("/dev/zero, opened: exit %d, %d requests\n%s", code, len(wire), printed)
	}
}

// A collection's certificate member names files too: none is read.
func TestPromise_25_CertificatesOfCollectionsAreNotRead(t *testing.T) {
	t.Parallel()
	srv := runnertest.Serve(t, nil)
	code, printed, wire := runItem(t, srv, workshop(t), `{"name":"c","request":{"url":"`+srv.URL+`/","certificate":{"name":"x","matches":["<all_urls>"],
		"key":{"src":"/etc/passwd"},"cert":{"src":"/etc/passwd"}}}}`)
	if code != 0 || len(wire) != 1 || strings.Contains(printed, "passwd") {
		t.Errorf("exit %d, %d requests\n%s", code, len(wire), printed)
	}
}

func TestPromise_26_ScriptsSendNoFiles(t *testing.T) {
	t.Parallel()
	srv := runnertest.Serve(t, nil)
	script := `pm.sendRequest({url: '` + srv.URL + `/s', method: 'POST', body: {mode: 'file', file: {src: 'a.txt'}}}, () => {});` +
		`pm.sendRequest({url: '` + srv.URL + `/s', method: 'POST', body: {mode: 'formdata', formdata: [{key: 'f', type: 'file', src: 'a.txt'}]}}, () => {});`
	exec, err := json.Marshal([]string{script})
	if err != nil {
		t.Fatal(err)
	}
	code, printed, wire := runItem(t, srv, workshop(t), `{"name":"s","event":[{"listen":"test","script":{"exec":`+string(exec)+`}}],"request":{"url":"`+srv.URL+`/"}}`)
	if code != 0 || len(wire) != 3 {
		t.Fatalf("exit %d, %d requests\n%s", code, len(wire), printed)
	}
	for _, w := range wire {
		if strings.Contains(w.Body, "hello") {
			t.Errorf("%s %s carries the file", w.Method, w.Target)
		}
	}
	if !strings.Contains(printed, "uploading files from scripts is not allowed") {
		t.Errorf("no word of it:\n%s", printed)
	}
}
