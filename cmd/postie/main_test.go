package main

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"postie/cmd/internal/term"
	"postie/runner/runnertest"
)

var update = flag.Bool("update", false, "rewrite the golden parts of the scripts")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"postie": func() { os.Exit(run(os.Args[1:], term.Std())) },
	})
}

// TestScript runs testdata/script/*.txtar: the command line as a user types
// it. Extra commands: serve starts an echo server and sets $URL, isjson and
// isxml check a file, cutlog cuts a run log, glob counts files.
func TestScript(t *testing.T) {
	t.Parallel()
	home := t.TempDir() // not above a script's folder, nor in it: it is no working directory
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("HOME", home)
			env.Setenv("XDG_CACHE_HOME", env.WorkDir+"/cache")
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"serve":  func(ts *testscript.TestScript, _ bool, _ []string) { serve(t, ts) },
			"isjson": isJSON,
			"isxml":  isXML,
			"cutlog": cutLog,
			"glob":   glob,
		},
	})
}

// serve answers /pair to two requests at once: each waits for the other.
func serve(t *testing.T, ts *testscript.TestScript) {
	pair := make(chan bool)
	s := runnertest.Serve(t, func(w *runnertest.Wire) string {
		if w.Target == "/pair" {
			select {
			case pair <- true:
			case <-pair:
			case <-t.Context().Done(): // the other does not come
			}
		}
		return runnertest.Echo(w)
	})
	ts.Setenv("URL", s.URL)
	ts.Setenv("ADDR", s.Addr)
}

// cutLog writes a part of a run log: "before 8" its first eight lines, "half 8"
// these and half of the next, "without 8" all lines but the one after these.
func cutLog(ts *testscript.TestScript, _ bool, args []string) {
	lines := strings.SplitAfter(ts.ReadFile(args[2]), "\n")
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	part := slices.Clone(lines[:n])
	switch args[0] {
	case "half":
		part = append(part, lines[n][:len(lines[n])/2])
	case "without":
		part = append(part, lines[n+1:]...)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[3]), []byte(strings.Join(part, "")), 0o666))
}

// glob checks how many files match a pattern.
func glob(ts *testscript.TestScript, _ bool, args []string) {
	found, err := filepath.Glob(ts.MkAbs(args[0]))
	ts.Check(err)
	if fmt.Sprint(len(found)) != args[1] {
		ts.Fatalf("%s: %q, want %s", args[0], found, args[1])
	}
}

func isJSON(ts *testscript.TestScript, neg bool, args []string) {
	ok := json.Valid([]byte(ts.ReadFile(args[0])))
	if ok == neg {
		ts.Fatalf("%s: valid JSON is %v", args[0], ok)
	}
}

func isXML(ts *testscript.TestScript, neg bool, args []string) {
	dec := xml.NewDecoder(strings.NewReader(ts.ReadFile(args[0])))
	for {
		_, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			if !neg {
				ts.Fatalf("%s: %v", args[0], err)
			}
			return
		}
	}
}
