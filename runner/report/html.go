package report

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"postie/collections/regex"
	"postie/runner/event"
	"postie/runner/runlog"
	"postie/runner/script"
)

//go:embed html
var htmlAssets embed.FS

// Limits of a chunk of executions. The page unpacks a whole chunk to show one
// execution.
const (
	htmlChunkBytes = 256 << 10
	htmlChunkRows  = 500
)

// htmlMaxBody is the limit for bodies when the options have none, because a
// page is for reading.
const htmlMaxBody = 256 << 10

// HTML writes a page that needs no other files. What the run reported is in the
// page as compressed data and never as markup, and the page's policy allows
// only its own scripts and styles. Executions are packed into chunks as they
// are read, so that only the rows of one chunk are in memory.
func HTML(w io.Writer, log Log, o Options) error {
	if o.MaxBody == 0 {
		o.MaxBody = htmlMaxBody
	}
	run, err := htmlRunOf(log)
	if err != nil {
		return err
	}
	static, err := htmlSummary(log)
	if err != nil {
		return err
	}
	run.Title = o.Title
	p := &htmlPage{w: bufio.NewWriterSize(w, 64<<10), opts: o, run: run, static: static, items: map[string]int{}, newItems: []htmlItem{},
		gz: [2]*gzip.Writer{gzip.NewWriter(nil), gzip.NewWriter(nil)}}
	if err := p.head(); err != nil {
		return err
	}
	for x, err := range Executions(log) {
		if err != nil {
			return err
		}
		if err := p.add(x); err != nil {
			return err
		}
	}
	return p.finish()
}

// An htmlRun is what the page shows before it unpacks anything.
type htmlRun struct {
	Name        string         `json:"name"`
	Environment string         `json:"environment,omitempty"`
	File        string         `json:"file"`
	Version     string         `json:"version"`
	Runs        []htmlRunName  `json:"runs"`
	Summary     event.Summary  `json:"summary"`
	Warnings    int            `json:"warnings"`
	Strict      int            `json:"strict"` // warnings that count as failures
	Error       string         `json:"error,omitempty"`
	Interrupted bool           `json:"interrupted,omitempty"`
	Title       string         `json:"title,omitempty"` // shown instead of the collection's name
	Description string         `json:"description,omitempty"`
	Variables   []htmlVariable `json:"variables,omitempty"` // variables of the environment at the end of the run

	interrupts int      // runs that ended early
	Omitted    []string `json:"omitted,omitempty"` // what the options left out

	styles []string // styles of visualizer templates
	drawn  bool     // the page contains a visualization
}

// An htmlVariable is a variable of the environment, masked as in events.
type htmlVariable struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// variablesOf returns the variables of an environment in its export form.
func variablesOf(environment json.RawMessage) []htmlVariable {
	var out []htmlVariable
	gjson.GetBytes(environment, "values").ForEach(func(_, v gjson.Result) bool {
		if enabled := v.Get("enabled"); !enabled.Exists() || enabled.Bool() {
			out = append(out, htmlVariable{v.Get("key").String(), v.Get("value").String()})
		}
		return len(out) < 500
	})
	return out
}

// aboutCollection returns the description of a collection, which may be an
// object.
func aboutCollection(collection json.RawMessage) string {
	d := gjson.GetBytes(collection, "info.description")
	if d.IsObject() {
		d = d.Get("content")
	}
	return d.String()
}

// An htmlRunName is the name of one of several runs on the page.
type htmlRunName struct {
	Name        string `json:"name"`
	Environment string `json:"environment,omitempty"`
	Label       string `json:"label,omitempty"`
}

