package report_test

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"iter"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"postie/runner/event"
	"postie/runner/report"
	"postie/runner/runlog"
	"postie/runner/script"
)

var shots = flag.String("screenshots", "", "`folder` to keep pictures of the report in")

// An htmlLog makes up the events of a run of a shop's API: n executions of
// six requests in two folders. One in every fails does not pass.
type htmlLog struct {
	n, fails int
	harmful  bool   // names and bodies made to harm
	label    string // of the run, among several
}

// harm are what reports have been attacked with.
func harm() []string {
	return []string{`<img src=x onerror=alert(1)>`, `</script><script>alert(2)</script>`, `<!--<script>`,
		`javascript:alert(3)`, `[click](javascript:alert(4)) **bold** <b>x</b>`, `"><svg onload=alert(5)>`, `'-alert(6)-'`, "\u2028{{constructor}}\x00"}
}

func (l htmlLog) Events(kinds ...string) iter.Seq2[event.Event, error] {
	return func(yield func(event.Event, error) bool) {
		sum, rng := event.Summary{}, uint32(7)
		random := func(n int) int { rng = rng*1664525 + 1013904223; return int(rng>>8) % n }
		at := time.Date(2026, 3, 14, 9, 26, 53, 0, time.UTC)
		emit := func(kind string, e event.Event) bool {
			sum.Add(e)
			all := len(kinds) == 0 || slices.Contains(kinds, runlog.Outline) || len(kinds) == 1 && kinds[0] == runlog.Collection
			return !all && !slices.Contains(kinds, kind) || yield(e, nil)
		}
		name := func(s string, i int) string {
			if l.harmful {
				return harm()[i%len(harm())]
			}
			return s
		}
		start := &event.RunStarted{Head: event.Head{Time: at}, Version: "0.1.0", File: "shop.postman_collection.json", Name: name("Shop API", 0),
			ID: "c", Environment: name("Staging", 1), Label: name(l.label, 2), Items: 6, Iterations: (l.n + 5) / 6, Collection: json.RawMessage(`{}`)}
		if !emit(runlog.RunStarted, start) {
			return
		}
		items := []struct{ method, folder, name, path string }{
			{"POST", "Accounts", "Sign in", "/v1/session"}, {"GET", "Accounts", "Read the profile", "/v1/me"},
			{"GET", "Catalogue", "Search products", "/v1/products?q=lamp&page=2"}, {"PUT", "Catalogue", "Put in the basket", "/v1/basket/items/4411"},
			{"POST", "Catalogue / Orders", "Place the order", "/v1/orders"}, {"DELETE", "Accounts", "Sign out", "/v1/session"}}
		for n := range l.n {
			i, head := n%6, event.Head{Time: at, Cursor: event.Cursor{Iteration: n / 6, Position: n % 6, Length: 6, Cycles: start.Iterations, Ref: fmt.Sprint(n)}}
			it := items[i]
			ref := event.ItemRef{ID: fmt.Sprint(i), Name: name(it.name, i), Line: 10 + 40*i}
			ref.Path = append(append([]string{start.Name}, strings.Split(name(it.folder, i+3), " / ")...), ref.Name)
			took := time.Duration(4+random(40)) * time.Millisecond
			if random(25) == 0 {
				took *= time.Duration(3 + random(20))
			}
			failed := l.fails > 0 && n%l.fails == l.fails-1
			skipped := n%211 == 100
			ok := true
			if i == 0 {
				ok = emit(runlog.IterationStarted, &event.IterationStarted{Head: head, Data: json.RawMessage(fmt.Sprintf(`{"user":"user%04d","big":12345678901234567890}`, n/6))})
			}
			desc, _ := json.Marshal(name("Signs a *customer* in.", 4))
			ok = ok && emit(runlog.ItemStarted, &event.ItemStarted{Head: head, Item: ref, JSON: json.RawMessage(`{"request":{"description":` + string(desc) + `}}`)})
			at = at.Add(took)
			head.Time = at
			if !skipped {
				ok = ok && emit(runlog.RequestFinished, l.request(head, ref, it.method, it.path, n, took, failed, random))
				ok = ok && l.tests(emit, head, ref, n, failed, name)
			}
			fin := &event.ItemFinished{Head: head, Item: ref, Skipped: skipped}
			if n == 2 {
				fin.Visualizer = &script.Visualizer{Template: `<style>td{color:#064}</style><table>{{#each rows}}<tr><td>{{name}}</td></tr>{{/each}}</table>`, Data: json.RawMessage(`{"rows":[{"name":"Lamp"}]}`)}
			}
			ok = ok && emit(runlog.ItemFinished, fin)
			if ok && (i == 5 || n == l.n-1) {
				ok = emit(runlog.IterationFinished, &event.IterationFinished{Head: head})
			}
			if !ok {
				return
			}
		}
		emit(runlog.RunFinished, &event.RunFinished{Head: event.Head{Time: at}, Summary: sum})
	}
}

