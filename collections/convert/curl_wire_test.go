package convert_test

import (
	"cmp"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"postie/collections"
	"postie/collections/convert"
	"postie/collections/vars"
	"postie/runner"
	"postie/runner/runnertest"
)

// A wireCase is a script that curl itself and the converted collection send.
type wireCase struct {
	script string
	says   string // a part of the note on what is different; "": all is the same, and nothing is noted
}

// same are scripts whose requests arrive alike, byte for byte.
func same(scripts ...string) (list []wireCase) {
	for _, s := range scripts {
		list = append(list, wireCase{script: s})
	}
	return list
}

var wireCases = slices.Concat(
	// Methods and addresses.
	same(
		`curl $URL`, `curl $URL/`, `curl "$URL/a/b?x=1&y=&z&&=w"`, `curl "$URL?x=1"`, `curl "$URL/a?"`, `curl "$URL/a?x=1#frag"`,
		`curl -X DELETE $URL/d`, `curl -XPUT $URL/p`, `curl --request PROPFIND $URL/p`, `curl -I $URL/h`, `curl -X POST $URL/p`,
		`curl -X OPTIONS "$URL/o" -s -S -i -v -o /dev/null -w '%{http_code}'`, `curl -sSLkg $URL/g`, `curl -I -X GET $URL/g`,
		`curl --url $URL/a --url $URL/b`, `curl $URL/a -d x=1 --next $URL/b`, `curl $URL/a -: $URL/b -H 'A: 1'`,
		`curl "$URL/a/../b/./c"`, `curl "$URL/a/.."`, `curl --path-as-is "$URL/a/../b/./c"`, `curl "$URL//a//b/"`,
		`curl "$URL/é/ü"`, `curl -g "$URL/a|b^c{x}?q={y}|^"`, `curl -g "$URL/it's?q=it's\"<>"`, `curl "$URL/%7e%41?a=%zz%41&b=100%"`,
		`curl "$URL/team/:teamId/user/:userId"`, `curl "$URL/a;b=c,d?x=;y"`, `curl "$URL/a?q=a+b%20c"`, `curl "$URL/?a[]=1"`, `curl "$URL/ids\[\]=1"`,
		`curl -g "$URL/?a[0][b]=1&c=[1,2]"`, `curl "${URL#http://}/noscheme"`, `curl --head "$URL/h?a=1"`,
		`curl "$URL/{a,b}/[1-3:2]"`, `curl "$URL/[a-c]"`, `curl "$URL/[08-11]/{x}"`, `curl $URL/{a,b}`, `curl "$URL/[01-02]/\{z\}" $URL/x`,
		`curl --url-query 'a=b c' --url-query '+x&y' --url-query z "$URL/q?p=1"`, `curl "$URL/x" -r 0-5`, `curl -- $URL/dash`,
	),
	// Headers.
	same(
		`curl $URL -H 'Accept: application/json' -H 'X-A: b c' -H "X-B:d"`, `curl $URL -H "$(printf 'X-L: 100%% \351\374')"`, `curl $URL -H $'X-L: \xe9'`, `curl $URL -d "$(printf 'a%s%%\n' b)"`, `curl $URL -H 'X-Empty;'`, `curl $URL -H 'X-Gone:'`,
		`curl $URL -H 'Accept:' -H 'User-Agent:'`, `curl $URL -A 'agent/1' -e http://ref/`, `curl $URL -A ''`, `curl $URL -A x -H 'User-Agent: y'`,
		`curl $URL -e 'http://ref/;auto'`, `curl $URL -H 'A: 1' -H 'A: 2'`, `curl $URL -b 'a=1; b=2'`, `curl $URL -b a=1 -b b=2`,
		`curl $URL -b a=1 -H 'Cookie: c=3'`, `curl $URL -H 'Host: other.test:99'`, `curl $URL -H @head.txt`, `curl $URL -H 'X-J: {"a": "b:c"}'`,
		`curl $URL -d x -H 'Content-Type:'`, `curl $URL -d x -H 'Content-Type;'`, `curl $URL -H 'Content-Type: a/b'`, `curl $URL --compressed`,
		`curl $URL -H 'Connection: close'`, `curl $URL -H 'X-U: é' -d x`, `curl $URL -H 'Expect:' -d x`,
	),
	// Credentials.
	same(
		`curl -u us:pa:ss $URL`, `curl -u 'ü:ö' $URL`, `curl "http://us%40er:p%3aw@${URL#http://}/x"`, `curl "http://a:b@${URL#http://}/" -u c:d`,
		`curl "http://a@${URL#http://}/"`, `curl -u a:b -H 'Authorization: X y' $URL`, `curl --oauth2-bearer tok $URL`, `curl --oauth2-bearer tok -u a:b $URL`,
		`curl --basic -u a:b $URL`, `curl --digest -u a:b $URL`,
	),
	// Data.
	same(
		`curl $URL -d a=1`, `curl $URL -d a=1 -d b=2`, `curl $URL -d 'a=b c&d=é'`, `curl $URL -d 'a=b%20c'`, `curl $URL -d 'a=b+c'`, `curl $URL -d ''`,
		`curl $URL -d '' -d a`, `curl $URL -d justtext`, `curl $URL -d '{"a": [1, 2]}'`, `curl $URL -d '{"a": 1}' -H 'Content-Type: application/json'`,
		`curl $URL -H 'content-type: application/json; charset=utf-8' -d '{"a": 1 /* kept */, "b": "//"} // kept'`, `curl $URL -d 'a=1&b=2&a=3'`,
		`curl $URL --data-raw '@not-a-file'`, `curl $URL --data-binary $'a\nb\r\n'`, `curl $URL -d "a
b"`, `curl -X GET $URL -d '{"q":1}'`, `curl -X GET $URL -d 'a=1'`, `curl -X PUT $URL -d a=1`, `curl -X patch -X PATCH $URL -d a=1`,
		`curl $URL -d @plain.txt`, `curl $URL -d x=1 -d @plain.txt`, `curl $URL -d @lines.txt -d x=1`, `curl $URL --data-binary @lines.txt`,
		`curl $URL --data-binary @lines.txt --data-binary @plain.txt`, `curl $URL --data-ascii @plain.txt -H 'Content-Type: text/csv'`,
		`curl $URL --data-binary @bytes.bin`, `curl $URL -d $'\xff\xfe'`, `curl $URL -d "$(cat lines.txt)"`,
		`curl $URL --data-urlencode 'a b*~é&='`, `curl $URL --data-urlencode '=a b'`, `curl $URL --data-urlencode 'n=a b&'`,
		`curl $URL --data-urlencode @lines.txt`, `curl $URL --data-urlencode n@lines.txt`, `curl $URL --data-urlencode 'na me=x'`,
		`curl $URL -d a=1 --data-urlencode 'b=c d'`, `curl $URL --json '{"a":1}'`, `curl $URL --json '{"a":1}' --json '{"b":2}'`, `curl $URL --json @plain.txt`,
		`curl $URL --json @lines.txt -X PUT`, `curl $URL --json '{}' -d x`, `curl $URL -d x --json '{}'`, `curl $URL --json '{}' -H 'accept: a/b' -H 'Content-Type: c/d'`,
		`curl -G $URL -d a=1 -d 'b=2'`, `curl -G "$URL/?z=1" -d a=1 --data-urlencode 'c=d e'`, `curl -G "$URL/x?" -d a`, `curl -G -X POST $URL -d a`, `curl -G -I $URL -d a`,
		`curl -G $URL -d @plain.txt`, `curl $URL -d 'a="b"'`, `curl $URL -d "it's"`, `curl $URL -H 'Content-Type: application/x-www-form-urlencoded; charset=UTF-8' -d 'a=1'`,
		`curl $URL -H 'Content-Type: text/plain' -d 'a=1&b'`, `curl $URL -d '<a/>' -H 'Content-Type: application/xml'`, `curl -X DELETE $URL/1 -d x`, `curl $URL -d '{{}}{ {a}}'`,
	),
	// Forms.
	same(
		`curl $URL -F a=b -F 'c=d e,f'`, `curl $URL -F 'c=d;type=application/json'`, `curl $URL -F 'c={"a":1};type=application/json;charset=utf-8'`, `curl $URL -F f=@plain.txt`,
		`curl $URL -F 'f=@data.csv'`, `curl $URL -F 'f=@pic.png'`, `curl $URL -F 'f=@pic.png;type=image/x-icon'`, `curl $URL -F 'f=@pic.png;filename=other.jpg'`,
		`curl $URL -F 'f=@"a b.txt"'`, `curl $URL -F 'f=@plain.txt;filename="q\"r;s.t";type=a/b'`, `curl $URL -F 'h=<lines.txt'`, `curl $URL -F 'h=<lines.txt;type=text/x'`,
		`curl $URL -F 'k="a;b\"c";type=x/y'`, `curl $URL --form-string 'a=@b;type=c' -F e=a=b -F z=`, `curl $URL -F 'a"b=c'`, `curl $URL -F 'n=x;filename=z.txt'`,
		`curl -X PUT $URL -F x=y`, `curl $URL -H 'Content-Type: multipart/form-data' -F x=y`, `curl $URL -F 'a=é' -F 'f=@plain.txt;filename=é.txt'`, `curl $URL -F 'f=@bytes.bin'`,
		`curl -X GET $URL -F a=b`, `curl $URL -F 'f=@lines.txt;type=text/plain'`,
	),
	// Uploads.
	same(
		`curl -T plain.txt $URL/up/`, `curl -T plain.txt $URL`, `curl -T 'a b.txt' "$URL/up/?x=1"`, `curl -T plain.txt $URL/as.txt`, `curl -T pic.png -X POST -H 'Content-Type: x/y' $URL/p`,
		`curl -T plain.txt $URL/a -T data.csv $URL/b/`, `curl -T '{plain.txt,data.csv}' $URL/m/`,
	),
	// Redirects.
	same(
		`curl "$URL/redirect?to=/new"`, `curl -L "$URL/redirect?to=/new"`, `curl -L -d a=1 "$URL/redirect?to=/new"`, `curl --max-redirs 3 -L "$URL/redirect?to=/redirect?to=/new"`,
	),
	// The shell.
	same(
		"curl $URL \\\n  -H 'A: 1' \\\n  -d x=1", "# curl nothing\ncurl $URL # here\n", `curl $URL -d $'it\'s\ttab\u00e9\x41\101\n'`, `curl $URL -d 'a'"b"c\ d`,
		`curl $URL -d "a\"b\$c\\d\e"`, "curl $URL -d @- <<EOF\na=1\nb=\\$x\nEOF", "curl $URL --data-binary @- <<'EOF'\n{\"a\": \"$x\"}\n\nEOF\n",
		"curl $URL --json @- <<-EOF\n\t{\n\t}\n\tEOF\n", `curl $URL --data-binary @- <<< 'here'`, `echo '{"a":1}' | curl $URL -d @-`, `echo -n x | curl $URL --data-binary @-`,
		`printf '%s\n' a=1 | curl $URL --data-binary @-`, `cat lines.txt | curl $URL --data-binary @-`, `curl $URL --data-binary @- < lines.txt`, "cat <<EOF | curl $URL -F 'f=<-'\nx\nEOF",
		"curl $URL --data-binary 'a\r\nb'", `for i in 1 2; do curl $URL/$i; done`, "BASE=$URL/base\ncurl $BASE/x", `OPTS="-s -H X-A:1"; curl $OPTS $URL`,
		`A=(-H 'X-A: 1 2' -d x); curl "${A[@]}" $URL`, `N=1; curl $URL/$N; N=2; curl $URL/$N`, `curl $URL/${NONE:-default}`, `if true; then curl $URL; fi`, `(curl $URL/sub)`,
		`X=1 curl $URL/env`, `env X=1 curl $URL/env`, `curl $URL -d a=1 && curl $URL/b || true`, `f() { curl $URL/f; }; f`, `f() { curl "$@" $URL/f; }; f -H 'A: 1'; f -d x`, `f() { curl -X "$1" "$URL/$2"; }; f PUT a; f DELETE b`,
		`set -- -H 'A: 1'; set -- "$@" -d x; curl "$@" $URL`, `T=$(curl -s $URL/inner)`, `curl $URL -d '!' -d "a!"`,
		"$ curl $URL/prompt"[2:], `curl $URL -H "X-N: $URL/x"`,
	),
	// Cookies, other servers, and lengths.
	same(
		`curl "$URL/cookie?a=1"; curl $URL/b`, `curl -c jar "$URL/cookie?a=1"; curl -b jar $URL/b`, `curl -b a=1 "$URL/cookie?c=1"; curl -b a=2 $URL/b`,
		`curl --resolve "other.test:${URL##*:}:127.0.0.1" "http://other.test:${URL##*:}/r"`, `curl --connect-to "other.test:80:127.0.0.1:${URL##*:}" -u a:b http://other.test/c`,
		`curl --resolve "another.test:80:127.0.0.9" $URL/r`, `curl $URL -H 'Content-Length: 3' -d abc`, `curl $URL -H 'Transfer-Encoding: chunked' -d abc`,
		`echo hi | curl -T - $URL/x`, `printf 'a\nb' | curl -T - $URL/x -H 'Content-Type: a/b'`,
	),
	// What is different, and said.
	[]wireCase{
		{`curl -X get $URL`, `the method "get" is sent as GET`},
		{`curl "$URL/?q=é"`, "percent-encoded"},
		{`curl "$URL/a\\b"`, "backslash"},
		{`curl $URL -F 'f=@plain.txt,data.csv'`, "parts of their own"},
		{`curl $URL -F 'f=@plain.txt;filename=x/y.jpg'`, "without its folder"},
		{`curl $URL -F x=y -H 'Content-Type: multipart/mixed'`, "multipart/form-data"},
		{`curl $URL -F 'o=x;headers="X-A: 1"'`, "headers= of the part"},
		{`curl -u user:p --anyauth $URL`, "digest auth"},
		{`curl -u u:p --negotiate $URL`, "without credentials"},
		{`curl $URL -F 'c=d e;f'`, "curl does not know"},
		{`curl $URL -H 'X-U: é'`, "in Latin-1"},
		{`curl $URL -H "$(printf 'X-U: \351')" -d x`, "as the bytes it has"},
		{`curl $URL -H 'X-U: é漢' -d x`, "beyond Latin-1"},
		{`curl $URL -F 'a="{"b":1}"'`, "at its second quote"},
		{`curl -u 'D\u:p' --ntlm $URL`, "NTLM begins"},
		{`curl "http://a=b/"; curl $URL`, "has no host"},
		{`curl $URL/a/<plain.txt`, "quote an address"},
		{"curl $URL\n  -H 'A: b'", "may lack a backslash"},
		{`curl $URL/?a=1&b=2`, "ends the command at &"},
		{`curl $URL/ok; curl --resolve 'h:443:127.0.0.1' -u a:b https://h/`, "where --resolve leads"},
		{`curl $URL/ok; curl --unix-socket /nowhere -u a:b http://h/`, "the socket of --unix-socket"},
		{`curl --loc $URL`, "beginning of several options"},
		{`curl --max-time 5 $URL`, "--timeout-request"},
		{`curl $URL -H 'noval'`, "curl does not send it"},
		{`curl $URL/ok; curl -I $URL -d a`, "curl takes one of"},
		{`curl $URL/ok; curl "$URL/{"`, "braces without an end"},
		{`curl $URL/ok; curl "$URL/[3-1]"`, "is no range"},
		{`curl $URL/ok; curl file:///etc/hostname`, "file is not http"},
		{`curl $URL/ok; curl`, "without an address"},
		{`curl $URL/ok --nosuch; curl $URL/ok`, "no option --nosuch"},
		{`curl $URL --aws-sigv4 osc:us-east-1 -u a:b`, "without credentials"},
		{`curl $URL -H 'Content-Type: application/json' -d "{\"d\": \"$(date +%s)\"}"`, "{{computed}}"},
	},
)

