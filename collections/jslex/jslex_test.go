package jslex_test

import (
	"strings"
	"testing"
	"unicode"

	"postie/collections/jslex"
)

var letters = map[jslex.Kind]string{jslex.Word: "w", jslex.Number: "n", jslex.String: "s", jslex.Template: "t", jslex.RegExp: "r",
	jslex.Punctuator: "p", jslex.Comment: "c", jslex.Unknown: "u"}

// spelled writes tokens as one text: kind, then the token.
func spelled(source string) string {
	var list []string
	for t := range jslex.Tokens(source) {
		list = append(list, letters[t.Kind]+":"+t.Text)
	}
	return strings.Join(list, " ")
}

// The lexical grammar of ECMA-262, chapter 12, and of its annex B.
func TestTokens(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"words", `a $_ ünï \u0061b \u{62}c #p`, `w:a w:$_ w:ünï w:\u0061b w:\u{62}c w:#p`},
		{"numbers", `1 .5 1.5e-3 0x1F 0b1 0o7 017 1_000 10n 1..a`, `n:1 n:.5 n:1.5e-3 n:0x1F n:0b1 n:0o7 n:017 n:1_000 n:10n n:1. p:. w:a`},
		{"a hexadecimal number has no exponent", `0xe+1`, `n:0xe p:+ n:1`},
		{"an octal number has no fraction", `01.a`, `n:01 p:. w:a`},
		{"strings", `'a' "b" 'it\'s' "" 'a//b'`, `s:'a' s:"b" s:'it\'s' s:"" s:'a//b'`},
		{"a string over two lines", "'a\\\nb' 'c\\\r\nd'", "s:'a\\\nb' s:'c\\\r\nd'"},
		{"a string may hold a line separator", "'a\u2028b'", "s:'a\u2028b'"},
		{"a string that is not closed", "'a\nb", "s:'a w:b"},
		{"template", "`a` `a\\`b`", "t:`a` t:`a\\`b`"},
		{"template with code", "`a${b}c${d}e`", "t:`a${ w:b t:}c${ w:d t:}e`"},
		{"template in a template", "`a${`b${c}`}d`", "t:`a${ t:`b${ w:c t:}` t:}d`"},
		{"an object in a template", "`${{a: 1}.a}`", "t:`${ p:{ w:a p:: n:1 p:} p:. w:a t:}`"},
		{"a function in a template", "`${(() => { return '}' })()}`", "t:`${ p:( p:( p:) p:=> p:{ w:return s:'}' p:} p:) p:( p:) t:}`"},
		{"a dollar is none", "`$ $a {b} \\${c}`", "t:`$ $a {b} \\${c}`"},
		{"comments", "a // b\nc /* d\n */ e", "w:a c:// b w:c c:/* d\n */ w:e"},
		{"a quote in a comment", "a // it's\nb 'c'", "w:a c:// it's w:b s:'c'"},
		{"HTML's comments", "a <!-- b\n--> c\nd\n /* e */ --> f", "w:a c:<!-- b c:--> c w:d c:/* e */ c:--> f"},
		{"--> behind code", "a-->b", "w:a p:-- p:> w:b"},
		{"hashbang", "#!/usr/bin/env node\na", "c:#!/usr/bin/env node w:a"},
		{"no hashbang", "a #!b", "w:a u:# p:! w:b"},
		{"punctuators", "a>>>=b**c??=d?.e?.5:f...", "w:a p:>>>= w:b p:** w:c p:??= w:d p:?. w:e p:? n:.5 p:: w:f p:..."},
		{"unknown", "a \\ b \x00", "w:a u:\\ w:b u:\x00"},
	} {
		if got := spelled(c.in); got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

// What a / begins depends on what is before it. Each of these has one
// regular expression or none.
func TestRegExps(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{`/a/`, `/a/`}, {`x = /a/gi.test(y)`, `/a/gi`}, {`/[/]/ + /\//`, `/[/]/ /\//`}, {`f(/a/)`, `/a/`}, {`[/a/]`, `/a/`}, {`!/a/`, `/a/`},
		{`return /a/`, `/a/`}, {`typeof /a/`, `/a/`}, {`x in /a/`, `/a/`}, {`case /a/:`, `/a/`}, {`a ? /b/ : /c/`, `/b/ /c/`},
		{`a / b / c`, ``}, {`1 / 2 / 3`, ``}, {`'a' / b / c`, ``}, {"`a` / b / c", ``}, {`a[0] / b / c`, ``}, {`f() / b / c`, ``}, {`(a) / b / c`, ``},
		{`this / b / c`, ``}, {`a.return / b / c`, ``}, {`a?.typeof / b / c`, ``}, {`a++ / b / c`, ``}, {"a\n++/b/.c", `/b/`},
		{`if (a) /b/.test(c)`, `/b/`}, {`while (a) /b/.test(c)`, `/b/`}, {`a.if(b) / c / d`, ``}, {`do /a/.test(b); while (c) /d/`, `/a/ /d/`},
		{`for (const a of /b/) /c/`, `/b/ /c/`}, {`for await (const a of b) /c/`, `/c/`}, {`await (a) / b / c`, ``},
		{`{} /a/`, `/a/`}, {`if (a) {} /b/`, `/b/`}, {`x = {} / a / b`, ``}, {`({} / a / b)`, ``}, {`return {} / a / b`, ``}, {"return\n{} /a/", `/a/`},
		{`function f() {} /a/`, `/a/`}, {`x = function () {} / a / b`, ``}, {`(function () {} / a / b)`, ``}, {`async function f() {} /a/`, `/a/`},
		{`x = async function () {} / a / b`, ``}, {`class A {} /a/`, `/a/`}, {`x = class A extends B {} / a / b`, ``}, {`x = class extends (class {}) {} / a / b`, ``},
		{`() => /a/`, `/a/`}, {"x = () => {}\n/a/.test(b)", `/a/`}, {`x = { a: /b/, if: /c/, d() {} }`, `/b/ /c/`}, {`x = { function: 1, a: 2 } / b / c`, ``},
		{`switch (a) { case 1: {} /b/; default: /c/ }`, `/b/ /c/`}, {`a: {} /b/`, `/b/`}, {`x = a ? {} : {} / b / c`, ``},
		{"`${/a/}` / b / c", `/a/`}, {"`${a / b / c}`", ``}, {"a = b\n/c/ d", ``}, {`/a`, ``}, {"/a\n/", ``}, {"/a\\\n/", ``}, {`a = b /= c / d`, ``},
		{`try { } catch { } /a/`, `/a/`}, {`try { } catch (e) { } /a/`, `/a/`}, {`else /a/`, `/a/`}, {`const {a = /b/} = c`, `/b/`}, {`x = y / /z/.a`, `/z/`},
	} {
		var found []string
		for t := range jslex.Tokens(c.in) {
			if t.Kind == jslex.RegExp {
				found = append(found, t.Text)
			}
		}
		if got := strings.Join(found, " "); got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.in, got, c.want)
		}
	}
}

