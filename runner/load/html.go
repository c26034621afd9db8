package load

import (
	_ "embed"
	"fmt"
	"html"
	"io"
	"math"
	"strings"
	"time"
)

//go:embed style.css
var style string

// HTML writes a self-contained page: charts over time, a row for each request,
// the curve of percentiles, errors with samples, and thresholds. It has no
// script, so it can be displayed anywhere.
func HTML(w io.Writer, r *Report) error {
	p := &page{}
	p.printf("<!doctype html>\n<html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>")
	p.printf("<meta http-equiv=Content-Security-Policy content=\"default-src 'none'; style-src 'unsafe-inline'\">")
	word, class := "passed", "good"
	switch {
	case r.Failed():
		word, class = "failed", "bad"
	case r.Interrupted:
		word, class = "interrupted", "bad"
	case len(r.Verdicts) == 0:
		word, class = "done", ""
	}
	p.printf("<title>%s · load of %s</title><style>%s</style>", word, p.text(r.Collection), style)
	p.printf("<header><h1>%s <span class='%s'>%s</span></h1><p>%s", p.text(r.Collection), class, word, p.text(r.Model))
	if r.Environment != "" {
		p.printf(" · %s", p.text(r.Environment))
	}
	p.printf(" · %s · %s counted</p></header><main>", r.Started.UTC().Format("2006-01-02 15:04:05 UTC"), time.Duration(r.Seconds*float64(time.Second)).Round(time.Millisecond))
	p.notes(r)
	p.tiles(r)
	p.verdicts(r)
	p.slower(r)
	p.charts(r)
	p.requests(r)
	p.errors(r)
	p.checks(r)
	p.printf("</main></html>\n")
	_, err := io.WriteString(w, p.String())
	return err
}

// A page is HTML that is written from top to bottom.
type page struct{ strings.Builder }

func (p *page) printf(format string, args ...any) { fmt.Fprintf(&p.Builder, format, args...) }

// text escapes a text from outside for HTML.
func (p *page) text(s string) string { return html.EscapeString(printable(s)) }

func (p *page) notes(r *Report) {
	if r.Aborted != "" {
		p.printf("<p class=note>The load was ended because %s was missed.</p>", p.text(r.Aborted))
	} else if r.Interrupted {
		p.printf("<p class=note>The load was interrupted: these are the figures until then.</p>")
	}
	for _, w := range r.Warnings {
		p.printf("<p class=note>%s</p>", p.text(w))
	}
}

func (p *page) tiles(r *Report) {
	t := &r.Total
	p.printf("<section class=tiles>")
	tile := func(name, value string) {
		p.printf("<div><b>%s</b><span>%s</span></div>", value, name)
	}
	tile("requests", fmt.Sprint(t.Count))
	tile("a second", trim(t.Rate))
	tile("failed", trim(share(t.Failed, t.Count))+"%")
	tile("http_req_failed", trim(share(t.Refused, t.Count))+"%")
	tile("p50", ms(t.Time.P50)+" ms")
	tile("p95", ms(t.Time.P95)+" ms")
	tile("p99", ms(t.Time.P99)+" ms")
	tile("iterations", fmt.Sprint(r.Loop.Finished+r.Loop.Failed))
	tile("virtual users", fmt.Sprint(r.Loop.MaxUsers))
	if r.Loop.Arrivals > 0 {
		tile("dropped", fmt.Sprint(r.Loop.Dropped))
	}
	p.printf("</section>")
}

func (p *page) verdicts(r *Report) {
	if len(r.Verdicts) == 0 {
		return
	}
	p.printf("<section><h2>Thresholds</h2><ul class=verdicts>")
	for _, v := range r.Verdicts {
		mark, class := "✓", "good"
		if !v.Met {
			mark, class = "✗", "bad"
		}
		p.printf("<li class=%s>%s %s</li>", class, mark, html.EscapeString(v.sentence()))
	}
	p.printf("</ul></section>")
}

func (p *page) slower(r *Report) {
	if len(r.Slower) == 0 {
		return
	}
	p.printf("<section><h2>Slower than the baseline</h2><ul>")
	for i := range r.Slower {
		p.printf("<li>%s</li>", html.EscapeString(r.Slower[i].sentence()))
	}
	p.printf("</ul></section>")
}

