package runnertest

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"postie/collections"
	"postie/collections/vars"
	"postie/runner"
	"postie/runner/event"
	"postie/runner/script"
)

// RunScenarios runs every scenario of dir with an engine. A scenario is a
// txtar file: its comment states the rule, "collection.json" (and
// "environment.json", "globals.json", "data.csv", "data.json") are the
// documents, "options" holds lines of "name value", and "events.golden" is
// what must happen. {{host}} is an echo server. -update rewrites the goldens.
func RunScenarios(t *testing.T, dir string, engine script.Engine) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.txtar"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no scenario in %s (%v)", dir, err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			runScenario(t, file, engine)
		})
	}
}

func runScenario(t *testing.T, file string, engine script.Engine) {
	ar, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	s := &scenario{files: map[string][]byte{}}
	for _, f := range ar.Files {
		s.files[f.Name] = f.Data
	}
	got := s.run(t, engine)
	if f := flag.Lookup("update"); f != nil && f.Value.String() == "true" {
		updateGolden(t, file, ar, got)
		return
	}
	if diff := cmp.Diff(string(s.files["events.golden"]), got); diff != "" {
		t.Errorf("%s\nevents (-want +got):\n%s", strings.TrimSpace(string(ar.Comment)), diff)
	}
}

func updateGolden(t *testing.T, file string, ar *txtar.Archive, got string) {
	for i := range ar.Files {
		if ar.Files[i].Name == "events.golden" {
			ar.Files[i].Data = []byte(got)
			if err := os.WriteFile(file, txtar.Format(ar), 0o644); err != nil {
				t.Fatal(err)
			}
			return
		}
	}
	t.Fatalf("%s: no events.golden to update", file)
}

type scenario struct{ files map[string][]byte }

func (s *scenario) run(t *testing.T, engine script.Engine) string {
	srv := Serve(t, nil)
	opts, err := s.options(srv, engine)
	if err != nil {
		t.Fatal(err)
	}
	tr := &transcript{server: srv}
	opts.Output.Reporters = []event.Reporter{tr}
	_, err = runner.Run(t.Context(), *opts)
	if err != nil {
		tr.line("error: %v", err)
	}
	if len(s.files["wire"]) > 0 || s.files["wire"] != nil {
		tr.wire()
	}
	return tr.out.String()
}

// options reads the documents and the "options" file.
func (s *scenario) options(srv *Server, engine script.Engine) (*runner.Options, error) {
	col, err := collections.Parse("collection.json", s.files["collection.json"])
	if err != nil {
		return nil, err
	}
	o := &runner.Options{
		Documents: runner.Documents{Collection: col, Files: s.folder()},
		Network:   runner.Network{UserAgent: "postie/test"},
		Scripts:   runner.Scripts{Engine: engine},
		Rand:      rand.New(rand.NewPCG(1, 2)),
		Now:       func() time.Time { return time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC) },
	}
	for name, to := range map[string]**vars.Scope{"environment.json": &o.Environment, "globals.json": &o.Globals} {
		if src := s.files[name]; src != nil {
			if *to, err = collections.ParseEnvironment(name, src); err != nil {
				return nil, err
			}
		}
	}
	if o.Globals == nil {
		o.Globals = vars.NewScope("globals")
	}
	o.Globals.Set("host", srv.URL)
	for _, name := range []string{"data.csv", "data.json"} {
		if src := s.files[name]; src != nil {
			if o.Data, err = collections.ReadData(name, bytes.NewReader(src)); err != nil {
				return nil, err
			}
		}
	}
	return o, s.apply(o)
}

// folder serves the scenario's own files as body files.
func (s *scenario) folder() fs.FS {
	out := fstest.MapFS{}
	for name, data := range s.files {
		out[name] = &fstest.MapFile{Data: data}
	}
	return out
}

