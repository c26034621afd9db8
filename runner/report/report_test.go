package report_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"postie/runner/event"
	"postie/runner/report"
	"postie/runner/runlog"
	"postie/runner/script"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// recorded is the log of a run with everything in it: two iterations, a
// redirect, an unreachable host, a skipped request, failures of each kind, and
// names made to harm whoever prints them.
func recorded(t testing.TB) report.Log {
	t.Helper()
	log, c, err := runlog.Open("testdata/run.ndjson")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return log
}

type renderFunc = func(io.Writer, report.Log, report.Options) error

func live(make func(io.Writer) event.Reporter) renderFunc {
	return func(w io.Writer, log report.Log, _ report.Options) error { return report.Replay(log, make(w)) }
}

func cli(o report.CLIOptions) renderFunc {
	o.Location = time.UTC
	return live(func(w io.Writer) event.Reporter { return report.NewCLI(w, o) })
}

func allure(w io.Writer, log report.Log, o report.Options) error {
	return report.Allure(log, o, func(name string) (io.WriteCloser, error) {
		_, err := fmt.Fprintf(w, "\n-- %s --\n", name)
		return nopCloser{w}, err
	})
}

type nopCloser struct{ io.Writer }

func (nopCloser) Close() error { return nil }

var renderers = map[string]renderFunc{
	"json":       report.JSON,
	"junit":      report.JUnit,
	"markdown":   report.Markdown,
	"ctrf":       report.CTRF,
	"csv":        report.CSV,
	"har":        report.HAR,
	"gitlab":     report.GitLab,
	"allure":     allure,
	"dot":        live(report.NewDot),
	"emojitrain": live(report.NewEmojitrain),
	"progress":   live(func(w io.Writer) event.Reporter { return report.NewProgress(w, 0) }),
	"tap":        live(report.NewTAP),
	"teamcity":   live(report.NewTeamCity),
	"github":     live(report.NewGitHub),
	"ndjson":     live(func(w io.Writer) event.Reporter { return runlog.NewWriter(w) }),
	"cli":        cli(report.CLIOptions{}),
	"cli_tty":    cli(report.CLIOptions{Color: true, Width: 100, Slow: time.Millisecond}),
	"cli_ascii":  cli(report.CLIOptions{NoUnicode: true, Timestamps: true}),
	"cli_fails":  cli(report.CLIOptions{OnlyFailures: true}),
	"cli_quiet":  cli(report.CLIOptions{Quiet: true}),
	"cli_wordy":  cli(report.CLIOptions{Verbose: true, NoFailures: true, NoSummary: true}),
}

func rendered(t testing.TB, name string, log report.Log, o report.Options) string {
	t.Helper()
	var b bytes.Buffer
	if err := renderers[name](&b, log, o); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return b.String()
}

// The way to look closer names the first failure that can be named.
func TestLookCloser(t *testing.T) {
	t.Parallel()
	failing := func(name string) []event.Event {
		item := event.ItemRef{ID: "i" + name, Name: name, Path: []string{"C", name}}
		return []event.Event{&event.ItemStarted{Item: item}, &event.TestFinished{Item: item, Name: "t", Err: &script.Error{Message: "no"}}, &event.ItemFinished{Item: item}}
	}
	for _, tt := range []struct {
		names []string
		want  string
	}{{[]string{""}, ""}, {[]string{"", "b c"}, "--folder 'b c' --verbose"}, {[]string{"a"}, "--folder a --verbose"}} {
		var b strings.Builder
		c := report.NewCLI(&b, report.CLIOptions{})
		events := []event.Event{&event.RunStarted{Name: "C", File: "c.json"}}
		for _, name := range tt.names {
			events = append(events, failing(name)...)
		}
		for _, e := range append(events, &event.RunFinished{}) {
			if err := c.Report(e, &event.Summary{}); err != nil {
				t.Fatal(err)
			}
		}
		_, got, _ := strings.Cut(b.String(), "to look closer: ")
		if strings.TrimSpace(got) != tt.want {
			t.Errorf("%q: %q, want %q", tt.names, got, tt.want)
		}
	}
}