// A curve is one line of a chart.
type curve struct {
	name, class string
	values      []float64
}

func (p *page) charts(r *Report) {
	if len(r.Series) < 2 {
		return
	}
	column := func(of func(*Second) float64) []float64 {
		out := make([]float64, len(r.Series))
		for i := range r.Series {
			out[i] = of(&r.Series[i])
		}
		return out
	}
	p.printf("<section class=charts>")
	p.chart("Response time, ms", []curve{{"p50", "a", column(func(s *Second) float64 { return s.P50 })},
		{"p95", "b", column(func(s *Second) float64 { return s.P95 })}, {"p99", "c", column(func(s *Second) float64 { return s.P99 })}})
	p.chart("Requests a second", []curve{{"requests", "a", column(func(s *Second) float64 { return s.Rate })},
		{"failed", "c", column(func(s *Second) float64 { return float64(s.Failed) })}})
	p.chart("Virtual users at work", []curve{{"users", "a", column(func(s *Second) float64 { return float64(s.Users) })}})
	if r.Loop.Arrivals > 0 {
		p.chart("Iterations a second", []curve{{"started", "a", column(func(s *Second) float64 { return float64(s.Started) })},
			{"dropped", "c", column(func(s *Second) float64 { return float64(s.Dropped) })}})
	}
	p.percentiles(r)
	p.printf("</section>")
}

// The size of a chart's area, in SVG units.
const (
	chartWidth  = 480.0
	chartHeight = 140.0
)

func (p *page) chart(title string, curves []curve) {
	top := 0.0
	for _, c := range curves {
		for _, v := range c.values {
			top = max(top, v)
		}
	}
	top = nice(top)
	p.printf("<figure><figcaption>%s", title)
	for _, c := range curves {
		p.printf(" <i class=%s>%s</i>", c.class, c.name)
	}
	p.printf("</figcaption><svg viewBox='-44 -6 %g %g' role=img aria-label='%s'>", chartWidth+50, chartHeight+24, title)
	for i := range 5 {
		y := chartHeight * float64(i) / 4
		p.printf("<path class=grid d='M0 %.1fH%g'/><text x=-6 y=%.1f class=y>%s</text>", y, chartWidth, y+3, trim(top*float64(4-i)/4))
	}
	n := len(curves[0].values)
	for i := range 5 {
		at := float64(n-1) * float64(i) / 4
		p.printf("<text x=%.1f y=%g class=x>%.0f s</text>", chartWidth*float64(i)/4, chartHeight+14, at)
	}
	for _, c := range curves {
		p.printf("<polyline class=%s points='%s'/>", c.class, points(c.values, top))
	}
	p.printf("</svg></figure>")
}

// points returns the points of a curve, a few hundred at most.
func points(values []float64, top float64) string {
	const most = 600
	step := (len(values) + most - 1) / most
	var b strings.Builder
	for i := 0; i < len(values); i += step {
		v := 0.0
		for _, x := range values[i:min(i+step, len(values))] {
			v = max(v, x)
		}
		fmt.Fprintf(&b, "%.1f,%.1f ", chartWidth*float64(i)/float64(max(len(values)-1, 1)), chartHeight*(1-v/top))
	}
	return strings.TrimSpace(b.String())
}

// nice returns a round upper limit for a chart.
func nice(v float64) float64 {
	if v <= 0 {
		return 1
	}
	unit := math.Pow(10, math.Floor(math.Log10(v)))
	for _, m := range []float64{1, 2, 4, 5, 10} {
		if v <= m*unit {
			return m * unit
		}
	}
	return 10 * unit
}