func (s *scenario) apply(o *runner.Options) error {
	for line := range strings.Lines(string(s.files["options"])) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch name {
		case "":
		case "bail":
			o.Bail = runner.Bail(value)
		case "iterations":
			o.Iterations, _ = strconv.Atoi(value)
		case "folder":
			o.Select = append(o.Select, value)
		case "strict":
			o.Checks.Strict = true
		case "allow-empty":
			o.AllowEmpty = true
		case "no-mask":
			o.Output.Mask.Off = true
		default:
			return errors.New("unknown option " + name)
		}
	}
	return nil
}

// A transcript prints events as short lines, without what changes from run to
// run.
type transcript struct {
	server *Server
	out    strings.Builder
}

func (t *transcript) line(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	t.out.WriteString(strings.ReplaceAll(text, t.server.URL, "http://HOST") + "\n")
}

func (t *transcript) Report(e event.Event, sum *event.Summary) error {
	switch e := e.(type) {
	case *event.RunStarted:
		t.line("start %q: %d items × %d", e.Name, e.Items, e.Iterations)
	case *event.IterationStarted:
		if e.Cursor.Cycles > 1 {
			t.line("iteration %d %s", e.Cursor.Iteration, e.Data)
		}
	case *event.ItemStarted:
		t.line("item %s", strings.Join(e.Item.Path, " / "))
	case *event.RequestFinished:
		t.request(e)
	case *event.TestFinished:
		t.test(e)
	case *event.ScriptFinished:
		if e.Err != nil {
			t.line("  %s script of %q failed: %s: %s", e.Listen, e.Owner, e.Err.Name, e.Err.Message)
		}
	case *event.ConsoleLogged:
		var words []string
		for _, m := range e.Messages {
			words = append(words, m.Inspect)
		}
		t.line("  console.%s %s", e.Level, strings.Join(words, ", "))
	case *event.Warned:
		t.line("  warning: %s", strings.TrimSpace(e.Text+" "+e.Hint))
	case *event.ItemFinished:
		if e.Skipped {
			t.line("  skipped")
		}
	case *event.RunFinished:
		t.finished(e, sum)
	}
	return nil
}

func (t *transcript) request(e *event.RequestFinished) {
	outcome := ""
	switch {
	case e.Err != nil:
		outcome = "error: " + e.Err.Message
	case e.Response != nil:
		outcome = strconv.Itoa(e.Response.Code) + " " + e.Response.Status
	}
	source := ""
	if e.Source != "item" {
		source = " (" + e.Source + ")"
	}
	t.line("  %s %s → %s%s", e.Request.Method, e.Request.URL, outcome, source)
}

func (t *transcript) test(e *event.TestFinished) {
	switch {
	case e.Skipped:
		t.line("  - %s", e.Name)
	case e.Err != nil:
		t.line("  ✗ %s: %s: %s", e.Name, e.Err.Name, e.Err.Message)
	default:
		t.line("  ✓ %s", e.Name)
	}
}

func (t *transcript) finished(e *event.RunFinished, sum *event.Summary) {
	if e.Err != nil {
		t.line("ended early: %s", e.Err.Message)
	}
	s := sum.Stats
	t.line("end: iterations %d, items %d, requests %d/%d, tests %d, assertions %d/%d, scripts %d/%d", s.Iterations.Total, s.Items.Total,
		s.Requests.Total, s.Requests.Failed, s.Tests.Total, s.Assertions.Total, s.Assertions.Failed, s.Scripts.Total, s.Scripts.Failed)
}

// wire prints what the server received, without the headers that are alike
// in every request.
func (t *transcript) wire() {
	for _, w := range t.server.Requests() {
		t.line("wire %s %s", w.Method, w.Target)
		for _, h := range w.Header {
			switch h[0] {
			case "Postman-Token", "Host", "Accept", "Accept-Encoding", "Cache-Control", "Connection", "User-Agent":
				continue
			}
			t.line("  %s: %s", h[0], h[1])
		}
		if w.Body != "" {
			t.line("  body %q", w.Body)
		}
	}
}