// htmlRunOf reads what is shown at the top of the page.
func htmlRunOf(log Log) (*htmlRun, error) {
	start, end, err := ends(log)
	if err != nil {
		return nil, err
	}
	r := &htmlRun{Name: start.Name, Environment: start.Environment, File: start.File, Version: start.Version,
		Summary: end.Summary, Interrupted: end.Interrupted}
	r.Description = aboutCollection(start.Collection)
	r.Variables = variablesOf(end.Environment)
	if end.Err != nil {
		r.Error = end.Err.Message
	}
	for e, err := range log.Events(runlog.RunStarted, runlog.Warned, runlog.ItemFinished, runlog.RunFinished) {
		switch e := e.(type) {
		case *event.RunStarted:
			r.Runs = append(r.Runs, htmlRunName{e.Name, e.Environment, e.Label})
		case *event.ItemFinished:
			r.visualizer(e.Visualizer)
		case *event.RunFinished:
			if e.Interrupted {
				r.interrupts++
			}
		case *event.Warned:
			r.Warnings++
			if e.Strict {
				r.Strict++
			}
		}
		if err != nil {
			return nil, err
		}
	}
	if len(r.Runs) > 1 { // each has an environment of its own
		r.Variables = nil
	}
	if r.Interrupted && r.interrupts == 0 {
		r.interrupts = 1 // the log itself is incomplete
	}
	return r, nil
}

// verdict returns how the run ended, and how many failures it had.
func (r *htmlRun) verdict() (string, int) {
	switch failed := r.Summary.FailureCount - r.interrupts; {
	case failed > 0:
		return "Failed", failed
	case r.Interrupted:
		return "Interrupted", 0
	case r.Summary.Failed(): // the log of an older version does not contain the number
		return "Failed", 1
	}
	return "Passed", 0
}

// An htmlPage writes a page from top to bottom.
type htmlPage struct {
	w    *bufio.Writer
	opts Options
	run  *htmlRun

	script string // the page's
	static string // what readers without scripts see

	items    map[string]int // items by path and id
	newItems []htmlItem     // items since the last chunk
	n        int            // number of executions so far

	rows   bytes.Buffer // rows of the open chunk
	count  int          // number of rows
	size   int          // size of the details in bytes
	detail *htmlPacker  // nil when no chunk is open
	gz     [2]*gzip.Writer
}

// head writes everything that comes before the data.
func (p *htmlPage) head() error {
	style, err := htmlAssets.ReadFile("html/style.css")
	if err != nil {
		return err
	}
	if p.script, err = htmlSource(); err != nil {
		return err
	}
	body, err := htmlAssets.ReadFile("html/page.html")
	if err != nil {
		return err
	}
	p.run.Omitted = omitted(p.opts)
	verdict, failed := p.run.verdict()
	fill := strings.NewReplacer(
		"{{policy}}", p.policy(string(style)),
		"{{title}}", html.EscapeString(verdict+" · "+first(p.run.Title, p.run.Name)),
		"{{name}}", html.EscapeString(first(p.run.Title, p.run.Name)),
		"{{static}}", p.static,
		"{{verdict}}", verdict,
		"{{class}}", strings.ToLower(verdict),
		"{{summary}}", html.EscapeString(p.run.line(failed)),
		"{{style}}", string(style),
		"{{run}}", inertJSON(p.run),
	)
	_, err = fill.WriteString(p.w, string(body))
	return err
}

// line returns the run in one sentence, for readers who print the page or see
// it without its script.
func (r *htmlRun) line(failed int) string {
	s := &r.Summary.Stats
	return fmt.Sprintf("%s, %s, %s in %s", Counted(s.Requests.Total, "request"), Counted(s.Assertions.Total, "assertion"),
		Counted(failed, "failure"), r.Summary.Completed.Sub(r.Summary.Started).Round(time.Millisecond))
}

// htmlSource returns the page's script. Files that others need immediately come
// first.
func htmlSource() (string, error) {
	var b strings.Builder
	for _, name := range []string{"dom", "data", "filter", "list", "diff", "body", "curl", "detail", "chart", "byrequest", "byrun", "start"} {
		text, err := htmlAssets.ReadFile("html/" + name + ".js")
		if err != nil {
			return "", err
		}
		b.Write(text)
	}
	return b.String(), nil
}

// maxVisualizerStyles is how much style, in bytes, a run may add to the page's
// policy.
const maxVisualizerStyles = 32

var styleElement = regex.Lazy(`(?is)<style[^>]*>(.*?)</style`)