// What failed executions sent and received is filed beside a JUnit report,
// which links it the way Jenkins and GitLab read.
func TestJUnitAttachments(t *testing.T) {
	t.Parallel()
	files := map[string]*bytes.Buffer{}
	o := report.Options{AttachTo: "out/att", Attach: func(name string) (io.WriteCloser, error) {
		files[name] = &bytes.Buffer{}
		return nopCloser{files[name]}, nil
	}}
	text := rendered(t, "junit", recorded(t), o)
	links := regexp.MustCompile(`\[\[ATTACHMENT\|out/att/([^\]]+)\]\]`).FindAllStringSubmatch(text, -1)
	if len(links) == 0 || len(links) != len(files) {
		t.Fatalf("%d links, %d files", len(links), len(files))
	}
	var all strings.Builder
	for _, l := range links {
		if !regexp.MustCompile(`^\w+-[0-9a-f]{8}\.txt$`).MatchString(l[1]) {
			t.Errorf("file name %q", l[1])
		}
		fmt.Fprintf(&all, "-- %s --\n%s", l[1], files[l[1]])
	}
	golden(t, "attachments", all.String())

	refused := errors.New("no room")
	o.Attach = func(string) (io.WriteCloser, error) { return nil, refused }
	if err := report.JUnit(io.Discard, recorded(t), o); !errors.Is(err, refused) {
		t.Errorf("error %v", err)
	}
}

func TestGolden(t *testing.T) {
	t.Parallel()
	for name := range renderers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := rendered(t, name, recorded(t), report.Options{})
			golden(t, name, got)
		})
	}
}

// golden compares a text with the one kept under a name, or keeps it.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".golden")
	if name == "ndjson" {
		path = "testdata/run.ndjson" // which the others read: it is not rewritten
	} else if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// jsonReport is what a reader of newman's report relies on.
type jsonReport struct {
	Collection struct{ Info struct{ Name string } }
	Run        struct {
		Stats      map[string]struct{ Total, Failed int }
		Timings    map[string]float64
		Transfers  struct{ ResponseTotal int64 }
		Error      *struct{ Message string }
		Executions []struct {
			ID     string
			Cursor struct {
				Ref                                 string
				Iteration, Position, Length, Cycles int
			}
			Item         struct{ Name string }
			Request      json.RawMessage
			RequestError *struct{ Code, Message string }
			Response     *struct {
				Code   int
				Body   *string
				Header []struct{ Key, Value string }
				Stream *struct {
					Type string
					Data json.RawMessage
				}
			}
			Assertions []struct {
				Assertion string
				Skipped   bool
				Error     *struct{ Message string }
			}
		}
		Failures []struct {
			At    string
			Error struct{ Name, Message, Test string }
			Item  struct{ Path []string }
		}
	}
}

func parseJSON(t *testing.T, o report.Options) jsonReport {
	t.Helper()
	var r jsonReport
	if err := json.Unmarshal([]byte(rendered(t, "json", recorded(t), o)), &r); err != nil {
		t.Fatal(err)
	}
	return r
}

// An execution appears once in the JSON report, however many requests it made; a
// skipped item does not.
func TestJSONExecutions(t *testing.T) {
	t.Parallel()
	r := parseJSON(t, report.Options{})
	var names []string
	for _, x := range r.Run.Executions[:5] {
		names = append(names, x.Item.Name)
	}
	if got := strings.Join(names[:4], ","); got != "Log in,Redirected,Unreachable,Binary" || len(r.Run.Executions) != 10 {
		t.Errorf("%d executions: %s", len(r.Run.Executions), got)
	}
	if e := r.Run.Executions[2].RequestError; e == nil || e.Code != "ECONNREFUSED" || !strings.Contains(e.Message, "ECONNREFUSED") {
		t.Errorf("request error %+v", e)
	}
	if len(r.Run.Failures) != 8 || r.Run.Failures[2].At != "request" || len(r.Run.Failures[2].Item.Path) != 4 {
		t.Errorf("failures %+v", r.Run.Failures)
	}
	if r.Run.Stats["requests"].Total != 12 || r.Run.Stats["requests"].Failed != 2 || r.Run.Stats["assertions"].Failed != 4 {
		t.Errorf("stats %+v", r.Run.Stats)
	}
}

