package collections

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postie/collections/vars"
)

func TestData(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, in string
		want     []string
	}{
		{"csv casts what survives", "a,b,c,d\n30,-5,1.5,0\n", []string{"a=30 b=-5 c=1.5 d=0"}},
		{"and nothing else", "a,b,c,d\n007,1.50,0x10,12345678901234567890\n", []string{`a="007" b="1.50" c="0x10" d="12345678901234567890"`}},
		{"quoted stays text", "a,b\n\"42\",\"x\"\"y, z\n2\"\n", []string{`a="42" b="x\"y, z\n2"`}},
		{"blank lines are no rows", "a\n\n1\n\n\n2\n", []string{"a=1", "a=2"}},
		{"BOM and CRLF", "\xef\xbb\xbfa,b\r\n1,x\r\n", []string{`a=1 b="x"`}},
		{"header only", "a,b\n", nil},
		{"json", `[{"a":1,"b":{"c":[]}},{"a":null}]`, []string{`a=1 b={"c":[]}`, "a=null"}},
		{"Latin-1", "a\nCaf\xe9\n", []string{`a="Café"`}},
		{"UTF-16", "\xff\xfea\x00\n\x00\xe9\x00\n\x00", []string{`a="é"`}},
		{"numeric headers are names", "7,8\n1,2\n", []string{"7=1 8=2"}},
		{"the last of duplicate headers", "a,a\n1,2\n", []string{"a=2"}},
		{"with a comma, only commas split", "a;b,c\td\n1;2,3\t4\n", []string{"a;b=\"1;2\" c\td=\"3\\t4\""}},
		{"semicolons split without one", "a;b\n1;2,5\n", []string{`a=1 b="2,5"`}},
		{"tabs split without one", "a\tb\n1\t2;5\n", []string{`a=1 b="2;5"`}},
		{"tabs with an empty first name", "\n\tb\n1\t2\n", []string{`=1 b=2`}},
		{"a comma in quotes is none", "\"a,b\";c\n1;2\n", []string{`a,b=1 c=2`}},
		{"semicolons, ragged", "a;b\n1\n", []string{"error: d:2:1: this row has 1 cells, the header 2; the header has no comma, so ; separates cells"}},
		{"tabs in UTF-16, as Excel writes them", "\xff\xfea\x00\t\x00b\x00\r\x00\n\x001\x00\t\x002\x00", []string{"a=1 b=2"}},
		{"lines that end in CR", "a,b\r1,x\r2,y\r", []string{`a=1 b="x"`, `a=2 b="y"`}},
		{"lines that end in CR, a blank one, no last", "\ra\r\r1\r2", []string{"a=1", "a=2"}},
		{"lines that end in CR, in quotes", "a,b\r\"1\r2\",x\r", []string{`a="1\r2" b="x"`}},
		{"lines that end in CR, semicolons", "a;b\r1;2\r", []string{"a=1 b=2"}},
		{"a CR inside a cell of lines that end in LF", "a,b\n1\r2,x\n", []string{`a="1\r2" b="x"`}},
		{"the file of Excel", "PK\x03\x04\x14\x00", []string{"error: d: this is a spreadsheet of Excel or the like, not CSV: save it as CSV (UTF-8)"}},
		{"the old file of Excel", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00", []string{"error: d: this is a spreadsheet of Excel or the like, not CSV: save it as CSV (UTF-8)"}},
		{"the XML of Excel", "<?xml version=\"1.0\"?>\n<?mso-application progid=\"Excel.Sheet\"?>", []string{"error: d: this is a spreadsheet of Excel or the like, not CSV: save it as CSV (UTF-8)"}},
		{"spaces around cells", " a , b \n 1 , \"x\" \n", []string{`a=1 b="x"`}},
		{"a quote inside a cell", "a\nx\"y\n", []string{`a="x\"y"`}},
		{"no last newline", "a\n1", []string{"a=1"}},
		{"empty", "", nil},
		{"words stay words", "a,b,c\ntrue,null,NaN\n", []string{`a="true" b="null" c="NaN"`}},
		{"digits are kept", `[{"id":12345678901234567890,"f":1.10}]`, []string{`id="12345678901234567890" f=1.1`}},
		{"JSON in UTF-16", "\xff\xfe[\x00{\x00}\x00]\x00", []string{""}},
		{"text after a quote", "a\n\"x\"y\n", []string{"error: d:2:1: text after a closing quote"}},
		{"ragged", "a,b\n1,2\n1,2,3\n", []string{"error: d:3:1: this row has 3 cells, the header 2"}},
		{"bad quote", "a,b\n1,\"x\n", []string{"error: d:2:1: a quote is never closed"}},
		{"json object", `{"a":1}`, []string{"error: d:1:1: iteration data must be an array of objects"}},
		{"json of numbers", `[{},` + "\n 1]", []string{"error: d:2:2: iteration data must be an array of objects; this row is not one"}},
		{"broken json", `[{"a":1,}]`, []string{"error: d:1:9: not valid JSON: trailing comma before }"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, readRows(tt.in)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func readRows(src string) (out []string) {
	d, err := ReadData("d", strings.NewReader(src))
	if err != nil {
		return []string{"error: " + err.Error()}
	}
	for s, err := range d.Rows() {
		if err != nil {
			return append(out, "error: "+err.Error())
		}
		var cells []string
		for v := range s.All() {
			cells = append(cells, v.Key+"="+string(vars.JSON(v.Value)))
		}
		out = append(out, strings.Join(cells, " "))
	}
	return out
}

// A reader that breaks off is an error, wherever it does; it is not the end.
func TestDataReadError(t *testing.T) {
	t.Parallel()
	const src = "a,b\n1,x\n\"2\",y\n"
	for at := range len(src) {
		d, err := ReadData("d", &broken{Reader: strings.NewReader(src), at: at})
		if !errors.Is(err, errBroken) {
			t.Errorf("broken at %d: %v, %v", at, d, err)
		}
	}
	file := &broken{Reader: strings.NewReader(src), at: len(src) + 1}
	d, err := ReadData("d", file)
	if err != nil || d.Len() != 2 {
		t.Fatal(d, err)
	}
	file.at = len(src) - 3
	var last error
	for _, err := range d.Rows() {
		last = err
	}
	if !errors.Is(last, errBroken) {
		t.Errorf("broken on a later reading: %v", last)
	}
}

// A broken reader fails at a place.
type broken struct {
	*strings.Reader
	at int
}

var errBroken = errors.New("input/output error")

func (b *broken) Read(p []byte) (int, error) {
	left := b.at - int(b.Size()) + b.Len()
	if left <= 0 {
		return 0, errBroken
	}
	return b.Reader.Read(p[:min(len(p), left)])
}

func TestEnvironment(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, in, want string }{
		{"values", `{"name":"E","values":[{"key":"a","value":"1"},{"key":"b","value":"2","enabled":false},{"key":"c","value":"3","disabled":true},{"key":"s","value":"x","type":"secret"}]}`, "E: a=1 s=x(secret)"},
		{"bare list", `[{"key":"a","value":7}]`, ": a=7"},
		{"wrapped", `{"environment":{"name":"W","values":[{"key":"a","value":"1"}]}}`, "W: a=1"},
		{"cast", `[{"key":"n","value":"7","type":"number"}]`, ": n=7"},
		{"plain map", `{"a":1}`, `error: e:1:1: not an environment: expected {"values": [{"key": …, "value": …}]}`},
		{"null", `null`, `error: e:1:1: not an environment: expected {"values": [{"key": …, "value": …}]}`},
		{"collection", `{"item":[]}`, "error: e:1:1: this is a collection, not an environment"},
	} {
		s, err := ParseEnvironment("e", []byte(tt.in))
		got := ""
		if err != nil {
			got = "error: " + err.Error()
		} else {
			got = s.Name + ":"
			for v := range s.All() {
				if _, on := s.Get(v.Key); on {
					got += " " + v.Key + "=" + vars.Text(v.Value)
					if v.Secret {
						got += "(secret)"
					}
				}
			}
		}
		if got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.name, got, tt.want)
		}
	}
}

// A list without any variable is no environment: rows of data would give none,
// and every name would stay undefined.
func TestRowsAreNoEnvironment(t *testing.T) {
	t.Parallel()
	for src, want := range map[string]string{
		`[{"user":"ann"},{"user":"bob"}]`: `e.json:1:1: not an environment: no entry of this list has a "key"; rows of data are passed with -d`,
		`[1]`:                             `e.json:1:1: not an environment: no entry of this list has a "key"; rows of data are passed with -d`,
		`[{"key":"user","value":"ann"}]`:  "",
		`[]`:                              "",
		`{"values":[]}`:                   "",
	} {
		got := ""
		if _, err := ParseEnvironment("e.json", []byte(src)); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%s: %s, want %s", src, got, want)
		}
	}
}
