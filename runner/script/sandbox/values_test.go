package sandbox_test

import (
	"encoding/json"
	"os"
	"testing"

	"postie/runner/script"
)

// rowsOf reads a file of testdata/v8: what scripts said in newman 6.2.2 with
// node 20.
func rowsOf(t *testing.T, name string) (rows [][]string) {
	t.Helper()
	data, err := os.ReadFile("testdata/v8/" + name)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &rows); err != nil {
		t.Fatal(err)
	}
	return rows
}

// show is how the values of expressions are written down.
const show = `
function show(v, d = 0) {
  if (d > 4) return '...';
  switch (typeof v) {
    case 'string': return JSON.stringify(v);
    case 'bigint': return v + 'n';
    case 'symbol': return v.toString();
    case 'number': return Object.is(v, -0) ? '-0' : String(v);
    case 'function': return 'function ' + v.name + '/' + v.length;
    case 'object':
      if (v === null) return 'null';
      if (v instanceof Error) return 'Error<' + v.name + ': ' + v.message + '>';
      if (v instanceof Date) return 'Date<' + v.getTime() + '>';
      if (v instanceof RegExp) return String(v);
      if (Array.isArray(v)) { let o = []; for (let i = 0; i < v.length; i++) o.push(i in v ? show(v[i], d + 1) : '<hole>'); for (const k of Object.keys(v)) if (!/^\d+$/.test(k)) o.push(k + '=' + show(v[k], d + 1)); return '[' + o.join(',') + ']'; }
      if (v instanceof Map) return 'Map' + show([...v], d);
      if (v instanceof Set) return 'Set' + show([...v], d);
      return '{' + Reflect.ownKeys(v).map((k) => String(k) + ':' + show(v[k], d + 1)).join(',') + '}';
  }
  return String(v);
}
for (const text of list) {
  let value;
  try { value = show(eval(text)) } catch (e) { value = 'THROWS ' + (e instanceof Error ? e.name + ': ' + e.message : show(e)) }
  pm.test(value, () => {});
}`

// Expressions have the values they have in newman.
func TestValuesOfV8(t *testing.T) {
	t.Parallel()
	c := newCell(t, script.Options{})
	rows := rowsOf(t, "values.json")
	for len(rows) > 0 {
		some := rows[:min(100, len(rows))]
		rows = rows[len(some):]
		var texts []string
		for _, row := range some {
			texts = append(texts, row[0])
		}
		list, err := json.Marshal(texts)
		if err != nil {
			t.Fatal(err)
		}
		c.tests = nil
		c.succeeds("const list = " + string(list) + ";" + show)
		for i, row := range some {
			if i < len(c.tests) && c.tests[i].Name != row[1] {
				t.Errorf("%s\n   is %s\n  not %s", row[0], c.tests[i].Name, row[1])
			}
		}
		if len(c.tests) != len(some) {
			t.Errorf("%d values, want %d", len(c.tests), len(some))
		}
	}
}

// Scripts fail with the errors they fail with in newman.
func TestErrorsOfV8(t *testing.T) {
	t.Parallel()
	c := newCell(t, script.Options{})
	for _, row := range rowsOf(t, "errors.json") {
		source, name, message := row[0], row[1], row[2]
		out := c.run(source)
		switch {
		case out.Err == nil:
			t.Errorf("%s\n  does not fail\n  want %s: %s", source, name, message)
		case out.Err.Name != name || out.Err.Message != message:
			t.Errorf("%s\n  %s: %s\n  want %s: %s", source, out.Err.Name, out.Err.Message, name, message)
		}
	}
}
