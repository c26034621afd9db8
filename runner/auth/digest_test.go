package auth_test

import (
	"crypto/md5"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"hash"
	"io"
	"regexp"
	"strings"
	"testing"

	"postie/runner/auth"
	"postie/runner/transport"
)

// A digestServer is what a server in the field says, and holds a client to.
type digestServer struct {
	says      []string // its WWW-Authenticate lines
	nonce     string   // of the challenge to answer
	algorithm string   // MD5 when it names none
	qop       string   // to be used; "" is RFC 2069's
	realm     string

	code   int               // 401 unless set
	given  map[string]string // parameters of the user's, besides name and password
	body   string            // of the request
	mode   string            // of the body
	user   string            // "u" unless set
	wanted string            // that the credential must hold
}

var digestServers = map[string]digestServer{
	"Apache":       {says: []string{`Digest realm="private area", nonce="LHOKe1l2BAA=5c373ae0d933a0bb6321125a56a2fcdb6fd7c93b", algorithm=MD5, qop="auth"`}, nonce: "LHOKe1l2BAA=5c373ae0d933a0bb6321125a56a2fcdb6fd7c93b", realm: "private area", qop: "auth"},
	"nginx module": {says: []string{`Digest algorithm="MD5", qop="auth", realm="R", nonce="4e5749925e4b0c3a"`}, nonce: "4e5749925e4b0c3a", qop: "auth"},
	"nginx, stale": {says: []string{`Digest algorithm="MD5", qop="auth", realm="R", nonce="n2", stale="true"`}, nonce: "n2", qop: "auth"},
	"IIS": {says: []string{`Negotiate`, `NTLM`, `Digest qop="auth",algorithm=MD5-sess,nonce="+Upgraded+v1fe2ba746797cfd974e85f9f6dbdd6e514ec45becd2d8cf0112c764c676ad4a00f98517bb166e467dcad",charset=utf-8,realm="Digest"`, `Basic realm="host"`},
		nonce: "+Upgraded+v1fe2ba746797cfd974e85f9f6dbdd6e514ec45becd2d8cf0112c764c676ad4a00f98517bb166e467dcad", algorithm: "MD5-sess", qop: "auth", realm: "Digest"},
	"IIS, one line":        {says: []string{`Negotiate, NTLM, Digest qop="auth",algorithm=MD5-sess,nonce="n",charset=utf-8,realm="Digest", Basic realm="host"`}, nonce: "n", algorithm: "MD5-sess", qop: "auth", realm: "Digest"},
	"Jetty":                {says: []string{`Digest realm="Test Realm", domain="/", nonce="AAABlQ==", algorithm=MD5, qop="auth", stale=false`}, nonce: "AAABlQ==", qop: "auth", realm: "Test Realm"},
	"Tomcat":               {says: []string{`Digest realm="R", qop="auth", nonce="1700000000000:0123", opaque="A0F1"`}, nonce: "1700000000000:0123", qop: "auth", wanted: `opaque="A0F1"`},
	"Tomcat 11":            {says: []string{`Digest realm="R", qop="auth", nonce="n", opaque="o", algorithm=SHA-256`, `Digest realm="R", qop="auth", nonce="n", opaque="o", algorithm=MD5`}, nonce: "n", algorithm: "SHA-256", qop: "auth"},
	"Hikvision camera":     {says: []string{`Digest qop="auth", realm="IP Camera(C2345)", nonce="4e5449774d446b364d", stale="FALSE"`, `Basic realm="IP Camera(C2345)"`}, nonce: "4e5449774d446b364d", qop: "auth", realm: "IP Camera(C2345)"},
	"Dahua camera":         {says: []string{`Digest realm="Login to 3K0B", qop="auth", nonce="1290", opaque="6c4e"`}, nonce: "1290", qop: "auth", realm: "Login to 3K0B"},
	"Axis camera":          {says: []string{`Digest realm="AXIS_ACCC8E", nonce="0008ebaeY", algorithm=MD5, qop="auth"`, `Basic realm="AXIS_ACCC8E"`}, nonce: "0008ebaeY", qop: "auth", realm: "AXIS_ACCC8E"},
	"old device":           {says: []string{`Digest realm="R", nonce="n"`}, nonce: "n"},
	"router":               {says: []string{`Digest realm=R,nonce=n,qop=auth,opaque=5ccc,algorithm=MD5`}, nonce: "n", qop: "auth", wanted: `opaque="5ccc"`},
	"router with spaces":   {says: []string{`Digest realm=My Router, nonce=n, qop=auth`}, nonce: "n", qop: "auth", realm: "My Router"},
	"no commas":            {says: []string{`Digest realm="R" nonce="n" qop="auth"`}, nonce: "n", qop: "auth"},
	"spaces round =":       {says: []string{`Digest realm = "R" , nonce = "n" , qop = "auth"`}, nonce: "n", qop: "auth"},
	"capitals":             {says: []string{`DIGEST REALM="R", NONCE="n", ALGORITHM=md5, QOP="AUTH"`}, nonce: "n", algorithm: "md5", qop: "auth"},
	"after Basic":          {says: []string{`Basic realm="X, y", Digest realm="R", nonce="n", qop="auth"`}, nonce: "n", qop: "auth"},
	"commas in a realm":    {says: []string{`Digest realm="a, nonce=x, b", nonce="n", qop="auth"`}, nonce: "n", qop: "auth", realm: "a, nonce=x, b"},
	"quotes in a realm":    {says: []string{`Digest realm="the \"R\" \\ S", nonce="n", qop="auth"`}, nonce: "n", qop: "auth", realm: `the "R" \ S`, wanted: `realm="the \"R\" \\ S"`},
	"no realm":             {says: []string{`Digest realm="", nonce="n", qop="auth"`}, nonce: "n", qop: "auth", realm: "-"},
	"empty opaque":         {says: []string{`Digest realm="R", nonce="n", opaque="", qop="auth"`}, nonce: "n", qop: "auth"},
	"403":                  {says: []string{`Digest realm="R", nonce="n", qop="auth"`}, nonce: "n", qop: "auth", code: 403},
	"weakest first":        {says: []string{`Digest realm="R", nonce="n1", algorithm=MD5, qop="auth", Digest realm="R", nonce="n2", algorithm=SHA-256, qop="auth", Digest realm="R", nonce="n3", algorithm=SHA-512-256, qop="auth"`}, nonce: "n3", algorithm: "SHA-512-256", qop: "auth"},
	"unknown first":        {says: []string{`Digest realm="R", nonce="n1", algorithm=SHA-3, qop="auth"`, `Digest realm="R", nonce="n2", algorithm=MD5, qop="auth"`}, nonce: "n2", qop: "auth"},
	"as the user wants":    {says: []string{`Digest realm="R", nonce="n1", algorithm=SHA-256, qop="auth"`, `Digest realm="R", nonce="n2", algorithm=MD5, qop="auth"`}, nonce: "n2", qop: "auth", given: map[string]string{"algorithm": "MD5"}},
	"not as the user has":  {says: []string{`Digest realm="R", nonce="n1", algorithm=SHA-256, qop="auth"`}, nonce: "n1", algorithm: "SHA-256", qop: "auth", given: map[string]string{"algorithm": "MD5"}},
	"only the user's hash": {says: []string{`Digest realm="R", nonce="n1", algorithm=MD5, qop="auth"`, `Digest realm="R", nonce="n2", algorithm=SHA-256, qop="auth"`}, nonce: "n1", qop: "auth", given: map[string]string{"algorithm": "MD5-sess"}},
	"names no algorithm":   {says: []string{`Digest realm="R", nonce="n1", qop="auth"`}, nonce: "n1", algorithm: "SHA-256", qop: "auth", given: map[string]string{"algorithm": "SHA-256"}},
	"SHA-256-sess":         {says: []string{`Digest realm="R", nonce="n", algorithm=SHA-256-sess, qop="auth"`}, nonce: "n", algorithm: "SHA-256-sess", qop: "auth"},
	"sess without qop":     {says: []string{`Digest realm="R", nonce="n", algorithm=MD5-sess`}, nonce: "n", algorithm: "MD5-sess"},
	"either qop":           {says: []string{`Digest realm="R", nonce="n", qop="auth-int, auth"`}, nonce: "n", qop: "auth", body: "text", mode: "raw"},
	"either qop, unquoted": {says: []string{`Digest realm="R", nonce="n", qop=auth,auth-int, algorithm=MD5`}, nonce: "n", qop: "auth"},
	"the user's qop":       {says: []string{`Digest realm="R", nonce="n", qop="auth,auth-int"`}, nonce: "n", qop: "auth-int", body: "text", mode: "raw", given: map[string]string{"qop": "auth-int"}},
	"auth-int":             {says: []string{`Digest realm="R", nonce="n", qop="auth-int"`}, nonce: "n", qop: "auth-int", body: "text", mode: "raw"},
	"auth-int of a form":   {says: []string{`Digest realm="R", nonce="n", qop="auth-int"`}, nonce: "n", qop: "auth-int", body: "--b\r\n\r\nx\r\n--b--\r\n", mode: "formdata"},
	"auth-int of nothing":  {says: []string{`Digest realm="R", nonce="n", qop="auth-int"`}, nonce: "n", qop: "auth-int", mode: "file"},
	"odd qop":              {says: []string{`Digest realm="R", nonce="n", qop="token"`}, nonce: "n"},
	"hashed user":          {says: []string{`Digest realm="R", nonce="n", algorithm=SHA-256, qop="auth", userhash=true`}, nonce: "n", algorithm: "SHA-256", qop: "auth", wanted: "userhash=true"},
	"user beyond ASCII":    {says: []string{`Digest realm="R", nonce="n", algorithm=SHA-256, qop="auth", charset=UTF-8`}, nonce: "n", algorithm: "SHA-256", qop: "auth", user: "Jäsøn Doe", wanted: "username*=UTF-8''J%C3%A4s%C3%B8n%20Doe"},
	"quotes in a user":     {says: []string{`Digest realm="R", nonce="n", qop="auth"`}, nonce: "n", qop: "auth", user: `a"b\c`, wanted: `username="a\"b\\c"`},
}