func TestJSONBodies(t *testing.T) {
	t.Parallel()
	text, binary := 0, 3 // executions
	r := parseJSON(t, report.Options{})
	if b := r.Run.Executions[text].Response.Body; b == nil || !strings.HasPrefix(*b, `{"ok":true`) {
		t.Errorf("text body %v", b)
	}
	if s := r.Run.Executions[binary].Response.Stream; s == nil || s.Type != "Base64" || string(s.Data) != `"AP8B"` {
		t.Errorf("binary body %+v", s)
	}
	r = parseJSON(t, report.Options{Bodies: report.BodiesBytes})
	if s := r.Run.Executions[binary].Response.Stream; s == nil || s.Type != "Buffer" || strings.Join(strings.Fields(string(s.Data)), "") != "[0,255,1]" {
		t.Errorf("bytes %+v", s)
	}
	r = parseJSON(t, report.Options{Bodies: report.BodiesNone, OmitHeaders: true, OnlyFailures: true})
	for _, x := range r.Run.Executions {
		if x.Item.Name == "Binary" {
			t.Error("an execution that passed is there")
		}
		if x.Response != nil && (x.Response.Body != nil || x.Response.Stream != nil || len(x.Response.Header) > 0) {
			t.Errorf("%s: body or headers are there", x.Item.Name)
		}
		if bytes.Contains(x.Request, []byte("user=")) || bytes.Contains(x.Request, []byte("X-Trace")) {
			t.Errorf("request %s", x.Request)
		}
	}
	r = parseJSON(t, report.Options{MaxBody: 4})
	if b := r.Run.Executions[text].Response.Body; b == nil || *b != `{"ok` {
		t.Errorf("cut body %v", b)
	}
}

type junitFile struct {
	Tests    int `xml:"tests,attr"`
	Failures int `xml:"failures,attr"`
	Errors   int `xml:"errors,attr"`
	Suites   []struct {
		Name     string `xml:"name,attr"`
		Tests    int    `xml:"tests,attr"`
		Failures int    `xml:"failures,attr"`
		Errors   int    `xml:"errors,attr"`
		Skipped  int    `xml:"skipped,attr"`
		Cases    []struct {
			Name    string    `xml:"name,attr"`
			Class   string    `xml:"classname,attr"`
			Skipped *struct{} `xml:"skipped"`
			Failure *struct {
				Message string `xml:"message,attr"`
				Text    string `xml:",chardata"`
			} `xml:"failure"`
			Error *struct{} `xml:"error"`
		} `xml:"testcase"`
	} `xml:"testsuite"`
}

func parseJUnit(t *testing.T, log report.Log) junitFile {
	t.Helper()
	var f junitFile
	if err := xml.Unmarshal([]byte(rendered(t, "junit", log, report.Options{})), &f); err != nil {
		t.Fatal(err)
	}
	return f
}

// The counts of a suite, and of the file, are those of the cases in it.
func TestJUnitCounts(t *testing.T) {
	t.Parallel()
	f := parseJUnit(t, recorded(t))
	var tests, failures, errs int
	for _, s := range f.Suites {
		var fails, broken, skips int
		for _, c := range s.Cases {
			if c.Failure != nil {
				fails++
			}
			if c.Error != nil {
				broken++
			}
			if c.Skipped != nil {
				skips++
			}
		}
		if s.Tests != len(s.Cases) || s.Failures != fails || s.Errors != broken || s.Skipped != skips {
			t.Errorf("suite %q: %d/%d/%d/%d, its cases %d/%d/%d/%d", s.Name, s.Tests, s.Failures, s.Errors, s.Skipped, len(s.Cases), fails, broken, skips)
		}
		tests, failures, errs = tests+len(s.Cases), failures+fails, errs+broken
	}
	if f.Tests != tests || f.Failures != failures || f.Errors != errs || tests == 0 {
		t.Errorf("file %d/%d/%d, its cases %d/%d/%d", f.Tests, f.Failures, f.Errors, tests, failures, errs)
	}
}

// No report passes on what a terminal or a build server would act on.
func TestPromise_51_52_NothingActsOnTheReader(t *testing.T) {
	t.Parallel()
	command := regexp.MustCompile(`(?m)^\s*::|##vso\[|##\[|##teamcity\[y`)
	for name := range renderers {
		got := rendered(t, name, recorded(t), report.Options{})
		if name == "cli_tty" { // its own colours
			got = regexp.MustCompile(`\x1b\[(\d+|[\d;]+)m|\r\x1b\[K`).ReplaceAllString(got, "")
		}
		text := true
		switch name {
		case "json", "allure", "har", "ctrf", "gitlab", "ndjson":
			text = false // JSON, whose strings may hold C1 controls
		}
		if i := strings.IndexFunc(got, func(r rune) bool {
			return r < ' ' && r != '\n' && r != '\t' && r != '\r' || text && r >= 0x7f && r < 0xa0
		}); i >= 0 {
			t.Errorf("%s: control character in %q", name, got[max(0, i-40):i+10])
		}
		switch name {
		case "json", "junit", "allure", "har", "ctrf", "gitlab", "csv", "ndjson":
			continue // files, read by programs
		}
		if strings.ContainsAny(got, "\u202e\u2066") {
			t.Errorf("%s: text that turns the reading direction", name)
		}
		if name == "github" {
			got = regexp.MustCompile(`(?m)^::(error|warning) file=orders\.json[^\n]*`).ReplaceAllString(got, "")
		}
		if m := command.FindString(got); m != "" {
			t.Errorf("%s: a command of a build server: %q", name, m)
		}
	}
}

