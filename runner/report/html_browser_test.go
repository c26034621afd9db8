package report_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"postie/runner/report"
	"postie/runner/script"
)

// saved writes a report to a file.
func saved(t *testing.T, log report.Log) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "report.html")
	if err := os.WriteFile(path, []byte(page(t, log, report.Options{})), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// calm fails the test when anything happened that should not.
func (b *browser) calm() {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, s := range b.troubles {
		b.t.Error(s)
	}
}

// Where scripts run but a policy of the server refuses the page's, the page
// shows its summary.
func TestHTMLSummaryInBrowser(t *testing.T) {
	t.Parallel()
	b := openBrowser(t)
	path := saved(t, htmlLog{n: 30, fails: 5})
	src, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	strict := strings.Replace(string(src), "<head>", `<head><meta http-equiv="Content-Security-Policy" content="default-src 'none'">`, 1)
	if err := os.WriteFile(path, []byte(strict), 0o644); err != nil {
		t.Fatal(err)
	}
	url, _ := json.Marshal("file://" + filepath.ToSlash(path))
	b.call("Page.navigate", `{"url":`+string(url)+`}`, nil)
	b.until(`document.querySelector('.plain li')?.offsetHeight > 0`)
}

func TestHTMLInBrowser(t *testing.T) {
	t.Parallel()
	b := openBrowser(t)
	path := saved(t, htmlLog{n: 1300, fails: 50})

	b.open(path, "")
	b.shoot("light")
	b.is(`document.querySelector('h1').innerText.replaceAll('\n', ' ')`, "Failed Shop API")
	b.is(`document.querySelector('#shown').textContent`, "1,300 executions")
	b.is(`String(document.querySelector('.plain'))`, "null")
	b.is(`document.querySelector('[data-result="1"]').textContent`, "Failed 26")
	if got := b.ask(`String(document.querySelectorAll('.row').length)`); len(got) > 2 {
		t.Errorf("%s rows are drawn, which is more than are seen", got)
	}

	t.Log("filters")
	b.press("f")
	b.is(`document.querySelector('#shown').textContent`, "26 of 1,300")
	b.is(`String([...document.querySelectorAll('.row .res')].every((e) => e.textContent === 'Failed'))`, "true")
	b.press("Escape")
	b.is(`document.querySelector('#shown').textContent`, "1,300 executions")
	b.ask(`(() => { const s = document.querySelector('#by-folder'); s.value = 'Catalogue / Orders'; s.dispatchEvent(new Event('change')); })()`)
	b.is(`document.querySelector('#shown').textContent`, "216 of 1,300")
	b.press("Escape")
	b.ask(`(() => { const s = document.querySelector('#by-status'); s.value = '5xx'; s.dispatchEvent(new Event('change')); })()`)
	b.until(`/^2\d of 1,300$/.test(document.querySelector('#shown').textContent)`)
	b.press("Escape")

	b.ask(`document.querySelector('#requests summary').click()`)
	b.until(`document.querySelectorAll('.sums tbody tr').length === 6`)
	b.shoot("byrequest")
	b.ask(`[...document.querySelectorAll('.sums button')].find((e) => e.textContent.includes('Sign out')).click()`)
	b.is(`document.querySelector('#shown').textContent`, "216 of 1,300")
	b.is(`document.querySelector('#chip').textContent`, "Sign out  ✕")
	b.press("Escape")

	t.Log("search")
	b.press("/")
	b.is(`document.activeElement.id`, "text")
	for _, c := range "sign out" {
		b.press(string(c))
	}
	b.until(`document.querySelector('#shown').textContent === '216 of 1,300'`)
	b.press("Escape")
	b.until(`document.querySelector('#shown').textContent === '1,300 executions'`)
	b.ask(`document.querySelector('#deep').click()`)
	b.press("/")
	for _, c := range "user0007" {
		b.press(string(c))
	}
	b.until(`document.querySelector('#shown').textContent === '6 of 1,300'`)
	b.press("Escape")

	t.Log("keyboard")
	b.press("Home")
	b.press("ArrowDown")
	b.press("ArrowDown")
	b.press("Enter")
	b.until(`document.querySelector('#detail h2')?.textContent === 'Search products'`)
	b.is(`location.hash`, "#e=3")
	b.press("ArrowDown")
	b.until(`location.hash === '#e=4'`)
	b.press("n")
	b.until(`location.hash === '#e=50'`)
	b.until(`document.querySelector('.failure')`)
	b.is(`document.querySelector('.diff').textContent.replace(/\s+/g, ' ')`, "− expected200+ got500")
	b.shoot("detail")
	b.press("t")
	b.is(`document.documentElement.style.colorScheme`, "dark")
	b.shoot("dark-detail")
	b.press("Escape")
	b.is(`String(document.querySelector('#detail').hidden)`, "true")
	b.shoot("dark")
	b.press("t")
	b.ask(`location.hash = '#e=100'`)
	b.until(`[...document.querySelectorAll('.diff')].some((d) => d.textContent.includes('"quantity": 3'))`)
	b.shoot("diff")
	b.size(420, 860)
	b.shoot("narrow-detail")
	b.press("Escape")
	b.ask(`scrollTo(0, 0)`)
	b.shoot("narrow")
	b.call("Emulation.setEmulatedMedia", `{"media":"print"}`, nil)
	b.size(800, 1100)
	b.ask(`dispatchEvent(new Event('beforeprint'))`)
	b.is(`document.querySelectorAll('.row').length + ''`, "1300")
	b.shoot("print")
	b.ask(`dispatchEvent(new Event('afterprint'))`)
	b.call("Emulation.setEmulatedMedia", `{"media":""}`, nil)
	b.size(1400, 900)
	b.press("End")
	b.is(`document.querySelector('.row[aria-selected=true]').id`, "r1300")
	b.calm()
}

func TestHTMLDeepLinkInBrowser(t *testing.T) {
	t.Parallel()
	b := openBrowser(t)
	path := saved(t, htmlLog{n: 1300, fails: 50})
	b.open(path, "#e=1207")
	b.until(`document.querySelector('#detail h2')?.textContent === 'Sign in'`)
	b.is(`document.querySelector('.row[aria-selected=true]').id`, "r1207")
	// A long number stays as it was sent, and the curl command can be pasted.
	b.until(`document.querySelector('#detail').textContent.includes('12345678901234567890')`)
	b.until(`document.querySelector('#detail').textContent.includes('"big": 12345678901234567890')`)
	b.ask(`navigator.clipboard.writeText = async (text) => { globalThis.copied = text; }`)
	b.press("c")
	b.until(`globalThis.copied`)
	if got := b.ask(`globalThis.copied`); !strings.HasPrefix(got, "curl \\\n  --request POST \\\n  --url https://api.shop.example/v1/session") ||
		!strings.Contains(got, `--data-raw '{"note":"it'\''s 1206"`) {
		t.Errorf("curl: %s", got)
	}
	b.ask(`location.hash = '#e=3'`)
	b.until(`document.querySelector('#detail').textContent.includes('Visualizer')`)
	b.shoot("visualizer")
	b.calm()
}

// PROMISES: nothing a server, a collection or a script says does anything.
func TestPromise_54_HTMLPayloadsInBrowser(t *testing.T) {
	t.Parallel()
	b := openBrowser(t)
	b.open(saved(t, htmlLog{n: 40, fails: 3, harmful: true}), "")
	elements := `[...document.querySelectorAll('img,svg,a,b,object,embed,iframe,script:not([type])')]
		.filter((e) => !e.closest('figure, #line, .line, .meta, .note')).length + ''`
	b.is(elements, "0")
	for _, hash := range []string{"#e=1", "#e=3", "#e=6", "#e=9", "#e=18"} {
		b.ask(`location.hash = '` + hash + `'`)
		b.until(`document.querySelector('#detail').textContent.includes('` + hash[:1] + hash[3:] + `')`)
		b.is(elements, "0")
		b.is(`document.querySelector('#detail').textContent.includes('<img src=x onerror=alert(1)>') + ''`, "true")
	}
	b.shoot("harm")
	b.calm()
}

// What a visualizer draws runs nothing and reaches nothing.
func TestHTMLVisualizerInBrowser(t *testing.T) {
	t.Parallel()
	b := openBrowser(t)
	var asked atomic.Int32
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	defer srv.Close()
	drawn := strings.ReplaceAll(`<meta http-equiv="refresh" content="0;url=URL/refresh"><base href="URL/"><link rel="stylesheet" href="URL/css">
		<style>td{color:#064}</style><script src="URL/js"></script><script>alert(1)</script><img src="URL/img" onerror="alert(2)"><iframe src="URL/frame"></iframe>
		<form action="URL/form"><input autofocus onfocus="alert(3)"></form><table><tr><td style="background:url(URL/bg)">Lamp</td></tr></table>`, "URL", srv.URL)
	path := filepath.Join(t.TempDir(), "report.html")
	text := page(t, htmlLog{n: 12}, report.Options{Visualize: func(*script.Visualizer) (string, error) { return drawn, nil }})
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	b.open(path, "#e=3")
	b.until(`document.querySelector('#detail iframe')`)
	b.is(`document.querySelector('#detail iframe').getAttribute('sandbox')`, "")
	b.is(`(document.querySelector('#detail iframe').contentDocument === null) + ''`, "true") // another origin
	b.ask(`new Promise((done) => setTimeout(done, 300))`)
	b.shoot("drawn")
	if n := asked.Load(); n != 0 {
		t.Errorf("the frame made %d requests", n)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if slices.Contains(b.troubles, dialog) {
		t.Error(dialog)
	}
}

// What a run of 50,000 executions costs is logged, not judged: machines differ.
func TestHTMLLargeInBrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("long")
	}
	b := openBrowser(t)
	path := saved(t, htmlLog{n: 50000, fails: 50})
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Size() > 25<<20 {
		t.Errorf("50,000 executions make %d MB", info.Size()>>20)
	}
	b.open(path, "")
	t.Logf("file %d KB, open after %s ms", info.Size()>>10, b.ask(`(performance.getEntriesByName('ready')[0].startTime).toFixed() + ''`))
	b.is(`document.querySelector('#shown').textContent`, "50,000 executions")
	b.shoot("large")
	b.ask(`globalThis.long = []; new PerformanceObserver((l) => globalThis.long.push(...l.getEntries().map((e) => e.duration))).observe({ type: 'longtask' })`)
	b.ask(`(async () => { for (let y = 0; y < 1600000; y += 23000) { scrollTo(0, y); await new Promise(requestAnimationFrame); } })()`)
	t.Logf("long tasks while scrolling: %s ms", b.ask(`JSON.stringify(globalThis.long)`))
	b.ask(`globalThis.long.length = 0`)
	b.ask(`scrollTo(0, 0)`)
	b.press("f")
	b.until(`document.querySelector('#shown').textContent === '995 of 50,000'`)
	b.press("f")
	b.press("/")
	for _, c := range "profile" {
		b.press(string(c))
	}
	b.until(`document.querySelector('#shown').textContent === '8,334 of 50,000'`)
	b.ask(`new Promise((done) => setTimeout(done, 300))`)
	t.Logf("long tasks while filtering: %s ms", b.ask(`JSON.stringify(globalThis.long)`))
	b.calm()
}