// Every server lets the client in on its second try.
func TestDigestServers(t *testing.T) {
	t.Parallel()
	for name, s := range digestServers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := map[string]string{"username": s.name(), "password": "p"}
			for k, v := range s.given {
				p[k] = v
			}
			signer, err := auth.New("digest", params(p), &auth.State{}, auth.Options{BodyMode: s.mode})
			if err != nil {
				t.Fatal(err)
			}
			if again, err := signer.(auth.Challenger).Answer(s.challenge()); !again || err != nil {
				t.Fatalf("again %v, %v", again, err)
			}
			r := request(t, "POST", "http://example.com/a?b=c", s.body)
			if err := signer.Sign(t.Context(), r); err != nil {
				t.Fatal(err)
			}
			s.check(t, r)
			if again, _ := signer.(auth.Challenger).Answer(s.challenge()); again && !strings.Contains(name, "stale") {
				t.Error("it would try again with what it knows")
			}
		})
	}
}

func (s *digestServer) name() string {
	if s.user == "" {
		return "u"
	}
	return s.user
}

func (s *digestServer) challenge() *transport.Response {
	resp := &transport.Response{Code: 401}
	if s.code != 0 {
		resp.Code = s.code
	}
	for _, line := range s.says {
		resp.Header = append(resp.Header, transport.Field{Name: "WWW-Authenticate", Value: line})
	}
	return resp
}