// What curl sends, the converted collection sends, or a note says what it does
// not: real curl is the judge.
func TestCurlSendsTheSame(t *testing.T) {
	t.Parallel()
	for _, program := range []string{"curl", "bash"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("no %s here", program)
		}
	}
	if testing.Short() {
		t.Skip("short")
	}
	dir := wireFiles(t)
	srv := runnertest.Serve(t, nil)
	for _, tt := range wireCases {
		want := received(srv, func() { runCurl(t, dir, srv.URL, tt.script) })
		notes := ""
		got := received(srv, func() { notes = runConverted(t, dir, srv.URL, tt.script) })
		switch diff := gocmp.Diff(want, got); {
		case tt.says == "" && (diff != "" || notes != ""):
			t.Errorf("%s\n(-curl +postie):\n%s\n%s", tt.script, diff, notes)
		case !strings.Contains(notes, tt.says):
			t.Errorf("%s\nwant a note of %q, got %q", tt.script, tt.says, notes)
		}
	}
}

func wireFiles(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range map[string]string{
		"plain.txt": "a=1", "lines.txt": "l1\r\nl2\n", "a b.txt": "x", "data.csv": "a,b\n", "pic.png": "PNG", "bytes.bin": "\xff\x00\xfe",
		"head.txt": "X-File: 1\r\n# not this\nX-More: 2\n", ".curlrc": "expect100-timeout = 0.01\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// received are the requests that arrive while do runs.
func received(srv *runnertest.Server, do func()) []string {
	before := len(srv.Requests())
	do()
	var out []string
	for _, w := range srv.Requests()[before:] {
		out = append(out, comparable(w))
	}
	return out
}

func runCurl(t *testing.T, dir, url, script string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "bash", "-c", script)
	cmd.Dir, cmd.Env = dir, []string{"URL=" + url, "HOME=" + dir, "PATH=" + os.Getenv("PATH"), "LC_ALL=C.UTF-8"}
	_, _ = cmd.Output() // a refusal of curl sends nothing
}

func runConverted(t *testing.T, dir, url, script string) (notes string) {
	t.Helper()
	// The shell works out parts of $URL, which a collection has no place for.
	script = strings.ReplaceAll(script, "${URL#http://}", strings.TrimPrefix(url, "http://"))
	script = strings.ReplaceAll(script, "${URL##*:}", url[strings.LastIndexByte(url, ':')+1:])
	files := os.DirFS(dir)
	doc, list, err := convert.FromCurl("a.sh", []byte(script), files)
	if err != nil {
		return err.Error()
	}
	for _, n := range list {
		if !strings.HasSuffix(n.Text, "is in the request as it is today") { // which is the same, today
			notes += n.String() + "\n"
		}
	}
	col, err := collections.Parse("a.json", doc)
	if err != nil {
		t.Fatal(err)
	}
	env := &vars.Scope{}
	env.Set("URL", url)
	if _, err := runner.Run(t.Context(), runner.Options{Documents: runner.Documents{Collection: col, Environment: env, Files: files}}); err != nil {
		t.Errorf("%s: %v", script, err)
	}
	return notes
}

// byItself are the headers each of the two clients adds by itself.
var byItself = map[string][]string{
	"user-agent": {"curl/", "postie/"}, "accept-encoding": {"gzip, deflate, br", "deflate, gzip"}, "cache-control": {"no-cache"},
	"postman-token": {""}, "connection": {"keep-alive"}, "expect": {"100-continue"}, "content-length": {""}, "transfer-encoding": {"chunked"},
}

var (
	boundaryParam = regexp.MustCompile(`boundary=(\S+)`)
	nonce         = regexp.MustCompile(`(cnonce|nc)="?[0-9A-Za-z=+/]+"?`)
)

// comparable is a request without what a client adds by itself, and with one
// boundary for all.
func comparable(w runnertest.Wire) string {
	boundary := "\x00"
	if m := boundaryParam.FindStringSubmatch(w.Get("Content-Type")); m != nil {
		boundary = m[1]
	}
	var lines []string
	for _, h := range w.Header {
		name, value := strings.ToLower(h[0]), strings.TrimSpace(h[1])
		own := slices.ContainsFunc(byItself[name], func(p string) bool { return strings.HasPrefix(value, p) })
		switch {
		case own && name == "user-agent":
			value = "its own"
		case own:
			continue
		}
		lines = append(lines, name+": "+nonce.ReplaceAllString(value, "$1=x"))
	}
	slices.SortStableFunc(lines, func(a, b string) int {
		nameA, _, _ := strings.Cut(a, ":")
		nameB, _, _ := strings.Cut(b, ":")
		return cmp.Compare(nameA, nameB)
	})
	text := fmt.Sprintf("%s %s\n%s\n\n%q", w.Method, w.Target, strings.Join(lines, "\n"), w.Body)
	return strings.ReplaceAll(text, boundary, "BOUNDARY")
}