// columnsApart counts the cells of a row that are not below their head, or
// not in the row's first line.
const columnsApart = `(() => {
	const shown = (e) => [...e.children].filter((c) => getComputedStyle(c).display !== 'none');
	const heads = shown(document.querySelector('#heads')), row = document.querySelector('.row'), cells = shown(row);
	const apart = cells.filter((c, i) => {
		const cell = c.getBoundingClientRect(), head = heads[i]?.getBoundingClientRect(), line = row.getBoundingClientRect();
		return !head || Math.abs(cell.left - head.left) > 2 || cell.top < line.top || cell.bottom > line.bottom + 1;
	});
	return String(apart.length + Math.abs(heads.length - cells.length));
})()`

// Several runs make a grid: requests by runs, or turned round when they are
// many.
func TestHTMLGridInBrowser(t *testing.T) {
	t.Parallel()
	b := openBrowser(t)
	many := func(n int) report.Log {
		var logs []report.Log
		for i := range n {
			logs = append(logs, htmlLog{n: 6, fails: 6 * (i % 2), label: fmt.Sprint("Shop · Tenant ", i+1)}) // every other run has a failure
		}
		return report.Merge(logs...)
	}
	b.open(saved(t, many(4)), "")
	b.shoot("grid")
	b.is(`document.querySelector('.byrun').closest('details').querySelector('small').textContent`, "2 of 4 runs failed")
	b.is(`String(document.querySelectorAll('.byrun tbody tr').length)`, "6")
	b.is(`document.querySelectorAll('.byrun thead th')[1].textContent`, "Shop · Tenant 2")
	b.is(`String(document.querySelectorAll('.byrun td.bad').length)`, "2")
	b.ask(`document.querySelector('.byrun td.bad button').click()`)
	b.is(`document.querySelector('#shown').textContent`, "1 of 24")
	b.press("Escape")

	t.Log("the grid stays while a detail is open")
	b.ask(`location.hash = '#e=3'`)
	b.until(`document.querySelector('.open .byrun')?.offsetHeight > 50`)
	b.press("Escape")

	t.Log("on a phone each head is above its column, and a row has one line")
	b.size(420, 860)
	b.ask(`scrollTo(0, 1e6)`)
	b.until(`document.querySelector('.row')`)
	b.is(columnsApart, "0")
	b.size(1000, 860)
	b.ask(`scrollTo(0, 1e6)`)
	b.until(`document.querySelector('.row')`)
	b.is(columnsApart, "0")
	b.size(1400, 900)
	b.ask(`scrollTo(0, 1e6)`)
	b.until(`document.querySelector('.row')`)
	b.is(columnsApart, "0")

	b.open(saved(t, many(20)), "")
	b.is(`String(document.querySelectorAll('.byrun tbody tr').length)`, "20")
	b.is(`String(document.querySelectorAll('.byrun thead th').length)`, "6")

	b.open(saved(t, htmlLog{n: 6}), "")
	b.is(`String(document.querySelectorAll('.byrun').length)`, "0")
	b.calm()
}