// percentiles draws the percentiles of all response times: how long the slowest
// ones took.
func (p *page) percentiles(r *Report) {
	var h Histogram
	if h.decode(r.Total.HDR) != nil || h.Len() == 0 {
		return
	}
	at := []float64{0, 10, 25, 50, 75, 90, 95, 99, 99.5, 99.9, 99.95, 99.99, 100}
	top := nice(millis(h.Max()))
	p.printf("<figure><figcaption>Percentiles, ms</figcaption><svg viewBox='-44 -6 %g %g' role=img aria-label='Percentiles'>", chartWidth+50, chartHeight+24)
	for i := range 5 {
		y := chartHeight * float64(i) / 4
		p.printf("<path class=grid d='M0 %.1fH%g'/><text x=-6 y=%.1f class=y>%s</text>", y, chartWidth, y+3, trim(top*float64(4-i)/4))
	}
	var line strings.Builder
	for i, q := range at {
		x := chartWidth * float64(i) / float64(len(at)-1)
		fmt.Fprintf(&line, "%.1f,%.1f ", x, chartHeight*(1-millis(h.At(q))/top))
		if i%2 == 0 {
			p.printf("<text x=%.1f y=%g class=x>%s</text>", x, chartHeight+14, trim(q))
		}
	}
	p.printf("<polyline class=b points='%s'/></svg></figure>", strings.TrimSpace(line.String()))
}

func (p *page) requests(r *Report) {
	p.printf("<section><h2>Requests</h2><div class=wide><table><thead><tr><th>request<th>count<th>failed<th>4xx<th>5xx<th>/s<th>avg<th>p50<th>p90<th>p95<th>p99<th>p99.9<th>max<th>p95 over time</thead><tbody>")
	row := func(name, key string, f *Figures) {
		class := ""
		if f.Failed > 0 {
			class = "bad"
		}
		p.printf("<tr><td>%s<td>%d<td class='%s'>%d<td>%d<td>%d<td>%s<td>%s<td>%s<td>%s<td>%s<td>%s<td>%s<td>%s<td>%s", p.text(name), f.Count, class, f.Failed, f.Status["4xx"], f.Status["5xx"], trim(f.Rate),
			ms(f.Time.Avg), ms(f.Time.P50), ms(f.Time.P90), ms(f.Time.P95), ms(f.Time.P99), ms(f.Time.P999), ms(f.Time.Max), spark(r, key))
	}
	for i := range r.Requests {
		row(r.Requests[i].Request, r.Requests[i].Request, &r.Requests[i])
	}
	row("all", "", &r.Total)
	p.printf("</tbody></table></div></section>")
}

// spark draws a small curve of a request's 95th percentile. The key "" stands
// for all requests.
func spark(r *Report, key string) string {
	var values []float64
	top := 0.0
	for i := range r.Series {
		s := &r.Series[i]
		v := s.P95
		if key != "" {
			v = 0
			for _, b := range s.By {
				if b.Request == key {
					v = b.P95
				}
			}
		}
		values = append(values, v)
		top = max(top, v)
	}
	if top == 0 || len(values) < 2 {
		return ""
	}
	return fmt.Sprintf("<svg class=spark viewBox='0 0 %g %g' preserveAspectRatio=none><polyline class=b points='%s'/></svg>", chartWidth, chartHeight, points(values, top))
}

func (p *page) errors(r *Report) {
	if len(r.Errors) == 0 {
		return
	}
	p.printf("<section><h2>Errors</h2><ul>")
	for _, c := range r.Errors {
		p.printf("<li>%d × %s</li>", c.Count, p.text(c.Text))
	}
	p.printf("</ul>")
	for _, s := range r.Samples {
		p.printf("<details><summary>%s: %s</summary><pre>%s %s\n%s", p.text(s.Request), p.text(s.Cause), p.text(s.Method), p.text(s.URL), p.lines(s.Sent))
		if s.Code > 0 {
			p.printf("\n\n%d\n%s", s.Code, p.lines(s.Received))
		}
		p.printf("</pre></details>")
	}
	p.printf("</section>")
}

// lines returns a text of several lines as HTML.
func (p *page) lines(s string) string {
	var out []string
	for line := range strings.SplitSeq(s, "\n") {
		out = append(out, p.text(line))
	}
	return strings.Join(out, "\n")
}

func (p *page) checks(r *Report) {
	if len(r.Checks) == 0 {
		return
	}
	p.printf("<section><h2>Checks</h2><table><thead><tr><th>check<th>passed<th>failed</thead><tbody>")
	for _, c := range r.Checks {
		class := ""
		if c.Failed > 0 {
			class = "bad"
		}
		p.printf("<tr><td>%s<td>%d<td class='%s'>%d", p.text(c.Name), c.Passed, class, c.Failed)
	}
	p.printf("</tbody></table></section>")
}