// One annotation for each failure and warning, and no other command.
func TestPromise_52_GitHubAnnotations(t *testing.T) {
	t.Parallel()
	got := rendered(t, "github", recorded(t), report.Options{})
	if n := strings.Count(got, "\n::error ") + strings.Count(got[:8], "::error "); n != 8 {
		t.Errorf("%d errors:\n%s", n, got)
	}
	if strings.Contains(got, "\n::set-output") || strings.Contains(got, "\n::warning::z") {
		t.Errorf("a command of the collection's:\n%s", got)
	}
}

// JUnit stays XML whatever is in names and messages.
func TestPromise_53_JUnitIsXML(t *testing.T) {
	t.Parallel()
	f := parseJUnit(t, recorded(t))
	found := false
	for _, s := range f.Suites {
		for _, c := range s.Cases {
			found = found || strings.Contains(c.Name, `\x00\x1b[2J]]> <script>`)
		}
	}
	if !found {
		t.Error("the hostile test is not there")
	}
}

// No cell of the CSV report computes.
func TestPromise_55_CSVIsInert(t *testing.T) {
	t.Parallel()
	rows, err := csv.NewReader(strings.NewReader(rendered(t, "csv", recorded(t), report.Options{}))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		for _, cell := range row {
			if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
				t.Errorf("cell %q", cell)
			}
		}
	}
	if all := fmt.Sprint(rows); !strings.Contains(all, "'=HYPERLINK") {
		t.Error("the formula is not there")
	}
}

// A test that fails in one iteration and passes in the next shows its failure.
func TestPromise_59_JUnitKeepsAFailure(t *testing.T) {
	t.Parallel()
	f := parseJUnit(t, made(2, 0))
	if f.Tests != 2 || f.Failures != 1 || f.Suites[0].Cases[0].Failure == nil {
		t.Errorf("%+v", f)
	}
}

// A request that got no answer is a case of its own, tests or none.
func TestPromise_60_JUnitRequestError(t *testing.T) {
	t.Parallel()
	n := 0
	for _, s := range parseJUnit(t, recorded(t)).Suites {
		for _, c := range s.Cases {
			if c.Error != nil && strings.HasPrefix(c.Name, "GET http://127.0.0.1:1/") {
				n++
			}
		}
	}
	if n != 2 {
		t.Errorf("%d cases for two failed requests", n)
	}
}

// A log that was cut off still makes every report.
func TestCutOffLog(t *testing.T) {
	t.Parallel()
	src, err := os.ReadFile("testdata/run.ndjson")
	if err != nil {
		t.Fatal(err)
	}
	src = src[:len(src)*3/4]
	log := runlog.New("cut.ndjson", bytes.NewReader(src), int64(len(src)))
	for name := range renderers {
		rendered(t, name, log, report.Options{})
	}
	if got := rendered(t, "junit", log, report.Options{}); !strings.Contains(got, "the run log ends early") {
		t.Errorf("nothing says that the run did not end:\n%s", got)
	}
}

// Logs of shards make one report with the counts of all.
func TestMerge(t *testing.T) {
	t.Parallel()
	one := parseJUnit(t, recorded(t))
	two := parseJUnit(t, report.Merge(recorded(t), recorded(t)))
	if two.Tests != 2*one.Tests || two.Failures != 2*one.Failures {
		t.Errorf("%d/%d, of one %d/%d", two.Tests, two.Failures, one.Tests, one.Failures)
	}
	if got := rendered(t, "tap", report.Merge(recorded(t), recorded(t)), report.Options{}); strings.Count(got, "TAP version") != 1 || strings.Count(got, "\n1..") != 1 {
		t.Errorf("TAP has one head and one plan:\n%s", got)
	}
}

