//go:build amd64 || arm64

package sandbox

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// openCSV is a user whose scripts have csv-parse twice: accelerated, and plain.
func openCSV(t testing.TB) libraryUser {
	t.Helper()
	u := openLibraries(t)
	u.run("plain = { sync: " + u.plain("csv-parse/lib/sync") + ", Parser: " + u.plain("csv-parse") + ".Parser };" +
		"fast = { sync: require('csv-parse/lib/sync'), Parser: require('csv-parse').Parser };" + csvRead)
	return u
}

// readers run a text through the function and through a parser that is given it
// in two pieces.
const csvRead = `
	result = (f) => { try { return f(); } catch (e) { return String(e); } };
	whole = (lib, text, options) => result(() => lib.sync(text, { ...options }));
	pieces = (lib, text, cut, options) => result(() => {
		const rows = [], parser = new lib.Parser({ ...options });
		parser.push = (row) => rows.push(row);
		const error = parser.__write(text.slice(0, cut), false) || parser.__write(text.slice(cut), false);
		const middle = JSON.stringify([{ ...parser._, nextChar: undefined }, parser.lines, parser.options]);
		parser._flush((e) => rows.push(String(e)));
		return [rows, error?.message, error ? '' : middle, parser.count, parser.lines, parser.empty_line_count, parser.skipped_line_count];
	});
	compare = (text, cut, options) => {
		for (const [name, f] of [['whole', (lib) => whole(lib, text, options)], ['pieces', (lib) => pieces(lib, text, cut, options)]]) {
			const [want, got] = [plain, fast].map((lib) => JSON.stringify(f(lib)));
			if (want !== got) console.log(name + ' of ' + JSON.stringify([text, cut, options]) + '\nwant ' + want + '\n got ' + got);
		}
	};`

var csvOptions = []string{
	`{}`, `{ columns: true }`, `{ columns: ['x', 'y', 'z'] }`, `{ columns: (names) => names.map((n) => n + '!') }`, `{ delimiter: ';' }`, `{ delimiter: '\t', trim: true }`,
	`{ trim: true, columns: true }`, `{ ltrim: true }`, `{ rtrim: true, skip_empty_lines: true }`, `{ auto_parse: true, auto_parse_date: true }`, `{ relax: true }`,
	`{ relax_column_count: true }`, `{ skip_lines_with_empty_values: true }`, `{ rowDelimiter: '\n' }`, `{ rowDelimiter: '\r\n', skip_empty_lines: true }`, `{ rowDelimiter: ['\n', '\r'] }`,
	`{ comment: '#' }`, `{ raw: true }`, `{ quote: "'" }`, `{ quote: "'", escape: "'" }`, `{ quote: '' }`, `{ escape: '\\' }`, `{ from: 2, to: 3 }`, `{ max_limit_on_data_read: 3 }`,
	`{ objname: 'a', columns: true }`, `{ rowDelimiter: '::' }`, `{ delimiter: ',,' }`,
}

// Whatever a text and the options are, csv-parse gives the rows and errors it
// gives without Go.
func TestCSV(t *testing.T) {
	t.Parallel()
	u := openCSV(t)
	parts := []string{"a", "b", "7", "-1.5", "2020-01-01", " ", "\t", ",", ",", ";", "\n", "\n", "\r\n", "\r", `"`, `"`, `""`, `","`, "'", "#", "\\", "é", "€", "\ufeff", "::", "a,b,c\n", "\"x\",\"y\",z\r\n", "\u00a0"}
	for seed := range cases(t) {
		r := rand.New(rand.NewPCG(seed, 15))
		var script strings.Builder
		for range 40 {
			var text strings.Builder
			for range r.IntN(24) {
				text.WriteString(parts[r.IntN(len(parts))])
			}
			if r.IntN(3) == 0 {
				text.Reset()
				end := pick(r, "\n", "\r\n", "\r")
				for range r.IntN(6) {
					text.WriteString(strings.Join([]string{pick(r, "a", `"b"`, `"x ""y"""`, "", " c "), pick(r, "1", `"2,3"`, "\"4\n5\""), pick(r, "z", `""`)}, pick(r, ",", ",", ";")) + end)
				}
			}
			fmt.Fprintf(&script, "compare(%s, %d, %s);\n", quoted(text.String()), r.IntN(12), csvOptions[r.IntN(len(csvOptions))])
		}
		if got := u.run(script.String()); len(got) > 0 {
			t.Fatalf("seed %d: %s", seed, strings.Join(got, "\n"))
		}
	}
}

// quoted is a text as JavaScript writes it.
func quoted(s string) string {
	return strings.NewReplacer("\ufeff", `\ufeff`).Replace(fmt.Sprintf("%q", s))
}

// One odd row among many does not slow down the rest.
func TestCSVIsRead(t *testing.T) {
	t.Parallel()
	u := openCSV(t)
	got := u.run(`
		const text = 'id,name\n1,a"b\n' + '2,"c ""d"""\n'.repeat(5000);
		const rows = require('csv-parse/lib/sync')(text, { columns: true, relax: true });
		console.log(rows.length, rows[0].name, rows[5000].name);`)
	if diff := cmp.Diff([]string{`5001`, `"a\"b"`, `"c \"d\""`}, got); diff != "" {
		t.Error(diff)
	}
}

func BenchmarkCSV(b *testing.B) {
	u := openCSV(b)
	b.ReportAllocs()
	for b.Loop() {
		u.run(`const text = 'id,name\n' + '2,"c ""d"""\n'.repeat(20000); require('csv-parse/lib/sync')(text, { columns: true });`)
	}
}
