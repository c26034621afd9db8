package convert

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"postie/collections"
)

// argsOf are the arguments of the curl commands in a script, as its shell
// would start them.
func argsOf(t *testing.T, name, script string) (out [][]string) {
	t.Helper()
	r := &curlReader{name: name, out: newCollection("c"), variables: map[string]string{}}
	read := map[string]func(string) error{"bash": r.bash, "cmd": r.cmd, "powershell": r.powershell}[shellOf(name, script)]
	if err := read(script); err != nil {
		t.Fatal(err)
	}
	for _, cmd := range r.commands {
		out = append(out, cmd.args)
	}
	return out
}

// What browsers and people write for the Windows command line and PowerShell.
func TestShells(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, shell, script string
		want                []string
	}{
		{"Chrome, cmd", "cmd", "curl ^\"https://h/a?x=1^&y=2^\" ^\r\n  -H ^\"accept: */*^\" ^\r\n  --data-raw ^\"^{^\\^\"a^\\^\":^\\^\"b c^\\^\"^}^\"\r\n",
			[]string{"https://h/a?x=1&y=2", "-H", "accept: */*", "--data-raw", `{"a":"b c"}`}},
		{"Chrome, cmd: lines in a body", "cmd", "curl ^\"http://h/^\" --data-raw ^\"a^\n\nb^\"", []string{"http://h/", "--data-raw", "a\nb"}},
		{"Chrome, cmd: percent", "cmd", "curl ^\"http://h/?q=^%^41b^\" ^\n -H ^\"X: 100^%^\"", []string{"http://h/?q=%41b", "-H", "X: 100%"}},
		{"old Chrome, cmd", "cmd", "curl \"https://h/b\" ^\n -H \"sec-ch-ua: ^\\^\"A^\\^\";v=^\\^\"99^\\^\"\" ^\n --data-raw \"^{^\\^\"a^\\^\":1^}\" --compressed",
			[]string{"https://h/b", "-H", `sec-ch-ua: "A";v="99"`, "--data-raw", `{"a":1}`, "--compressed"}},
		{"Firefox, cmd: doubled quotes", "cmd", "curl \"https://h/b\" ^\n --data-raw \"{\"\"a\"\":\"\"b\"\"}\" -H \"X: y\"",
			[]string{"https://h/b", "--data-raw", `{"a":"b"}`, "-H", "X: y"}},
		{"by hand, cmd", "cmd", "@echo off\r\nC:\\curl\\curl.exe -X POST ^\r\n  -d \"{\\\"a\\\": \\\"c:\\\\d\\\"}\" http://h/%BASE_PATH%/%20x%2F & echo done\r\n",
			[]string{"-X", "POST", "-d", `{"a": "c:\\d"}`, "http://h/{{BASE_PATH}}/%20x%2F"}},
		{"PowerShell: lines and quotes", "powershell", "curl.exe -X POST `\r\n  -H 'X: it''s' `\r\n  -d '{\\\"a\\\": \\\"b\\\"}' \"http://h/$id/${x}y?k=$env:KEY&t=`$5\"",
			[]string{"-X", "POST", "-H", "X: it's", "-d", `{"a": "b"}`, "http://h/{{id}}/{{x}}y?k={{KEY}}&t=$5"}},
		{"PowerShell 7 passes quotes on", "powershell", "PS C:\\> curl `\n -d '{\"a\": 1}' http://h", []string{"-d", `{"a": 1}`, "http://h"}},
		{"PowerShell: variables and here-strings", "powershell", "$body = '{\"a\":1}'\ncurl.exe -d $body `\n http://h -H \"a`tb\" -F @'\nx='y'\n'@ # end\n",
			[]string{"-d", `{"a":1}`, "http://h", "-H", "a\tb", "-F", "x='y'"}},
		{"bash is the rest", "bash", `curl 'http://h/^' -H "X: ^y"`, []string{"http://h/^", "-H", "X: ^y"}},
	} {
		if got := shellOf("a", tt.script); got != tt.shell {
			t.Errorf("%s: taken for %s", tt.name, got)
			continue
		}
		got := argsOf(t, "a", tt.script)
		if len(got) != 1 {
			t.Errorf("%s: %d commands: %q", tt.name, len(got), got)
		} else if diff := cmp.Diff(tt.want, got[0]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

func TestShellOf(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, script, want string }{
		{"a.bat", "curl h", "cmd"}, {"a.CMD", "curl h", "cmd"}, {"a.ps1", "curl h", "powershell"}, {"a.sh", "curl h", "bash"},
		{"-", "curl h ^\n -d x", "cmd"}, {"-", "curl h `\n -d x", "powershell"}, {"-", "curl h \\\n -d x", "bash"}, {"-", "x=`date`\ncurl h -d `date`", "bash"},
		{"-", "grep '^\"' | curl h", "bash"}, {"-", "curl h -d '$env:X'", "powershell"},
		{"-", `curl.exe -d "{\"a\":1}" h`, "cmd"}, {"-", `curl -d "{""a"": 1}" h`, "cmd"}, {"-", "curl.exe -d '{}' h", "bash"}, {"-", `curl -d "" -H "a:""b" h`, "bash"},
	} {
		if got := shellOf(tt.name, tt.script); got != tt.want {
			t.Errorf("%s %q: got %s, want %s", tt.name, tt.script, got, tt.want)
		}
	}
}

func TestCurlOptions(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		args, want string
	}{
		{"-XPUT -sSLk -d@f -uu:p h", "request=PUT silent show-error location insecure data=@f user=u:p url=h"},
		{"--comp --fail-w --no-location h", "fail-with-body !location url=h ? --comp is the beginning of several options of curl: left out"},
		{"--data-r x --nosuch -; -d", "data-raw=x ? curl has no option --nosuch: left out ? curl has no option -;: left out ? -d has no value: left out"},
		{"--expand-url http://{{h}} --next -- -x", "url=http://{{h}} next url=-x"},
	} {
		list, wrong := options(strings.Fields(tt.args))
		var got []string
		for _, o := range list {
			switch {
			case o.off:
				got = append(got, "!"+o.name)
			case slices.Contains(valueOptions, o.name):
				got = append(got, o.name+"="+o.value)
			default:
				got = append(got, o.name)
			}
		}
		for _, w := range wrong {
			got = append(got, "? "+w)
		}
		if s := strings.Join(got, " "); s != tt.want {
			t.Errorf("%s:\ngot  %s\nwant %s", tt.args, s, tt.want)
		}
	}
}

