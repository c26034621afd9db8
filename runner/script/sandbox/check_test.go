package sandbox

import "testing"

func TestCheck(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ source, want string }{
		{"", ""},
		{"return 1", ""},
		{"await pm.sendRequest('x')\npm.test('a', async () => {})", ""},
		{"while (true) {}", ""},
		{"let a = 1;\nlet b = ;", "2:9: SyntaxError: unexpected token in expression: ';'"},
		{"'abc\n'", "1:1: SyntaxError: unexpected end of string"},
		{"}", "1:0: SyntaxError: a bracket is not closed, or closed twice"},
		{"pm.test('x', () => {\n", "2:0: SyntaxError: a bracket is not closed, or closed twice"},
	} {
		got := ""
		if err := Check(tt.source); err != nil {
			got = err.Error()
		}
		if got != tt.want {
			t.Errorf("Check(%q) = %q, want %q", tt.source, got, tt.want)
		}
	}
}
