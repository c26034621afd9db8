package mask_test

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"postie/runner/mask"
)

func masker(secrets ...string) *mask.Masker {
	m := mask.New(mask.Options{})
	for _, s := range secrets {
		m.Learn(s, mask.Run)
	}
	return m
}

// each spells every character of a text by f.
func each(s string, f func(rune) string) string {
	var b strings.Builder
	for _, r := range s {
		b.WriteString(f(r))
	}
	return b.String()
}

func percentAll(s string) string {
	var b strings.Builder
	for i := range len(s) {
		fmt.Fprintf(&b, "%%%02x", s[i])
	}
	return b.String()
}

// units spells a character as JavaScript's \u escapes do.
func units(r rune) string {
	var b strings.Builder
	for _, u := range utf16.Encode([]rune{r}) {
		fmt.Fprintf(&b, `\u%04x`, u)
	}
	return b.String()
}

func jsonText(s string) string {
	b, _ := json.Marshal(s)
	return string(b[1 : len(b)-1])
}

// encodings are ways in which a text comes back.
var encodings = []struct {
	name   string
	encode func(string) string
}{
	{"as it is", func(s string) string { return s }},
	{"query", url.QueryEscape},
	{"path", url.PathEscape},
	{"query, lower case", func(s string) string {
		return each(s, func(r rune) string { return lowerEscape(url.QueryEscape(string(r))) })
	}},
	{"percent, every byte", percentAll},
	{"percent, twice", func(s string) string { return url.QueryEscape(url.QueryEscape(s)) }},
	{"percent, every other", func(s string) string {
		i := 0
		return each(s, func(r rune) string {
			if i++; i%2 == 0 {
				return percentAll(string(r))
			}
			return string(r)
		})
	}},
	{"percent of JSON", func(s string) string { return url.QueryEscape(jsonText(s)) }},
	{"JSON", jsonText},
	{"JSON with \\/", func(s string) string { return strings.ReplaceAll(jsonText(s), "/", `\/`) }},
	{"JSON with \\u", func(s string) string { return each(s, units) }},
	{"JSON with \\U", func(s string) string {
		return each(s, func(r rune) string { return `\u` + strings.ToUpper(units(r)[2:6]) + units(r)[6:] })
	}},
	{"JSON, ASCII only", func(s string) string {
		return each(s, func(r rune) string {
			if r > '~' {
				return units(r)
			}
			return jsonText(string(r))
		})
	}},
	{"JSON in JSON", func(s string) string { return jsonText(jsonText(s)) }},
	{"JSON in JSON in JSON", func(s string) string { return jsonText(jsonText(jsonText(s))) }},
	{"HTML", html.EscapeString},
	{"HTML with &quot;", func(s string) string {
		return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&apos;").Replace(s)
	}},
	{"HTML numbers", func(s string) string { return each(s, func(r rune) string { return fmt.Sprintf("&#%d;", r) }) }},
	{"HTML hexadecimal", func(s string) string { return each(s, func(r rune) string { return fmt.Sprintf("&#x%X;", r) }) }},
	{"HTML numbers with zeros", func(s string) string { return each(s, func(r rune) string { return fmt.Sprintf("&#%07d;", r) }) }},
	{"HTML hexadecimal with zeros", func(s string) string { return each(s, func(r rune) string { return fmt.Sprintf("&#x%08x;", r) }) }},
	{"HTML twice", func(s string) string { return html.EscapeString(html.EscapeString(s)) }},
	{"Chai's quotes", func(s string) string { return strings.NewReplacer(`'`, `\'`, "\n", `\n`, "\t", `\t`).Replace(s) }},
	{"JavaScript's quotes", func(s string) string {
		return strings.NewReplacer(`\`, `\\`, `'`, `\'`, "\n", `\n`, "\t", `\t`).Replace(s)
	}},
	{"Go's quotes", func(s string) string { q := strconv.Quote(s); return q[1 : len(q)-1] }},
	{"each character another way", func(s string) string {
		i := 0
		return each(s, func(r rune) string {
			i++
			return []string{string(r), percentAll(string(r)), units(r), fmt.Sprintf("&#x%x;", r), percentAll(units(r)), jsonText(string(r))}[i%6]
		})
	}},
	{"a shell's quotes", func(s string) string { return strings.ReplaceAll(s, `'`, `'\''`) }},
	{"a shell's quotes in JSON", func(s string) string { return jsonText(strings.ReplaceAll(s, `'`, `'\''`)) }},
	{"JavaScript's escape", func(s string) string {
		return each(s, func(r rune) string { return strings.ReplaceAll(units(r), `\u`, "%u") })
	}},
	{"CSV", func(s string) string { return strings.ReplaceAll(s, `"`, `""`) }},
	{"hexadecimal", func(s string) string { return hex.EncodeToString([]byte(s)) }},
	{"HEXADECIMAL", func(s string) string { return strings.ToUpper(hex.EncodeToString([]byte(s))) }},
	{"base64", func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }},
	{"base64 without =", func(s string) string { return base64.RawStdEncoding.EncodeToString([]byte(s)) }},
	{"base64 for URLs", func(s string) string { return base64.URLEncoding.EncodeToString([]byte(s)) }},
	{"base64 for URLs without =", func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }},
	{"base64 in a URL", func(s string) string { return url.QueryEscape(base64.StdEncoding.EncodeToString([]byte(s))) }},
	{"base64 in JSON", func(s string) string {
		return strings.ReplaceAll(base64.StdEncoding.EncodeToString([]byte(s)), "/", `\/`)
	}},
	{"JavaScript's \\u{}", func(s string) string { return each(s, func(r rune) string { return fmt.Sprintf(`\u{%x}`, r) }) }},
	{"Perl's \\x{}", func(s string) string { return each(s, func(r rune) string { return fmt.Sprintf(`\x{%x}`, r) }) }},
	{"Python's \\U", func(s string) string { return each(s, func(r rune) string { return fmt.Sprintf(`\U%08x`, r) }) }},
	{"C's \\x", func(s string) string { return eachByte(s, `\x%02x`, "") }},
	{"a shell's octal numbers", func(s string) string { return eachByte(s, `\%03o`, "") }},
}

