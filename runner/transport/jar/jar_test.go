package jar

import (
	"bufio"
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// at is the part of a URL that a jar looks at.
func at(t testing.TB, text string) URL {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	path := u.EscapedPath()
	if path == "" {
		path = "/"
	}
	return URL{Host: strings.ToLower(u.Hostname()), Path: path, Secure: u.Scheme == "https"}
}

//go:embed testdata/dates.txt
var dates string

// Dates of the IETF's http-state suite, and those that servers send besides.
func TestDates(t *testing.T) {
	t.Parallel()
	check := func(in, want string) {
		got := "-"
		if d, ok := parseDate(in); ok {
			got = d.Format("Mon, 02 Jan 2006 15:04:05 GMT")
		}
		if got != want {
			t.Errorf("%q: %s, want %s", in, got, want)
		}
	}
	lines := bufio.NewScanner(strings.NewReader(dates))
	for lines.Scan() {
		if quoted, want, ok := strings.Cut(lines.Text(), "\t"); ok && quoted[0] == '"' {
			in, err := strconv.Unquote(quoted)
			if err != nil {
				t.Fatal(err)
			}
			check(in, want)
		}
	}
	const epoch = "Thu, 01 Jan 1970 00:00:00 GMT"
	for in, want := range map[string]string{
		"Thu, 1-Jan-1970 00:00:00 GMT":                                   epoch,
		"Thu Jan 01 1970 00:00:00 GMT+0000 (Coordinated Universal Time)": epoch,
		"1 Jan 1970 00:00:00":                                            epoch,
		"Thu, 01 Jan 1970 00:00:00":                                      epoch,
		"01-jan-70 0:0:0":                                                epoch,
		"Thursday, 01-January-1970 00:00:00 UTC":                         epoch,
		"00:00:00 1970 Jan 1":                                            epoch,
		"1970 1 Jan 00:00:00":                                            epoch,
		"Wed, 31 Dec 1969 23:59:59 GMT":                                  "Wed, 31 Dec 1969 23:59:59 GMT",
		"Fri, 30 Feb 2029 00:00:00 GMT":                                  "-",
		"Thu, 01 Jan 1970 24:00:00 GMT":                                  "-",
		"Thu, 01 Jan 1600 00:00:00 GMT":                                  "-",
		"Thu, 01 Jan 1970 00:00 GMT":                                     "-",
		"Thu, 001 Jan 1970 00:00:00 GMT":                                 "-",
		"0":                                                              "-",
		"-1":                                                             "-",
		"":                                                               "-",
	} {
		check(in, want)
	}
}

//go:embed testdata/parser.json
var parserVectors []byte

// The IETF's http-state suite, with tough-cookie's answers where its loose
// mode differs ("loose"), but for cookies that have neither name nor value, or
// a control character: RFC 6265bis drops those, and so do we.
func TestPublishedVectors(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))) // a clock of the test's: cookies of the suite end in 2027
		publishedVectors(t)
	})
}

func publishedVectors(t *testing.T) {
	type cookie struct{ Name, Value string }
	var cases []struct {
		Test     string
		Received []string
		SentTo   string `json:"sent-to"`
		Sent     []cookie
		Loose    []cookie
	}
	if err := json.Unmarshal(parserVectors, &cases); err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		from := at(t, "http://home.example.org/cookie-parser?"+c.Test)
		to := at(t, "http://home.example.org/cookie-parser-result?"+c.Test)
		if c.SentTo != "" {
			base, _ := url.Parse("http://home.example.org/") // valid
			u, err := base.Parse(c.SentTo)
			if err != nil {
				t.Fatal(err)
			}
			to = at(t, u.String())
		}
		j := New()
		j.SetAll(from, c.Received)
		want := c.Sent
		if c.Loose != nil {
			want = c.Loose
		}
		got := []cookie{}
		for _, k := range j.Cookies(to) {
			got = append(got, cookie{k.Name, k.Value})
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s %q (-want +got):\n%s", c.Test, c.Received, diff)
		}
	}
}