func (l htmlLog) request(head event.Head, ref event.ItemRef, method, path string, n int, took time.Duration, failed bool, random func(int) int) event.Event {
	r := &event.RequestFinished{Head: head, Item: ref, Source: "item", Request: event.Request{Method: method,
		URL: "https://api.shop.example" + path, Display: "https://api.shop.example" + path, JSON: json.RawMessage(`{}`),
		Header: []event.Field{{Name: "Accept", Value: "application/json"}, {Name: "Authorization", Value: "Bearer ••••"}, {Name: "User-Agent", Value: "postie/0.1.0"}, {Name: "X-Request-Id", Value: fmt.Sprintf("%08x-%04x", random(1<<24), n)}}}}
	if method == "POST" || method == "PUT" {
		r.Request.Body = event.Bytes(fmt.Sprintf(`{"note":"it's %d","quantity":%d}`, n, random(9)))
		r.Request.Size = int64(len(r.Request.Body))
		r.Request.Header = append(r.Request.Header, event.Field{Name: "Content-Type", Value: "application/json"})
	}
	if failed && n/50%4 == 3 {
		r.Err = &event.Failure{Kind: "request", Name: "Error", Message: "connect ECONNREFUSED 127.0.0.1:9", Code: "ECONNREFUSED", Hint: "nothing listens there; is the service up?"}
		return r
	}
	var b strings.Builder
	fmt.Fprintf(&b, `{"id":%d,"total":12345678901234567890,"items":[`, random(1<<24))
	for k := range 3 + random(6) {
		if k > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"sku":"%06x","name":"Desk lamp %d","price":%d.%02d,"tags":["new","oak"],"stock":null,"open":true}`, random(1<<24), k, random(200), random(100))
	}
	b.WriteString(`]}`)
	body := b.String()
	if l.harmful {
		body = strings.Join(harm(), "\n")
	}
	code, status := 200, "OK"
	if failed {
		code, status = 500, "Internal Server Error"
	}
	r.Response = &event.Response{Proto: "HTTP/2.0", Code: code, Status: status, Body: event.Bytes(body), BodySize: int64(len(body)), HeadSize: 210, Time: took,
		Header:  []event.Field{{Name: "Content-Type", Value: "application/json; charset=utf-8"}, {Name: "Date", Value: head.Time.Format(time.RFC1123)}, {Name: "ETag", Value: fmt.Sprintf(`W/"%x"`, random(1<<24))}},
		Timings: event.Timings{DNS: time.Millisecond, Connect: time.Millisecond, FirstByte: took / 2, Download: took / 4, Total: took}}
	return r
}

func (l htmlLog) tests(emit func(string, event.Event) bool, head event.Head, ref event.ItemRef, n int, failed bool, name func(string, int) string) bool {
	ok := true
	if n%4 == 0 {
		ok = emit(runlog.ConsoleLogged, &event.ConsoleLogged{Head: head, Item: ref, Listen: script.Test, Level: []string{"log", "warn", "error"}[n/4%3],
			Messages: []script.Message{{Inspect: name("the basket", n)}, {Inspect: "{ items: 3 }"}}})
	}
	if n%50 == 1 {
		ok = ok && emit(runlog.Warned, &event.Warned{Head: head, Item: ref, Kind: "unresolved", Text: "{{region}} has no value", Hint: "set it in the environment"})
	}
	for k, test := range []string{"Status is 200", "Answers with the basket"} {
		e := &event.TestFinished{Head: head, Item: ref, Listen: script.Test, Name: name(test, n), Index: k, Line: 31 + k}
		if failed && k == 0 {
			want, got := "200", "500"
			e.Err, e.Expected, e.Actual = &script.Error{Name: "AssertionError", Message: name("expected response to have status code 200 but got 500", n), Line: 2}, &want, &got
		}
		if failed && k == 1 && n/50%2 == 1 {
			want, got := "{\n  \"sku\": \"a1\",\n  \"quantity\": 2,\n  \"open\": true\n}", "{\n  \"sku\": \"a1\",\n  \"quantity\": 3,\n  \"open\": true\n}"
			e.Err, e.Expected, e.Actual = &script.Error{Name: "AssertionError", Message: "expected the basket to be as it was put", Line: 5}, &want, &got
		}
		ok = ok && emit(runlog.TestFinished, e)
	}
	return ok && emit(runlog.ScriptFinished, &event.ScriptFinished{Head: head, Item: ref, Listen: script.Test, Owner: ref.Name, Duration: 400 * time.Microsecond})
}

func page(t testing.TB, log report.Log, o report.Options) string {
	t.Helper()
	var b bytes.Buffer
	if err := report.HTML(&b, log, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func between(t testing.TB, s, from, to string) string {
	t.Helper()
	_, rest, ok := strings.Cut(s, from)
	out, _, ok2 := strings.Cut(rest, to)
	if !ok || !ok2 {
		t.Fatalf("nothing between %q and %q", from, to)
	}
	return out
}

func TestHTMLPolicyAllowsItsOwnScriptAndStyleAlone(t *testing.T) {
	t.Parallel()
	p := page(t, htmlLog{n: 12, fails: 5}, report.Options{})
	policy := between(t, p, `Content-Security-Policy" content="`, `"`)
	hash := func(text string) string {
		sum := sha256.Sum256([]byte(text))
		return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
	}
	for _, want := range []string{"default-src 'none'", "script-src " + hash(between(t, p, `<script type="module">`, "</script>")),
		"style-src " + hash(between(t, p, "<style>", "</style>")), "img-src data:", "base-uri 'none'", "form-action 'none'"} {
		if !strings.Contains(policy, want) {
			t.Errorf("policy %q lacks %q", policy, want)
		}
	}
	if strings.Contains(policy, "unsafe") || strings.Contains(policy, "http") {
		t.Errorf("policy %q lets too much", policy)
	}
}