// On a terminal the line that says what is being done is erased before
// anything is printed, so that the rest reads as without it.
func TestProgressLineLeavesNoTrace(t *testing.T) {
	t.Parallel()
	render := func(live bool) string {
		var b bytes.Buffer
		if err := cli(report.CLIOptions{Live: live, Width: 80})(&b, recorded(t), report.Options{}); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	live := render(true)
	if n := strings.Count(live, "\r\x1b[K"); n != 12 {
		t.Errorf("%d lines erased for 12 items", n)
	}
	if !strings.Contains(live, "  [3/12] Unreachable, 2 failed") {
		t.Errorf("no progress in %q", live)
	}
	rest := regexp.MustCompile(`[^\n]*\r\x1b\[K`).ReplaceAllString(live, "")
	if diff := cmp.Diff(strings.Split(render(false), "\n"), strings.Split(rest, "\n")); diff != "" {
		t.Errorf("what is left (-without +with):\n%s", diff)
	}
	for line := range strings.SplitSeq(live, "\n") {
		if i := strings.Index(line, "\r\x1b[K"); i >= 80 {
			t.Errorf("progress of %d columns wraps", i)
		}
	}
}

// TestNotesComeOnce: a note on a deprecated name is printed once where a person
// watches; piped output has it with each script, as newman's has.
func TestNotesComeOnce(t *testing.T) {
	t.Parallel()
	const text = `'Using "tests" is deprecated. Use "pm.test()" instead.'`
	printed := func(live bool) int {
		var b bytes.Buffer
		r := report.NewCLI(&b, report.CLIOptions{Live: live, Width: 100, Location: time.UTC})
		note := &event.ConsoleLogged{Level: "warn", Note: true, Messages: []script.Message{{Inspect: text}}}
		for _, e := range []event.Event{&event.RunStarted{}, &event.ItemStarted{}, note, note, &event.ItemStarted{}, note,
			&event.RunStarted{}, &event.ItemStarted{}, note} {
			if err := r.Report(e, &event.Summary{}); err != nil {
				t.Fatal(err)
			}
		}
		return strings.Count(b.String(), text)
	}
	if got := printed(false); got != 4 {
		t.Errorf("piped: %d notes, want one for each script: 4", got)
	}
	if got := printed(true); got != 2 {
		t.Errorf("on a terminal: %d notes, want one for each run: 2", got)
	}
}

// jenkins is what junit-10.xsd of Jenkins' xUnit plugin allows.
var jenkins = map[string]struct{ attrs, children string }{
	"testsuites": {"name time tests failures errors", "testsuite"},
	"testsuite": {"name tests failures errors group time skipped timestamp hostname id package file log url version",
		"testsuite properties testcase system-out system-err"},
	"properties": {"", "property"},
	"property":   {"name value", ""},
	"testcase":   {"name time classname group", "skipped error failure rerunFailure rerunError flakyFailure flakyError system-out system-err properties"},
	"failure":    {"type message", ""},
	"error":      {"type message", ""},
	"skipped":    {"type message", ""},
	"system-out": {"", ""},
	"system-err": {"", ""},
}

func TestJUnitFollowsTheSchema(t *testing.T) {
	t.Parallel()
	dec := xml.NewDecoder(strings.NewReader(rendered(t, "junit", recorded(t), report.Options{})))
	var path []string
	for {
		tok, err := dec.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		switch e := tok.(type) {
		case xml.StartElement:
			rule, ok := jenkins[e.Name.Local]
			if !ok || len(path) > 0 && !strings.Contains(" "+jenkins[path[len(path)-1]].children+" ", " "+e.Name.Local+" ") {
				t.Errorf("element %s in %v", e.Name.Local, path)
			}
			for _, a := range e.Attr {
				if !strings.Contains(" "+rule.attrs+" ", " "+a.Name.Local+" ") {
					t.Errorf("attribute %s of %s", a.Name.Local, e.Name.Local)
				}
			}
			path = append(path, e.Name.Local)
		case xml.EndElement:
			path = path[:len(path)-1]
		}
	}
}

func TestSafe(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"plain text, ünïcode 😀":   "plain text, ünïcode 😀",
		"a\tb\nc\r\nd":            "a\tb\nc\nd",
		"\x1b[2J\x07\x7f":         `\x1b[2J\x07\x7f`,
		"\u009b31m":               `\u009b31m`,
		"\u202eabc\u2069":         `\u202eabc\u2069`,
		"bad \xff byte":           `bad \xff byte`,
		"::error::x":              ": :error::x",
		"a\n  ::add-mask::y":      "a\n  : :add-mask::y",
		"x ::error::y, a::b":      "x ::error::y, a::b",
		"##vso[task] ##[section]": "# #vso[task] # #[section]",
		"##teamcity[x] ## head":   "# #teamcity[x] ## head",
	} {
		if got := report.Safe(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
	if got := report.SafeLine("a\nb\tc"); got != `a\nb c` {
		t.Errorf("%q", got)
	}
}