// visualizer collects the styles of a template, because a frame is bound by the
// policy of its page.
func (r *htmlRun) visualizer(v *script.Visualizer) {
	if v == nil {
		return
	}
	r.drawn = true
	for _, m := range styleElement().FindAllStringSubmatch(v.Template, -1) {
		if len(r.styles) < maxVisualizerStyles && !slices.Contains(r.styles, m[1]) {
			r.styles = append(r.styles, m[1])
		}
	}
}

// policy allows the page its own style and script, and images that it contains:
// no network, no forms, no other base. Visualizations may have styles, and are
// shown in frames that run no scripts.
func (p *htmlPage) policy(style string) string {
	styles := "'" + integrity(style) + "'"
	if p.run.drawn && p.opts.Visualize != nil && p.opts.Bodies != BodiesNone {
		for _, s := range p.run.styles {
			styles += " '" + integrity(s) + "'"
		}
		styles += "; style-src-attr 'unsafe-inline'"
	}
	return fmt.Sprintf("default-src 'none'; script-src '%s'; style-src %s; img-src data:; base-uri 'none'; form-action 'none'",
		integrity(p.script), styles)
}

func integrity(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// inertJSON returns v as JSON that cannot end a script element.
func inertJSON(v any) string {
	out, err := json.Marshal(v)
	if err != nil {
		return "null" // these types can always be encoded
	}
	return string(out)
}

func omitted(o Options) []string {
	var out []string
	if o.OnlyFailures {
		out = append(out, "executions in which nothing failed")
	}
	if o.OmitHeaders {
		out = append(out, "headers")
	}
	if o.Bodies == BodiesNone {
		out = append(out, "bodies")
	}
	return out
}

// add packs an execution.
func (p *htmlPage) add(x *Execution) error {
	p.n++
	if p.opts.OnlyFailures && !x.Failed() {
		return nil
	}
	if p.detail == nil {
		p.detail = openPacker(p.w, "detail", p.gz[0])
	}
	if p.count > 0 {
		p.rows.WriteByte(',')
	}
	p.rows.Write(encode(p.row(x)))
	p.count++
	line := encode(p.detailOf(x))
	p.size += len(line)
	if err := p.detail.line(line); err != nil {
		return err
	}
	if p.count == htmlChunkRows || p.size >= htmlChunkBytes {
		return p.flush()
	}
	return nil
}

// flush ends the open chunk: it writes the details, then the rows of the index.
func (p *htmlPage) flush() error {
	if p.detail == nil {
		return nil
	}
	if err := p.detail.close(); err != nil {
		return err
	}
	index := openPacker(p.w, "index", p.gz[1])
	if err := index.line(fmt.Appendf(nil, `{"items":%s,"rows":[%s]}`, encode(p.newItems), p.rows.Bytes())); err != nil {
		return err
	}
	p.detail, p.newItems, p.count, p.size = nil, []htmlItem{}, 0, 0
	p.rows.Reset()
	return index.close()
}

func (p *htmlPage) finish() error {
	if err := p.flush(); err != nil {
		return err
	}
	// the script reads the data, so it comes after it
	p.w.WriteString("<script type=\"module\">" + p.script + "</script>\n</body>\n</html>\n")
	return p.w.Flush()
}

// An htmlPacker compresses lines into a script element that contains only data.
type htmlPacker struct {
	w   *bufio.Writer
	b64 io.WriteCloser
	gz  *gzip.Writer
}

// openPacker takes a compressor that no open packer uses. Compressors are
// reused because they are large.
func openPacker(w *bufio.Writer, class string, gz *gzip.Writer) *htmlPacker {
	fmt.Fprintf(w, "<script type=\"application/octet-stream\" class=\"%s\">", class)
	b64 := base64.NewEncoder(base64.StdEncoding, w)
	gz.Reset(b64)
	return &htmlPacker{w, b64, gz}
}

func (p *htmlPacker) line(text []byte) error {
	_, err := p.gz.Write(append(text, '\n'))
	return err
}

func (p *htmlPacker) close() error {
	if err := p.gz.Close(); err != nil {
		return err
	}
	if err := p.b64.Close(); err != nil {
		return err
	}
	_, err := p.w.WriteString("</script>\n")
	return err
}