// A secret is only where curl sends it: not in clear when a scheme keeps
// it, not for another server, not in a note.
func TestCurlKeepsSecrets(t *testing.T) {
	t.Parallel()
	const secret = "hunter2"
	for _, tt := range []struct{ name, script, auth string }{
		{"AWS signs with it", "curl h --aws-sigv4 aws:amz:eu-west-1:s3 -u key:" + secret, "awsv4"},
		{"another provider's signature", "curl h --aws-sigv4 goog:storage -u key:" + secret, ""},
		{"digest", "curl h --digest -u u:" + secret, "digest"},
		{"what the server asks for", "curl h --anyauth -u u:" + secret, "digest"},
		{"ntlm", "curl h --ntlm -u 'D\\u:" + secret + "'", "ntlm"},
		{"negotiate", "curl h --negotiate -u u:" + secret, ""},
		{"the proxy's", "curl h -x http://p:1 -U u:" + secret, ""},
		{"the proxy's, in its address", "curl h -x http://u:" + secret + "@p:1", ""},
		{"a header for the proxy", "curl h --proxy-header 'Proxy-Authorization: Basic " + secret + "'", ""},
		{"a key's passphrase", "curl h --cert c.pem:" + secret + " --pass " + secret, ""},
		{"another server's, before --next", "curl other -u u:" + secret + " --next h", ""},
		{"TLS-SRP", "curl h --tlsuser u --tlspassword " + secret, ""},
		{"a header that wins", "curl h -u u:" + secret + " -H 'Authorization: Bearer t'", ""},
		{"a token that wins", "curl h --oauth2-bearer t -u u:" + secret, "bearer"},
		{"in the address", "curl http://u:" + secret + "@h/x", "basic"},
	} {
		doc, notes, err := FromCurl("a.sh", []byte(tt.script), nil)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		for _, n := range notes {
			if strings.Contains(n.String(), secret) {
				t.Errorf("%s: a note shows the secret: %s", tt.name, n)
			}
		}
		c, err := collections.Parse("a.json", doc)
		if err != nil {
			t.Fatal(err)
		}
		last := c.Root().Children()[len(c.Root().Children())-1]
		a, _, _ := last.Auth()
		if a.Type != tt.auth {
			t.Errorf("%s: auth is %q, want %q", tt.name, a.Type, tt.auth)
		}
		r := last.Request()
		r.Auth = nil
		if strings.Contains(string(r.JSON()), secret) {
			t.Errorf("%s: the request has the secret: %s", tt.name, r.JSON())
		}
	}
}

