package drift

import (
	"bufio"
	_ "embed"
	"fmt"
	"html"
	"io"
)

//go:embed page.css
var style string

// A Page is what the HTML report of a comparison shows.
type Page struct {
	A, B     string // names of what was compared
	Compared int    // answers of A
	Findings []Finding
}

// HTML writes a page that needs no network and runs no script. Keys and values of
// answers come from others, so they are escaped.
func HTML(w io.Writer, p Page) error {
	out := &pageWriter{bufio.NewWriter(w)}
	title, differ := "No drift", 0
	for i, f := range p.Findings {
		title = "Drift"
		if i == 0 || f.Item != p.Findings[i-1].Item {
			differ++
		}
	}
	out.text(`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>%s · %s and %s</title>
<style>
`, title, p.A, p.B)
	_, _ = out.WriteString(style)
	out.text("</style>\n</head>\n<body>\n<main>\n<h1>%s</h1>\n<p>%s and %s, %d answers", counted(len(p.Findings)), p.A, p.B, p.Compared)
	if differ > 0 {
		out.text(", of which %d differ", differ)
	}
	out.text("</p>\n")
	for i, f := range p.Findings {
		if i == 0 || f.Item != p.Findings[i-1].Item {
			out.text("<section>\n<h2>%s</h2>\n<table>\n<thead><tr><th scope=\"col\">what</th><th scope=\"col\">where</th><th scope=\"col\">%s</th><th scope=\"col\">%s</th></tr></thead>\n<tbody>\n",
				f.Item, p.A, p.B)
		}
		out.text("<tr><th scope=\"row\">%s</th><td>%s</td><td>%s</td><td>%s</td></tr>\n", string(f.Kind), f.where(), orDash(f.A), orDash(f.B))
		if i == len(p.Findings)-1 || f.Item != p.Findings[i+1].Item {
			out.text("</tbody>\n</table>\n</section>\n")
		}
	}
	out.text("</main>\n</body>\n</html>\n")
	return out.Flush()
}

// A pageWriter keeps the first error of what it writes until Flush.
type pageWriter struct{ *bufio.Writer }

// text prints markup; its arguments are escaped.
func (w *pageWriter) text(format string, values ...any) {
	for i, v := range values {
		if s, ok := v.(string); ok {
			values[i] = html.EscapeString(s)
		}
	}
	_, _ = fmt.Fprintf(w, format, values...) // Flush reports it
}

func counted(n int) string {
	switch n {
	case 0:
		return "No drift"
	case 1:
		return "1 difference"
	}
	return fmt.Sprintf("%d differences", n)
}

func (f *Finding) where() string {
	if f.Try > 0 {
		return fmt.Sprintf("%s (execution %d)", f.Path, f.Try)
	}
	return f.Path
}

func orDash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}