// The page's own script must not be able to make markup of what a run said.
func TestHTMLScriptMakesNoMarkup(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("html/*.js")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	sink := regexp.MustCompile(`innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|DOMParser|setHTMLUnsafe|https?://(?:[^w]|w[^w])`)
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if m := sink.Find(text); m != nil {
			t.Errorf("%s has %q", f, m)
		}
	}
}

func TestPromise_54_HTMLKeepsDataInert(t *testing.T) {
	t.Parallel()
	p := page(t, htmlLog{n: 40, fails: 3, harmful: true}, report.Options{})
	for _, h := range harm()[:3] {
		if strings.Contains(p, h) {
			t.Errorf("the page holds %q as it is", h)
		}
	}
	// Nothing but the page's own elements: the data's are all of an inert type.
	for _, m := range regexp.MustCompile(`(?i)<script[^>]*>`).FindAllString(p, -1) {
		switch m {
		case `<script type="module">`, `<script type="application/json" id="run">`,
			`<script type="application/octet-stream" class="index">`, `<script type="application/octet-stream" class="detail">`:
		default:
			t.Errorf("a script element of no kind of ours: %s", m)
		}
	}
	if n := strings.Count(p, `<script type="module">`); n != 1 {
		t.Errorf("%d scripts run", n)
	}
	var run struct{ Name string }
	if err := json.Unmarshal([]byte(between(t, p, `id="run">`, "</script>")), &run); err != nil || run.Name != harm()[0] {
		t.Errorf("run = %+v, %v", run, err)
	}
}

// unpacked are the lines of the page's packed elements of a class.
func unpacked(t testing.TB, p, class string) []string {
	t.Helper()
	var out []string
	for _, m := range regexp.MustCompile(`class="`+class+`">([^<]*)<`).FindAllStringSubmatch(p, -1) {
		z, err := gzip.NewReader(base64.NewDecoder(base64.StdEncoding, strings.NewReader(m[1])))
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(z)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")...)
	}
	return out
}

