package main

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"syscall"
	"testing"

	"postie/cmd/internal/exit"
)

const endless = `{"info":{"name":"Endless","schema":"https://schema.getpostman.com/json/collection/v2.1.0/collection.json"},
"item":[{"name":"A","request":"%s/"}]}`

// An interrupted run finishes its item, writes every report and exits 130; a
// terminated one, 143, and one whose terminal went away, 129. -x is no word on that.
func TestPromise_68_InterruptWritesReports(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("no such signals")
	}
	bin := build(t)
	for sig, want := range map[syscall.Signal]int{syscall.SIGINT: exit.Interrupted, syscall.SIGTERM: 143, syscall.SIGHUP: 129} {
		t.Run(sig.String(), func(t *testing.T) {
			t.Parallel()
			if signal.Ignored(sig) {
				t.Skip("these tests run under nohup, which the program respects")
			}
			second := make(chan struct{})
			var n atomic.Int32
			srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
				if n.Add(1) == 2 {
					close(second)
				}
			}))
			defer srv.Close()
			dir := t.TempDir()
			var out bytes.Buffer
			cmd := exec.CommandContext(t.Context(), bin, "run", file(t, "endless.json", fmt.Sprintf(endless, srv.URL)), "-n", "100000000", "--delay-request", "1",
				"-r", "cli,json,junit", "--reporter-export", dir+string(filepath.Separator), "--quiet", "-x")
			cmd.Stdout, cmd.Stderr = &out, &out
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			<-second
			if err := cmd.Process.Signal(sig); err != nil {
				t.Fatal(err)
			}
			_ = cmd.Wait()
			if got := cmd.ProcessState.ExitCode(); got != want {
				t.Errorf("exit %d, want %d: %s", got, want, out.Bytes())
			}
			if list, _ := os.ReadDir(dir); len(list) != 2 {
				t.Errorf("%d reports of 2", len(list))
			}
			if !bytes.Contains(out.Bytes(), []byte("interrupted")) {
				t.Errorf("nothing says so: %s", out.Bytes())
			}
		})
	}
}

// What nohup has switched off ends no run.
func TestHangupIgnored(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("no such signals")
	}
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("no shell here")
	}
	first, done := make(chan struct{}), make(chan struct{})
	var n atomic.Int32
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		if n.Add(1) == 1 {
			close(first)
			<-done
		}
	}))
	defer srv.Close()
	collection := file(t, "c.json", fmt.Sprintf(endless, srv.URL))
	cmd := exec.CommandContext(t.Context(), sh, "-c", `trap "" HUP; exec "$@"`, "sh", build(t), "run", collection, "-n", "3")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	<-first
	if err := cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	close(done)
	if err := cmd.Wait(); err != nil || n.Load() != 3 {
		t.Errorf("%v, %d requests of 3", err, n.Load())
	}
}

// build is the program as a file: the test binary, which testscript runs
// under the program's name.
func build(t *testing.T) string {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(t.TempDir(), "postie")
	if err := os.Symlink(exe, link); err != nil {
		t.Fatal(err)
	}
	return link
}