// Files are read through the file system that is handed in, and no further.
func TestCurlReadsFiles(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{"a.txt": {Data: []byte("x\ny")}, "d/b.txt": {Data: []byte("b")}, "bytes": {Data: []byte("\x00\xff")}}
	for script, want := range map[string]string{
		"curl h -d @a.txt -d z":            "xy&z",
		"curl h -d z -d @./d/b.txt":        "z&b",
		"curl h -d z -d @d\\\\b.txt":       "z&b",
		"curl h -d z -d @../out":           "z&",
		"curl h -d z -d @d":                "z&",
		"curl h --data-urlencode n@a.txt":  "n=x%0Ay",
		"curl h -d @- -d z < a.txt":        "xy&z",
		"curl h -d z --data-binary @a.txt": "z&x\ny",
		"curl h --data-urlencode n@bytes":  "n=%00%FF",
	} {
		doc, _, err := FromCurl("a.sh", []byte(script), files)
		if err != nil {
			t.Fatal(err)
		}
		c, err := collections.Parse("a.json", doc)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if b := c.Root().Children()[0].Request().Body; b.Raw != nil {
			got = *b.Raw
		} else if len(b.URLEncoded) == 1 {
			got = b.URLEncoded[0].Key + "=" + escapeForm(b.URLEncoded[0].Value.(string))
		}
		if got != want {
			t.Errorf("%s: body is %q, want %q", script, got, want)
		}
	}
}

// A batch file has its own variables, and two percent signs for one.
func TestBatchFiles(t *testing.T) {
	t.Parallel()
	script := "@echo off\r\nset H=http://h\r\nset \"TOKEN=a b\"\r\ncurl \"%H%/a?x=%%20y\" -H \"X-T: %token% 100%%\" -H \"X-U: %OTHER_ONE%\"\r\n"
	for name, want := range map[string]string{"a.bat": "{{H}}/a?x=%20y X-T: {{token}} 100% X-U: {{OTHER_ONE}}", "a.txt": "{{H}}/a?x=%%20y X-T: {{token}} 100%% X-U: {{OTHER_ONE}}"} {
		r := &curlReader{name: name, variables: map[string]string{}}
		if err := r.cmd(script); err != nil || len(r.commands) != 1 {
			t.Fatalf("%s: %v, %d commands", name, err, len(r.commands))
		}
		if got := strings.ReplaceAll(strings.Join(r.commands[0].args, " "), "-H ", ""); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
		if r.variables["H"] != "http://h" || r.variables["token"] != "a b" {
			t.Errorf("%s: variables %v", name, r.variables)
		}
	}
}

// The options of a file that --config names stand in its place.
func TestCurlConfig(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{
		"a.conf":    {Data: []byte("# a comment\nurl = \"http://h/a\"\nheader=\"X-A: 1\\t2\"\n-H \"X-B: \\\"q\\\"\"\n--request: PUT\r\nsilent\n\ndata-raw = a=b ignored\n")},
		"next.conf": {Data: []byte("\ufeffurl http://h/1\nnext\nurl http://h/2\n")},
		"deep.conf": {Data: []byte("config = a.conf\nX-unknown\n")},
		"loop.conf": {Data: []byte("config = loop.conf\nurl = http://h/loop\n")},
	}
	for _, c := range []struct{ script, want, note string }{
		{"curl -K a.conf", "PUT http://h/a X-A: 1\t2 X-B: \"q\" a=b", ""},
		{"curl --config a.conf -X PATCH", "PATCH http://h/a X-A: 1\t2 X-B: \"q\" a=b", ""},
		{"curl -sKnext.conf", "GET http://h/1; GET http://h/2", ""},
		{"curl -K deep.conf", "PUT http://h/a X-A: 1\t2 X-B: \"q\" a=b", "deep.conf: curl has no option --X-unknown"},
		{"curl -K loop.conf", "GET http://h/loop; GET http://h/loop; GET http://h/loop; GET http://h/loop; GET http://h/loop", "--config loop.conf is in a file"},
		{"curl -K - <<E\nurl = http://h/in\nE\n", "GET http://h/in", ""},
		{"curl http://h/ -K none.conf", "GET http://h/", `the file "none.conf" cannot be read`},
	} {
		doc, notes, err := FromCurl("a.sh", []byte(c.script), files)
		if err != nil {
			t.Errorf("%s: %v", c.script, err)
			continue
		}
		col, err := collections.Parse("a.json", doc)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for n := range col.All() {
			r := n.Request()
			text := r.Method + " " + r.URL.String()
			for _, h := range r.Header {
				text += " " + h.Key + ": " + h.Value
			}
			if b := r.Body; b != nil && len(b.URLEncoded) == 1 {
				text += " " + b.URLEncoded[0].Key + "=" + b.URLEncoded[0].Value.(string)
			}
			got = append(got, text)
		}
		if strings.Join(got, "; ") != c.want {
			t.Errorf("%s: %q, want %q", c.script, strings.Join(got, "; "), c.want)
		}
		said := ""
		for _, n := range notes {
			said += n.Text + "\n"
		}
		if !strings.Contains(said, c.note) {
			t.Errorf("%s: notes %q, want %q", c.script, said, c.note)
		}
	}
}