func TestHTMLHoldsEveryExecution(t *testing.T) {
	t.Parallel()
	p := page(t, htmlLog{n: 1300, fails: 100}, report.Options{})
	if got := len(unpacked(t, p, "detail")); got != 1300 {
		t.Errorf("%d details, want 1300", got)
	}
	rows := 0
	index := unpacked(t, p, "index")
	for _, line := range index {
		var part struct{ Rows [][]any }
		if err := json.Unmarshal([]byte(line), &part); err != nil {
			t.Fatal(err)
		}
		rows += len(part.Rows)
	}
	if rows != 1300 || len(index) < 3 {
		t.Errorf("%d rows in %d chunks, want 1300 in several", rows, len(index))
	}
	if !strings.Contains(p, "<title>Failed · Shop API</title>") || !strings.Contains(p, "failures in ") {
		t.Error("the verdict is not in the page's own text")
	}
}

func TestHTMLOptions(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		opts    report.Options
		lines   int
		has, no []string
	}{
		"all":           {report.Options{}, 60, []string{"Desk lamp", "X-Request-Id"}, nil},
		"only failures": {report.Options{OnlyFailures: true}, 6, nil, nil},
		"no bodies":     {report.Options{Bodies: report.BodiesNone}, 60, []string{"X-Request-Id"}, []string{"Desk lamp", "it's "}},
		"no headers":    {report.Options{OmitHeaders: true}, 60, []string{"Desk lamp"}, []string{"X-Request-Id", "ETag"}},
		"short bodies":  {report.Options{MaxBody: 5}, 60, []string{`"cut":true`}, []string{"Desk lamp"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			lines := unpacked(t, page(t, htmlLog{n: 60, fails: 10}, c.opts), "detail")
			if len(lines) != c.lines {
				t.Errorf("%d executions, want %d", len(lines), c.lines)
			}
			all := strings.ReplaceAll(strings.Join(lines, "\n"), `\"`, `"`)
			for _, s := range c.has {
				if !strings.Contains(all, s) {
					t.Errorf("lacks %q", s)
				}
			}
			for _, s := range c.no {
				if strings.Contains(all, s) {
					t.Errorf("has %q", s)
				}
			}
		})
	}
}

func TestHTMLVisualizer(t *testing.T) {
	t.Parallel()
	style := sha256.Sum256([]byte("td{color:#064}"))
	allowed := "'sha256-" + base64.StdEncoding.EncodeToString(style[:]) + "'"
	for name, c := range map[string]struct {
		visualize func(*script.Visualizer) (string, error)
		detail    string
		allowed   bool
	}{
		"rendered":     {func(*script.Visualizer) (string, error) { return "<table>Lamp</table>", nil }, `"html":"<table>Lamp</table>"`, true},
		"failed":       {func(*script.Visualizer) (string, error) { return "", errors.New("no such helper") }, `"error":"no such helper"`, true},
		"not rendered": {nil, `"visualizer":{"template":`, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := page(t, htmlLog{n: 4}, report.Options{Visualize: c.visualize})
			if got := unpacked(t, p, "detail")[2]; !strings.Contains(got, c.detail) {
				t.Errorf("detail %s lacks %s", got, c.detail)
			}
			// A frame has the policy of its page.
			if got := strings.Contains(between(t, p, `Content-Security-Policy" content="`, `"`), allowed); got != c.allowed {
				t.Errorf("the template's style is allowed: %v", got)
			}
		})
	}
}

// The page of a recording, and of one that was cut off.
func TestHTMLOfRecording(t *testing.T) {
	t.Parallel()
	for name, log := range map[string]report.Log{"whole": recorded(t), "merged": report.Merge(recorded(t), recorded(t))} {
		p := page(t, log, report.Options{})
		if n := len(unpacked(t, p, "detail")); n == 0 || !strings.HasSuffix(p, "</html>\n") {
			t.Errorf("%s: %d executions", name, n)
		}
	}
	text, err := os.ReadFile("testdata/run.ndjson")
	if err != nil {
		t.Fatal(err)
	}
	text = text[:len(text)/2]
	p := page(t, runlog.New("cut.ndjson", bytes.NewReader(text), int64(len(text))), report.Options{})
	if !strings.Contains(p, "the run log ends early") || len(unpacked(t, p, "detail")) == 0 {
		t.Error("a log that was cut off is not reported up to there")
	}
}