func TestJar(t *testing.T) {
	t.Parallel()
	const here = "http://a.example.com/"
	for name, c := range map[string]struct {
		from string
		set  []string
		to   string
		want string
	}{
		"host only":            {here, []string{"k=v"}, "http://b.a.example.com/", ""},
		"domain":               {here, []string{"k=v; Domain=.Example.com"}, "http://b.example.com/", "k=v"},
		"domain of an address": {"http://[::1]/", []string{"k=v; Domain=[::1]"}, "http://[::1]/", "k=v"},
		"other domain":         {here, []string{"k=v; Domain=other.com"}, "http://other.com/", ""},
		"domain in letters":    {"http://a.xn--mnchen-3ya.example/", []string{"k=v; Domain=münchen.example"}, "http://b.xn--mnchen-3ya.example/", "k=v"},
		"last domain":          {here, []string{"k=v; Domain=other.com; Domain=example.com"}, "http://example.com/", "k=v"},
		"empty domain":         {here, []string{"k=v; Domain=; Domain=."}, here, "k=v"},
		"any port":             {"http://a.example.com:1/", []string{"k=v"}, "http://a.example.com:2/", "k=v"},
		"default path":         {"http://a.example.com/x/y", []string{"k=v"}, "http://a.example.com/x/z", "k=v"},
		"other path":           {"http://a.example.com/x/y", []string{"k=v"}, "http://a.example.com/xx", ""},
		"last path":            {"http://a.example.com/x/y", []string{"k=v; Path=/z; Path=no"}, "http://a.example.com/x/z", "k=v"},
		"longer path first":    {here, []string{"a=1; Path=/", "b=2; Path=/x"}, "http://a.example.com/x/", "b=2; a=1"},
		"older first":          {here, []string{"b=1", "a=2"}, here, "b=1; a=2"},
		"same again":           {here, []string{"a=1", "b=1", "a=2"}, here, "a=2; b=1"},
		"secure":               {"https://a.example.com/", []string{"k=v; Secure"}, here, ""},
		"secure on local":      {"http://localhost/", []string{"k=v; Secure"}, "http://localhost/", "k=v"},
		"max-age 0":            {here, []string{"k=v", "k=v; Max-Age=0"}, here, ""},
		"max-age below 0":      {here, []string{"k=v", "k=v; Max-Age=-99999999999999999999"}, here, ""},
		"max-age beyond time":  {here, []string{"k=v; Max-Age=99999999999999999999"}, here, "k=v"},
		"max-age in words":     {here, []string{"k=v; Max-Age=0s; Max-Age=+0; Max-Age=0.0; Max-Age= "}, here, "k=v"},
		"expired":              {here, []string{"k=v; Expires=Thu, 01 Jan 1970 00:00:00 GMT"}, here, ""},
		"max-age first":        {here, []string{"k=v; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT"}, here, "k=v"},
		"max-age last":         {here, []string{"k=v; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=60"}, here, "k=v"},
		"no name":              {here, []string{"noeq"}, here, "noeq"},
		"a name left out":      {here, []string{"=v"}, here, "v"},
		"two without a name":   {here, []string{"one", "k=v", "two"}, here, "two; k=v"},
		"no name, deleted":     {here, []string{"noeq", "; Max-Age=0", "=x; Max-Age=0"}, here, ""},
		"empty value":          {here, []string{"k="}, here, "k="},
		"equals":               {here, []string{`k="a=b"`}, here, `k="a=b"`},
		"64 kB":                {here, []string{"k=" + strings.Repeat("v", maxLine-2)}, here, "k=" + strings.Repeat("v", maxLine-2)},
		"encoded path":         {"http://a.example.com/%C3%BC/%20/x", []string{"k=v", "l=w; Path=/%C3%BC", "m=x; Path=/ü"}, "http://a.example.com/%C3%BC/%20/y", "k=v; l=w; m=x"},
		"path decoded":         {here, []string{"k=v; Path=/foo"}, "http://a.example.com/f%6Fo/x", "k=v"},
		"slash stays encoded":  {here, []string{"k=v; Path=/a/b"}, "http://a.example.com/a%2Fb/x", ""},
		"address":              {"http://127.0.0.1/", []string{"k=v; Domain=127.0.0.1"}, "http://127.0.0.1/", "k=v"},
		"part of address":      {"http://127.0.0.1/", []string{"k=v; Domain=0.0.1"}, "http://127.0.0.1/", ""},
		"secure prefix":        {"https://a.example.com/", []string{"__Secure-k=v; Secure"}, "https://a.example.com/", "__Secure-k=v"},
		"host prefix":          {"https://a.example.com/", []string{"__Host-k=v; Secure; Path=/"}, "https://a.example.com/", "__Host-k=v"},
	} {
		j := New()
		j.SetAll(at(t, c.from), c.set)
		if got := j.Header(at(t, c.to)); got != c.want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// A cookie that is refused says why, and never its value.
func TestRefusals(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ from, line, why string }{
		"other host":     {"http://a.com/", "k=secret; Domain=b.com", "not in this host's domain"},
		"subdomain":      {"http://a.com/", "k=secret; Domain=x.a.com", "not in this host's domain"},
		"end of a name":  {"http://ba.com/", "k=secret; Domain=a.com", "not in this host's domain"},
		"public suffix":  {"http://a.co.uk/", "k=secret; Domain=co.uk", "public suffix"},
		"hosting suffix": {"http://a.github.io/", "k=secret; Domain=github.io", "public suffix"},
		"top level":      {"http://a.com/", "k=secret; Domain=com", "public suffix"},
		"part of an IP":  {"http://127.0.0.1/", "k=secret; Domain=0.0.1", "not in this host's domain"},
		"line break":     {"http://a.com/", "k=secret\r\nX: y", "control character"},
		"NUL":            {"http://a.com/", "k=sec\x00ret", "control character"},
		"65 kB":          {"http://a.com/", "k=secret" + strings.Repeat("v", maxLine), "65544 bytes, and 65536 are the limit"},
		"nothing":        {"http://a.com/", " = ; Path=/", "neither name nor value"},
		"secure prefix":  {"https://a.com/", "__Secure-k=secret", "__Secure prefix"},
		"host prefix":    {"https://a.com/", "__Host-k=secret; Secure; Path=/; Domain=a.com", "__Host prefix"},
	} {
		j := New()
		refused := j.SetAll(at(t, c.from), []string{c.line})
		if len(refused) != 1 || !strings.Contains(refused[0].Why, c.why) || strings.Contains(refused[0].Error(), "secret") {
			t.Errorf("%s: %q", name, refused)
		}
		if got := j.Header(at(t, c.from)); got != "" {
			t.Errorf("%s: kept %q", name, got)
		}
	}
}

func TestPromise_45_Cookies(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ from, set, to, want string }{
		"public suffix":         {"http://a.co.uk/", "k=v; Domain=co.uk", "http://b.co.uk/", ""},
		"private public suffix": {"http://a.github.io/", "k=v; Domain=github.io", "http://b.github.io/", ""},
		"top level":             {"http://a.com/", "k=v; Domain=com", "http://b.com/", ""},
		"own suffix":            {"http://github.io/", "k=v; Domain=github.io", "http://github.io/", "k=v"},
		"own suffix, elsewhere": {"http://github.io/", "k=v; Domain=github.io", "http://b.github.io/", ""},
		"prototype key":         {"http://a.com/", "__proto__=v", "http://a.com/", "__proto__=v"},
		"line break":            {"http://a.com/", "k=v\r\nX: y", "http://a.com/", ""},
		"5 kB":                  {"http://a.com/", "k=" + strings.Repeat("v", 5000), "http://a.com/", "k=" + strings.Repeat("v", 5000)},
		"70 kB":                 {"http://a.com/", "k=" + strings.Repeat("v", 70000), "http://a.com/", ""},
	} {
		j := New()
		j.SetAll(at(t, c.from), []string{c.set})
		if got := j.Header(at(t, c.to)); got != c.want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestLimitsOfAJar(t *testing.T) {
	t.Parallel()
	j := New()
	dropped := 0
	for host := range 30 {
		u := at(t, fmt.Sprintf("http://h%d.example/", host))
		for i := range 400 {
			refused := j.SetAll(u, []string{fmt.Sprintf("k%d=v", i)})
			dropped += len(refused)
			if host == 0 && i == maxPerDomain && (len(refused) != 1 || refused[0].Name != "k0" || !strings.Contains(refused[0].Why, "180 cookies of h0.example")) {
				t.Errorf("the first too many: %q", refused)
			}
		}
	}
	if n := len(j.cookies); n != maxCookies || dropped != 30*400-maxCookies {
		t.Errorf("%d cookies, %d dropped", n, dropped)
	}
	if n := len(j.Cookies(at(t, "http://h29.example/"))); n != maxPerDomain {
		t.Errorf("%d cookies of a domain", n)
	}
}

func TestExpiredCookiesGo(t *testing.T) {
	t.Parallel()
	j := New()
	u := at(t, "http://a.com/")
	if _, err := j.Set(u, "gone=1; Max-Age=60"); err != nil {
		t.Fatal(err)
	}
	j.cookies[0].Expires = time.Now().Add(-time.Second)
	if got := j.Header(u); got != "" {
		t.Errorf("%q", got)
	}
}

// What tough-cookie wrote is read, and written again as it was.
func TestJarFile(t *testing.T) {
	t.Parallel()
	const file = `{
  "version": "tough-cookie@4.1.3-postman.1",
  "storeType": "MemoryCookieStore",
  "rejectPublicSuffixes": false,
  "enableLooseMode": true,
  "allowSpecialUseDomain": true,
  "prefixSecurity": "silent",
  "cookies": [
    {"key": "a", "value": "1", "expires": "2099-01-01T00:00:00.000Z", "domain": "example.com", "path": "/", "secure": true, "httpOnly": true, "hostOnly": false, "creation": "2026-01-01T00:00:00.000Z", "lastAccessed": "2026-01-01T00:00:00.000Z"},
    {"key": "b", "value": "", "domain": "127.0.0.1", "path": "/x", "hostOnly": true, "pathIsDefault": true, "sameSite": "lax", "creation": "2026-01-02T00:00:00.000Z", "lastAccessed": "2026-01-02T00:00:00.000Z"}
  ]
}`
	j := New()
	if err := json.Unmarshal([]byte(file), j); err != nil {
		t.Fatal(err)
	}
	out, err := json.Marshal(j)
	if err != nil {
		t.Fatal(err)
	}
	var want, got any
	_ = json.Unmarshal([]byte(file), &want) // valid, as the one above
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if err := json.Unmarshal([]byte(`{"cookies":5}`), New()); err == nil {
		t.Error("not a jar")
	}
}

// tough-cookie keeps a Max-Age as seconds since the cookie was made.
func TestJarFileMaxAge(t *testing.T) {
	t.Parallel()
	for age, kept := range map[string]bool{`60`: false, `9000000000`: true, `"Infinity"`: true, `"-Infinity"`: false, `0`: false, `null`: true} {
		j := New()
		text := `{"cookies":[{"key":"a","value":"1","maxAge":` + age + `,"domain":"a.com","path":"/","hostOnly":true,"creation":"2020-01-01T00:00:00.000Z"}]}`
		if err := json.NewDecoder(bytes.NewReader([]byte(text))).Decode(j); err != nil {
			t.Fatal(err)
		}
		if got := j.Header(at(t, "http://a.com/")) != ""; got != kept {
			t.Errorf("maxAge %s: kept %v", age, got)
		}
	}
}

// FuzzSetCookie: no line breaks the jar, and what it keeps is a header value.
func FuzzSetCookie(f *testing.F) {
	for _, seed := range []string{"a=b; Path=/x; Domain=.a.com; Secure", "=x; Max-Age=-1", "k=v; Expires=Thu, 1-Jan-1970 00:00:00 GMT", "\x00", "__Host-a=b; Secure; Path=/"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, line string) {
		line = strings.ToValidUTF8(line, "") // as the transport and scripts hand it over
		j, u := New(), URL{Host: "x.a.com", Path: "/x/y", Secure: true}
		c, err := j.Set(u, line)
		if (c == nil) == (err == nil) {
			t.Fatalf("%v, %v", c, err)
		}
		if err != nil {
			return
		}
		if strings.ContainsFunc(j.Header(u), isControl) || c.Path[0] != '/' || !domainMatch(u.Host, c.Domain) {
			t.Errorf("%q: %+v", line, c)
		}
		text, err := json.Marshal(j)
		if err != nil {
			t.Fatal(err)
		}
		back := New()
		if err := json.Unmarshal(text, back); err != nil {
			t.Fatal(err)
		}
		if got, want := back.Header(u), j.Header(u); got != want {
			t.Errorf("%q: %q, read back %q", line, want, got)
		}
	})
}