func TestNewline(t *testing.T) {
	var lines []string
	for t := range jslex.Tokens("a b\nc // d\r\ne\u2028f") {
		if t.Newline {
			lines = append(lines, t.Text)
		}
	}
	if got := strings.Join(lines, " "); got != "c e f" {
		t.Errorf("first of a line: %s", got)
	}
}

func TestCode(t *testing.T) {
	list := jslex.Code("a /* b */ . c // d")
	if len(list) != 3 || !list[0].Is("a") || !list[1].Is(".") || list[2].Start != 12 || list[2].End() != 13 {
		t.Error(list)
	}
	for t2 := range jslex.Tokens("a b") {
		if t2.Text != "a" {
			t.Error("it goes on")
		}
		break
	}
}

// FuzzTokens: tokens follow each other, and only white space is between
// them.
func FuzzTokens(f *testing.F) {
	for _, s := range []string{"a /b/ c", "`a${b}c`", "'\\", "`${`", "/[", "#!a\n-->b", "0x", "\\u{", "a\u2028b /* c", "}}}", "((({", "?.5", "\xff\xfe", "function(){}/a/"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, source string) {
		at := 0
		for tok := range jslex.Tokens(source) {
			if tok.Start < at || tok.Text == "" || source[tok.Start:tok.End()] != tok.Text {
				t.Fatalf("token %q at %d, after %d", tok.Text, tok.Start, at)
			}
			onlySpace(t, source[at:tok.Start])
			at = tok.End()
		}
		onlySpace(t, source[at:])
	})
}

func onlySpace(t *testing.T, between string) {
	t.Helper()
	if rest := strings.TrimFunc(between, func(c rune) bool { return unicode.IsSpace(c) || c == '\uFEFF' }); rest != "" {
		t.Fatalf("%q belongs to no token", rest)
	}
}

func BenchmarkTokens(b *testing.B) {
	source := strings.Repeat("pm.test('status', () => { pm.response.to.have.status(200); }); // it is\nconst a = `x${1 / 2}y`;\n", 100)
	b.SetBytes(int64(len(source)))
	b.ReportAllocs()
	for b.Loop() {
		for range jslex.Tokens(source) {
		}
	}
}