// eachByte spells every byte of a text in a format, with a text between two.
func eachByte(s, format, between string) string {
	var list []string
	for i := range len(s) {
		list = append(list, fmt.Sprintf(format, s[i]))
	}
	return strings.Join(list, between)
}

// wide is a text in UTF-16.
func wide(s string) string {
	var b []byte
	for _, unit := range utf16.Encode([]rune(s)) {
		b = binary.LittleEndian.AppendUint16(b, unit)
	}
	return string(b)
}

func base64Text(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

func gzipped(s string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write([]byte(s))
	z.Close()
	return b.String()
}

func deflated(s string) string {
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	z.Write([]byte(s))
	z.Close()
	return b.String()
}

// codes are ways in which a text comes back that spell more than it, such as
// the last zero of UTF-16 or what fills a group of base64.
var codes = []struct {
	name   string
	encode func(string) string
}{
	{"percent of UTF-16", func(s string) string { return percentAll(wide(s)) }},
	{"UTF-16", wide},
	{"hexadecimal with colons", func(s string) string { return eachByte(s, "%02x", ":") }},
	{"HEXADECIMAL with colons", func(s string) string { return eachByte(s, "%02X", ":") }},
	{"hexadecimal of UTF-16", func(s string) string { return hex.EncodeToString([]byte(wide(s))) }},
	{"hexadecimal of hexadecimal", func(s string) string { return hex.EncodeToString([]byte(hex.EncodeToString([]byte(s)))) }},
	{"a Buffer as node prints it", func(s string) string { return eachByte(s, "%02x", " ") }},
	{"a dump", func(s string) string { return eachByte(s, "%02x", "-") }},
	{"a list of hexadecimal numbers", func(s string) string { return eachByte(s, "0x%02x", ", ") }},
	{"a list of numbers", func(s string) string { return eachByte(s, "%d", ",") }},
	{"a list of numbers, spaced", func(s string) string { return eachByte(s, "%d", ",\n    ") }},
	{"base64 twice", func(s string) string { return base64Text(base64Text(s)) }},
	{"base64 three times", func(s string) string { return base64Text(base64Text(base64Text(s))) }},
	{"base64 of UTF-16", func(s string) string { return base64Text(wide(s)) }},
	{"base64 of JSON with \\u", func(s string) string { return base64Text(each(s, units)) }},
	{"base64 of hexadecimal", func(s string) string { return base64Text(hex.EncodeToString([]byte(s))) }},
	{"hexadecimal of base64", func(s string) string { return hex.EncodeToString([]byte(base64Text(s))) }},
	{"base64 of percent", func(s string) string { return base64Text(percentAll(s)) }},
	{"base64 of zlib", func(s string) string { return base64Text(deflated(s)) }},
	{"base64 of gzip", func(s string) string { return base64Text(gzipped(s)) }},
	{"base64 in lines", func(s string) string { return lines(base64Text(strings.Repeat("x", 50)+s), 20, "\r\n") }},
	{"base64 in lines, in JSON", func(s string) string { return lines(base64Text(strings.Repeat("x", 50)+s), 20, `\n`) }},
	{"the payload of a JWT", func(s string) string {
		payload, _ := json.Marshal(map[string]string{"sub": "me", "pw": s})
		return base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none"}`)) + "." + base64.RawURLEncoding.EncodeToString(payload) + "."
	}},
	{"JSON of a Buffer", func(s string) string { return `{"type":"Buffer","data":[` + eachByte(s, "%d", ",") + `]}` }},
	{"quoted-printable", func(s string) string { return eachByte(s, "=%02X", "") }},
	{"quoted-printable in lines", func(s string) string { return lines(eachByte(s, "=%02X", ""), 9, "=\r\n") }},
}

// lines breaks a text into lines.
func lines(s string, length int, end string) string {
	var b strings.Builder
	for len(s) > length {
		b.WriteString(s[:length] + end)
		s = s[length:]
	}
	return b.String() + s
}

// A secret in a code within another, or with something between its characters,
// is hidden with at most a few characters of the code left.
func TestSecretsInCodesAreHidden(t *testing.T) {
	t.Parallel()
	const few = 6
	for _, secret := range testSecrets {
		if len(secret) < 4 {
			continue
		}
		m := masker(secret)
		for _, c := range codes {
			encoded := c.encode(secret)
			got := m.Text("before " + encoded + " after")
			head, tail, hidden := strings.Cut(got, mask.Masked)
			tail = strings.TrimSuffix(tail, " after")
			if !hidden || len(tail) > few && strings.HasSuffix(encoded, tail) && !strings.Contains(c.name, "JWT") {
				t.Errorf("%q as %s: %q became %q (%s, %s)", secret, c.name, encoded, got, head, tail)
			}
		}
		if got := m.Text(gzipped(secret)); got != mask.Masked {
			t.Errorf("%q, compressed: %q", secret, got)
		}
	}
}

// In JSON, the bytes of a secret one by one are hidden so that it stays JSON.
func TestBytesInJSON(t *testing.T) {
	t.Parallel()
	m := masker("it's a secret")
	for _, c := range []struct{ src, want string }{
		{`{"type":"Buffer","data":[` + eachByte("it's a secret", "%d", ",") + `]}`, `{"type":"Buffer","data":["******"]}`},
		{`[1, 2, ` + eachByte("it's a secret", "%d", ", ") + `, 300]`, `[1, 2, "******", 300]`},
		{`{"a":"` + eachByte("it's a secret", "%d", ",") + `","b":[1,2,3]}`, `{"a":"******","b":[1,2,3]}`},
	} {
		if got := string(m.JSON(json.RawMessage(c.src))); got != c.want {
			t.Errorf("%s: %s, want %s", c.src, got, c.want)
		}
	}
}

// What is decoded to look for secrets stays as it is when there are none.
func TestCodesWithoutSecretsStay(t *testing.T) {
	t.Parallel()
	m := masker("plain-secret-1", "four")
	for _, text := range []string{
		base64Text(strings.Repeat("no secret here, ", 40)), base64Text(gzipped(strings.Repeat("nothing", 1000))), "73:65:63:72", "1,2,3,4,5,6,7,8",
		"6f1c8d2e-77ab-4f5a-9c3e-1b2d3e4f5a6b", "a=3Db=\r\nc", "\x1f\x8b\x08 is no archive", strings.Repeat("QUJD\n", 50), "%%%&&&\\\\", "0x", "0x0x0x0x", "1,,2,,3,,4",
	} {
		if got := m.Text(text); got != text {
			t.Errorf("%q became %q", text, got)
		}
	}
}

func lowerEscape(s string) string {
	if strings.HasPrefix(s, "%") {
		return strings.ToLower(s)
	}
	return s
}

var testSecrets = []string{
	"plain-secret-1",
	"with space and+plus",
	`quotes ' and " and \ back`,
	"slashes/and=signs&more?%",
	"wörd-ünïcode-ß",
	"key🔑with-emoji",
	"日本語のひみつ",
	"percent%41already%2Fescaped",
	`json\u0041already\/escaped`,
	"&amp;entity&#65;already",
	"tab\tin-the-middle",
	"100%",
	"%4",
	`C:\new\temp`,
	"aaaaaaaaaaaaaaaa",
	"****not*only*stars",
}

// A secret is hidden however it comes back, with nothing of it left.
func TestSecretsAreHiddenInEveryEncoding(t *testing.T) {
	t.Parallel()
	for _, secret := range testSecrets {
		m := masker(secret)
		for _, e := range encodings {
			text := "before " + e.encode(secret) + " after"
			want := "before " + mask.Masked + " after"
			if len(secret) < 4 {
				want = text // too short to be hidden anywhere
			}
			if got := m.Text(text); got != want {
				t.Errorf("%q as %s: %q became %q, want %q", secret, e.name, text, got, want)
			}
		}
	}
}

// Inside longer text the base64 of a secret begins at any of three places in a
// group of four characters, and Basic has it after a user's name.
func TestSecretsInsideLongerBase64(t *testing.T) {
	t.Parallel()
	for _, secret := range []string{"TameSecret0123456789abcd", "four", "pass?word>", "wörd-ünïcode", "a-rather-long-secret-of-which-the-base64-is-longer-than-what-is-looked-for"} {
		m := masker(secret)
		for _, before := range []string{"", "a", "ab", "user:", "ab:", "user-1:"} {
			for _, after := range []string{"", "z", "zz", " and more"} {
				text := before + secret + after
				for _, e := range []*base64.Encoding{base64.StdEncoding, base64.RawStdEncoding, base64.URLEncoding, base64.RawURLEncoding} {
					got := m.Text("Basic " + e.EncodeToString([]byte(text)))
					if !strings.Contains(got, mask.Masked) {
						t.Errorf("%q in base64 shows: %q", text, got)
						continue
					}
					head, tail, _ := strings.Cut(strings.TrimPrefix(got, "Basic "), mask.Masked)
					if len(head) > (len(before)*8+5)/6 || len(tail) > (len(after)*8+5)/6+2 {
						t.Errorf("%q in base64 shows in part: %q", text, got)
					}
				}
			}
		}
	}
}

// A secret stands for its parts, too: the lines of a key, the strings of an
// object, what comes after a scheme.
func TestPartsOfSecrets(t *testing.T) {
	t.Parallel()
	pem := "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSj\nAgEAAoIBAQC7VJTUt9Us8cKjMzEfYyjiWA4R4\n-----END PRIVATE KEY-----\n"
	for _, c := range []struct{ name, secret, text, want string }{
		{"a line of a key", pem, "x MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSj y", "x ****** y"},
		{"a key without line breaks", pem, "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKjMzEfYyjiWA4R4", "************"},
		{"a key with escaped line breaks", strings.ReplaceAll(pem, "\n", `\n`), "x AgEAAoIBAQC7VJTUt9Us8cKjMzEfYyjiWA4R4 y", "x ****** y"},
		{"a key, its first line aside", pem, "-----BEGIN PRIVATE KEY-----\n", "-----BEGIN PRIVATE KEY-----\n"},
		{"a string in an object", `{"user":"u","deep":[{"pw":"inner-Secret"}]}`, "it is inner-Secret", "it is ******"},
		{"after a scheme", "Bearer abcdefgh12345678", "token=abcdefgh12345678", "token=******"},
		{"percent-encoded itself", "p%40ss-w%2Frd", "p@ss-w/rd", "******"},
		{"spaces around it", " spaced-out \n", "(spaced-out)", "(******)"},
		{"a host's name", "MyTenant-Secret", "https://mytenant-secret.example.com", "https://******.example.com"},
		{"Latin-1", "wörter-Büro", base64.StdEncoding.EncodeToString([]byte("w\xf6rter-B\xfcro")), "******"},
	} {
		if got := masker(c.secret).Text(c.text); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// Of secrets that overlap, all is hidden; what does not overlap is hidden apart.
func TestOverlappingSecrets(t *testing.T) {
	t.Parallel()
	m := masker("abcd", "abcdEFGHIJKL", "IJKLmnop", "zzzz")
	for _, c := range []struct{ text, want string }{
		{"abcdEFGHIJKL", "******"},
		{"%61bcdEFGHIJKL", "******"},
		{"abcdEFGHIJKLmnop", "******"},
		{"%61bcdEFGH%49JKLmnop.", "******."},
		{"abcdzzzz", "************"},
		{"abcd-zzzz", "******-******"},
	} {
		if got := m.Text(c.text); got != c.want {
			t.Errorf("%s: %q, want %q", c.text, got, c.want)
		}
	}
}

// A text that was cut by whoever made it may end in the beginning of a secret.
func TestCutSecrets(t *testing.T) {
	t.Parallel()
	m := masker("it's-a-Secret-0123456789")
	for _, c := range []struct{ text, want string }{
		{"expected 'it\\'s-a-Secr…' to equal 'x'", "expected '******…' to equal 'x'"},
		{"'it's-a-Secr'... 12 more characters", "'******'... 12 more characters"},
		{"it's-a-Secr...", "******..."},
		{"it's-a-Secr", "it's-a-Secr"},
		{"it…", "it…"},
	} {
		if got := m.Text(c.text); got != c.want {
			t.Errorf("%s: %q, want %q", c.text, got, c.want)
		}
	}
}

// What is too short or too common is no secret in a text.
func TestWordsStay(t *testing.T) {
	t.Parallel()
	m := masker("abc", "true", "null", "   ", "******", "")
	text := `abc true null       ****** {"a":true}`
	if got := m.Text(text); got != text {
		t.Error(got)
	}
}

// Texts without secrets are returned as they are, not copied.
func TestTextsAreNotCopied(t *testing.T) {
	m := masker("some-secret", "another-one")
	text := strings.Repeat(`{"a": "100%", "b": "c\u0041"} &amp; `, 20)
	m.Text(text)
	if n := testing.AllocsPerRun(100, func() { m.Text(text) }); n > 3 { // none as long as the text
		t.Errorf("%v allocations", n)
	}
	src := json.RawMessage(`{"a":"b"}`)
	if out := m.JSON(src); &out[0] != &src[0] {
		t.Error("JSON was copied")
	}
}

// JSON stays JSON: secrets are hidden in its strings, and as whole numbers.
func TestJSONStaysJSON(t *testing.T) {
	t.Parallel()
	m := masker("nabc-secret", `a","b`, "123456", "/pa/ss/")
	for _, c := range []struct{ name, src, want string }{
		{"in strings and keys", `{"nabc-secret":["x nabc-secret y"]}`, `{"******":["x ****** y"]}`},
		{"after a backslash", `{"path":"C:\\nabc-secret"}`, `{"path":"C:\\******"}`},
		{"what looks like it", `{"line":"\nabc-secret"}`, `{"line":"******"}`},
		{"written into a string", `{"a":"x\u002f\/pa\/ss\/é"}`, `{"a":"x\u002f******é"}`},
		{"across strings is none", `["a","b"]`, `["a","b"]`},
		{"a number", `{"pin": 123456, "long": 91234567}`, `{"pin": "******", "long": 91234567}`},
		{"escaped", `{"a":"\/pa\/ss\/","b":"\u002fpa/ss/"}`, `{"a":"******","b":"******"}`},
		{"other escapes stay", `{"a":"\u00e9 123456 \"<b>\""}`, `{"a":"\u00e9 ****** \"<b>\""}`},
		{"JSON in JSON", `{"body":"{\"a\":\"\\/pa\\/ss\\/\"}"}`, `{"body":"{\"a\":\"******\"}"}`},
		{"no JSON", `{"a": nabc-secret`, `{"a": ******`},
		{"spaces stay", " [ 1 , {\n} ] \n", " [ 1 , {\n} ] \n"},
	} {
		got := string(m.JSON(json.RawMessage(c.src)))
		if got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// Credentials are hidden in their place in a document, however short they are
// and of whatever type; templates stay.
func TestPlacesInDocuments(t *testing.T) {
	t.Parallel()
	m := mask.New(mask.Options{Names: []string{"My-Pin"}})
	for _, c := range []struct{ name, src, want string }{
		{"a list of auth parameters", `{"auth":{"type":"basic","basic":[{"key":"username","value":"u"},{"key":"password","value":"pw"}]}}`,
			`{"auth":{"type":"basic","basic":[{"key":"username","value":"u"},{"key":"password","value":"******"}]}}`},
		{"the value first", `{"auth":{"basic":[{"type":"any","value":7,"key":"password"}]}}`, `{"auth":{"basic":[{"type":"any","value":"******","key":"password"}]}}`},
		{"an object of auth parameters", `{"auth":{"type":"apikey","apikey":{"key":"X","value":{"a":[1]}}}}`, `{"auth":{"type":"apikey","apikey":{"key":"X","value":"******"}}}`},
		{"a list of an API key's parameters", `{"auth":{"type":"apikey","apikey":[{"key":"key","value":"X"},{"key":"value","value":"v"}]}}`,
			`{"auth":{"type":"apikey","apikey":[{"key":"key","value":"X"},{"key":"value","value":"******"}]}}`},
		{"an object of a password", `{"auth":{"basic":{"username":"u","password":[1,{"a":"b"}]}}}`, `{"auth":{"basic":{"username":"u","password":"******"}}}`},
		{"a template", `{"auth":{"bearer":[{"key":"token","value":"{{token}}"}]}}`, `{"auth":{"bearer":[{"key":"token","value":"{{token}}"}]}}`},
		{"a header", `{"header":[{"key":"Authorization","value":"Bearer x"},{"key":"Accept","value":"*/*"}]}`,
			`{"header":[{"key":"Authorization","value":"Bearer ******"},{"key":"Accept","value":"*/*"}]}`},
		{"a header with a template", `{"header":[{"key":"Authorization","value":"Bearer {{t}}"}]}`, `{"header":[{"key":"Authorization","value":"Bearer {{t}}"}]}`},
		{"a secret variable", `{"variable":[{"key":"a","value":"b","type":"secret"}]}`, `{"variable":[{"key":"a","value":"******","type":"secret"}]}`},
		{"a key to hide", `{"a":{"my-pin":1234,"MY-PIN":null}}`, `{"a":{"my-pin":"******","MY-PIN":null}}`},
		{"a parameter to hide", `[{"key":"my-pin","value":"1"},{"name":"my-pin","value":""}]`, `[{"key":"my-pin","value":"******"},{"name":"my-pin","value":""}]`},
	} {
		got := string(m.JSON(json.RawMessage(c.src)))
		if got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// The values of a name are hidden in any kind of text.
func TestNamesInTexts(t *testing.T) {
	t.Parallel()
	m := mask.New(mask.Options{Names: []string{"pin"}})
	for _, c := range []struct{ text, want string }{
		{"a=1&pin=7&b=2", "a=1&pin=******&b=2"},
		{"/p?PIN=7#x", "/p?PIN=******#x"},
		{"user[pin]=7&a=b", "user[pin]=******&a=b"},
		{"{ pin: 'it\\'s', b: 1 }", "{ pin: '******', b: 1 }"},
		{"{ pin: 1234 }", "{ pin: ****** }"},
		{`body: "{\"pin\":\"1\\\"2\",\"b\":1}"`, `body: "{\"pin\":\"******\",\"b\":1}"`},
		{`{"pin" : 12, "b": {{b}}}`, `{"pin" : ******, "b": {{b}}}`},
		{`pin: {"a":[1,"}"]} x`, `pin: ****** x`},
		{"<pin>7</pin>", "<pin>******</pin>"},
		{"--b\r\nContent-Disposition: form-data; name=\"pin\"\r\n\r\n7\r\n--b--", "--b\r\nContent-Disposition: form-data; name=\"pin\"\r\n\r\n******\r\n--b--"},
		{"pin={{pin}}", "pin={{pin}}"},
		{"pinned=1 my-pin=2 pin", "pinned=1 my-pin=2 pin"},
		{"pin: null", "pin: null"},
	} {
		if got := m.Text(c.text); got != c.want {
			t.Errorf("%q: %q, want %q", c.text, got, c.want)
		}
	}
}

// Of a token each part is hidden where it is alone, but for the header, which
// many tokens share.
func TestPartsOfTokens(t *testing.T) {
	t.Parallel()
	const head, payload, signature = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9", "eyJzdWIiOiIxMjM0NTY3ODkwIn0", "dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"
	for name, token := range map[string]string{"signed": head + "." + payload + "." + signature, "after its scheme": "Bearer " + head + "." + payload + "." + signature} {
		m := masker(token)
		for _, part := range []string{payload, signature, payload + "." + signature, base64Text(signature)} {
			if got := m.Text("the part: " + part); got != "the part: "+mask.Masked && got != "the part: "+mask.Masked+"."+mask.Masked {
				t.Errorf("%s: %s became %s", name, part, got)
			}
		}
		if got := m.Text(head); got != head {
			t.Errorf("%s: the header became %s", name, got)
		}
	}
	if m := masker("host.of.the-service"); m.Text("of a service") != "of a service" {
		t.Error("what is no token has parts")
	}
}