var credentialMember = regexp.MustCompile(`(\w+\*?)=(?:"((?:[^"\\]|\\.)*)"|([^",\s]+))`)

// check verifies a credential as the server would.
func (s *digestServer) check(t *testing.T, r *transport.Request) {
	t.Helper()
	text := r.Header.Get("Authorization")
	m := map[string]string{}
	for _, x := range credentialMember.FindAllStringSubmatch(strings.TrimPrefix(text, "Digest "), -1) {
		m[x[1]] = strings.NewReplacer(`\"`, `"`, `\\`, `\`).Replace(x[2]) + x[3]
	}
	algorithm, realm := strings.ToUpper(s.algorithm), s.realm
	if algorithm == "" {
		algorithm = "MD5"
	}
	switch realm {
	case "":
		realm = "R"
	case "-":
		realm = ""
	}
	newHash := map[string]func() hash.Hash{"MD5": md5.New, "SHA-256": sha256.New, "SHA-512-256": sha512.New512_256}[strings.TrimSuffix(algorithm, "-SESS")]
	sum := func(parts ...string) string {
		h := newHash()
		h.Write([]byte(strings.Join(parts, ":")))
		return hex.EncodeToString(h.Sum(nil))
	}
	a1 := sum(s.name(), realm, "p")
	if strings.HasSuffix(algorithm, "-SESS") {
		a1 = sum(a1, s.nonce, m["cnonce"])
	}
	a2 := sum(r.Method, r.URL.Target)
	if s.qop == "auth-int" {
		var body []byte
		if r.Body != nil {
			src, err := r.Body.Open()
			if err != nil {
				t.Fatal(err)
			}
			body, _ = io.ReadAll(src) // it is in memory
		}
		a2 = sum(r.Method, r.URL.Target, sum(string(body)))
	}
	want := sum(a1, s.nonce, a2)
	if s.qop != "" {
		want = sum(a1, s.nonce, m["nc"], m["cnonce"], s.qop, a2)
	}
	if m["response"] != want || m["qop"] != s.qop || m["nonce"] != s.nonce || m["realm"] != realm || m["uri"] != r.URL.Target || !strings.EqualFold(m["algorithm"], algorithm) {
		t.Errorf("refused: %s", text)
	}
	if !strings.Contains(text, s.wanted) || s.qop != "" && (m["nc"] != "00000001" || m["cnonce"] == "") {
		t.Errorf("%s lacks %q", text, s.wanted)
	}
}

// A server whose nonces serve once takes the next request at its second try,
// though it does not call the old one stale.
func TestDigestNonceThatServesOnce(t *testing.T) {
	t.Parallel()
	st := &auth.State{}
	for i, nonce := range []string{"n1", "n2", "n3"} {
		s, err := auth.New("digest", params(map[string]string{"username": "u", "password": "p"}), st, auth.Options{})
		if err != nil {
			t.Fatal(err)
		}
		r := request(t, "GET", "http://example.com/", "")
		if err := s.Sign(t.Context(), r); err != nil || r.Header.Has("Authorization") != (i > 0) {
			t.Fatalf("request %d: signed %v, %v", i, r.Header, err)
		}
		refused := &transport.Response{Code: 401, Header: transport.Header{{Name: "WWW-Authenticate", Value: `Digest realm="r", nonce="` + nonce + `", qop="auth"`}}}
		if again, _ := s.(auth.Challenger).Answer(refused); !again {
			t.Errorf("request %d: the new nonce is not tried", i)
		}
		if err := s.Sign(t.Context(), r); err != nil || !strings.Contains(r.Header.Get("Authorization"), `nonce="`+nonce+`"`) || !strings.Contains(r.Header.Get("Authorization"), "nc=00000001") {
			t.Errorf("request %d: %s, %v", i, r.Header.Get("Authorization"), err)
		}
		if again, _ := s.(auth.Challenger).Answer(refused); again {
			t.Errorf("request %d: tried a third time", i)
		}
	}
}

// What cannot be answered is left alone, or says why.
func TestDigestWithoutAnAnswer(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		`Digest realm="R", nonce="n", algorithm=SHA-3`: "Unsupported digest algorithm: SHA-3",
		`Digest realm="R", qop="auth"`:                 "",
		`Basic realm="Digest nonce=x"`:                 "",
		`Digestive realm="R", nonce="n"`:               "",
		``:                                             "",
	} {
		s, err := auth.New("digest", params(map[string]string{"username": "u", "password": "p"}), &auth.State{}, auth.Options{})
		if err != nil {
			t.Fatal(err)
		}
		again, err := s.(auth.Challenger).Answer(&transport.Response{Code: 401, Header: transport.Header{{Name: "WWW-Authenticate", Value: line}}})
		if again || err == nil && want != "" || err != nil && err.Error() != want {
			t.Errorf("%s: again %v, %v", line, again, err)
		}
	}
}
