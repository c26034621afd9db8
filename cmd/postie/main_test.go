package main

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"os"
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
// isxml check a file.
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
		},
	})
}

func serve(t *testing.T, ts *testscript.TestScript) {
	s := runnertest.Serve(t, nil)
	ts.Setenv("URL", s.URL)
	ts.Setenv("ADDR", s.Addr)
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