func TestGlobs(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"h/{a,b}{1,2}": "h/a1 h/a2 h/b1 h/b2", "h/[1-3]": "h/1 h/2 h/3", "h/[a-e:2]": "h/a h/c h/e", "h/[008-10]": "h/008 h/009 h/010",
		"[::1]:80/[1-2]": "[::1]:80/1 [::1]:80/2", "h?a[]=1": "h?a[]=1", `h/\{a,b\}`: "h/{a,b}", "h/{a}": "h/a",
		"{{x}}[1-2]": "{{x}}1 {{x}}2",
	} {
		got, wrong := (&curlCall{}).globs(in)
		if wrong != "" || strings.Join(got, " ") != want {
			t.Errorf("%s: got %q %s, want %s", in, got, wrong, want)
		}
	}
	for _, in := range []string{"h/{", "h/}", "h/[", "h/]", "h/{}", "h/{a,{b}}", "h/[3-1]", "h/[1-1000]", "h/[a-]", "h/{a,b}[1-50]{c,d}[1-9]", "h/[1-2:0]", "h/[1-99999999999999999999]"} {
		if got, wrong := (&curlCall{}).globs(in); wrong == "" {
			t.Errorf("%s: got %q, want a reason", in, got)
		}
	}
}

// A short script may stand for many requests, but not for any number.
func TestCurlIsBounded(t *testing.T) {
	t.Parallel()
	doc, notes, err := FromCurl("a.sh", []byte("for i in {1..199}; do curl h/[1-199]; done"), nil)
	if err != nil {
		t.Fatal(err)
	}
	c, err := collections.Parse("a.json", doc)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(c.Root().Children()); n != maxRequests || len(notes) != 1 {
		t.Errorf("%d requests, notes %v", n, notes)
	}
}

// FuzzCurl holds that a script of any shell is refused or becomes a collection.
func FuzzCurl(f *testing.F) {
	for _, s := range []string{
		"curl -F 'a=<f;type=x' -d @- 'h/{a,b}[1-3]?q={{x}}' <<EOF\n$x $(y) ${z:-w}\nEOF\n", "A=(-H 'x: y')\nfor i in {1..3} b; do curl \"${A[@]}\" h/$i; done",
		"curl ^\"h?a^&b^\" ^\n --data-raw ^\"^{^\\^\"a^\\^\"^}^\" & curl.exe \"a\"\"b\" %PATH%", "$a = 'x'\ncurl.exe -d @\"\n$a\n\"@ `\n \"h`n$env:X$(y)\" | b # c",
		"curl --data-urlencode n@f --json '{}' -u a:b --aws-sigv4 aws:amz -T '{a,b}' u:p@h --next -K x --no-location -:", "curl $'\\u00e9\\xff\\c1\\'' \"a\r\nb\" ~/x {a,{b,c}}",
	} {
		f.Add(s)
	}
	files := fstest.MapFS{"f": {Data: []byte("a\nb\xff")}}
	f.Fuzz(func(t *testing.T, src string) {
		for _, name := range []string{"a.sh", "a.bat", "a.ps1"} {
			doc, _, err := FromCurl(name, []byte(src), files)
			if err != nil {
				continue
			}
			c, err := collections.Parse(name, doc)
			if err != nil {
				t.Fatalf("%v\n%s", err, doc)
			}
			for n := range c.All() {
				n.Request()
			}
		}
	})
}