// The contrast of text and its background is at least 4.5 to 1 (WCAG AA).
func TestHTMLContrast(t *testing.T) {
	t.Parallel()
	css, err := os.ReadFile("html/style.css")
	if err != nil {
		t.Fatal(err)
	}
	colours := map[string][2]float64{} // luminance, light and dark
	for _, m := range regexp.MustCompile(`--(\w+): light-dark\(#(\w{6}), #(\w{6})\)`).FindAllStringSubmatch(string(css), -1) {
		colours[m[1]] = [2]float64{luminance(t, m[2]), luminance(t, m[3])}
	}
	grounds := map[string][]string{
		"ink":  {"paper", "panel", "sunk", "hover", "chosen", "failing", "skipping"},
		"soft": {"paper", "panel", "sunk", "hover", "chosen", "failing"},
		"pass": {"paper", "panel", "hover", "chosen"}, "fail": {"paper", "panel", "hover", "chosen", "failing", "sunk"},
		"skip": {"paper", "panel", "hover", "chosen", "sunk"}, "link": {"panel", "paper"},
		"string": {"sunk"}, "number": {"sunk"}, "word": {"sunk"}, "key": {"sunk", "panel"},
	}
	for text, list := range grounds {
		for _, ground := range list {
			for i, theme := range []string{"light", "dark"} {
				a, ok := colours[text]
				b, ok2 := colours[ground]
				if !ok || !ok2 {
					t.Fatalf("no colour %s or %s", text, ground)
				}
				if r := (max(a[i], b[i]) + .05) / (min(a[i], b[i]) + .05); r < 4.5 {
					t.Errorf("%s on %s, %s: %.2f", text, ground, theme, r)
				}
			}
		}
	}
}

// luminance is WCAG's relative luminance of rrggbb.
func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	n, err := strconv.ParseUint(hex, 16, 32)
	if err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	for i, weight := range []float64{.0722, .7152, .2126} {
		c := float64(n>>(8*i)&255) / 255
		if c <= .03928 {
			c /= 12.92
		} else {
			c = math.Pow((c+.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}

// A body that is cut stays text.
func TestHTMLCutsBetweenCharacters(t *testing.T) {
	t.Parallel()
	log := htmlLog{n: 1, harmful: true}
	full := strings.Join(harm(), "\n")
	for _, limit := range []int{strings.IndexRune(full, 0x2028) + 1, strings.IndexRune(full, 0x2028) + 2, 20} {
		var d struct {
			Requests []struct {
				Response struct{ Body string }
			}
		}
		line := unpacked(t, page(t, log, report.Options{MaxBody: limit}), "detail")[0]
		if err := json.Unmarshal([]byte(line), &d); err != nil {
			t.Fatalf("limit %d: %v", limit, err)
		}
		if got := d.Requests[0].Response.Body; !strings.HasPrefix(full, got) || len(got) > limit || len(got) < limit-3 {
			t.Errorf("limit %d: %q", limit, got)
		}
	}
}

// A gauge watches the live heap while a report is written.
type gauge struct {
	written, sampled int
	heap             uint64
}

func (g *gauge) Write(p []byte) (int, error) {
	g.written += len(p)
	if g.written-g.sampled > 256<<10 {
		g.sampled = g.written
		g.heap = max(g.heap, heap())
	}
	return len(p), nil
}

func heap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC() // what tests before this one left in pools goes with the second
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// Not parallel: it measures the process.
func TestHTMLMemoryDoesNotGrowWithTheRun(t *testing.T) {
	grown := func(n int) int64 {
		g := &gauge{}
		before := heap()
		if err := report.HTML(g, htmlLog{n: n, fails: 50}, report.Options{}); err != nil {
			t.Fatal(err)
		}
		return int64(g.heap) - int64(before)
	}
	few, many := grown(3000), grown(20000)
	if few > 24<<20 || math.Abs(float64(many-few)) > 4<<20 {
		t.Errorf("%d KB for 3,000 executions, %d KB for 20,000", few>>10, many>>10)
	}
}
