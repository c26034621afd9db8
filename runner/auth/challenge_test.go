package auth

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postie/runner/transport"
)

// shown is a list of challenges as text.
func shown(list []challenge) string {
	var out []string
	for _, c := range list {
		text := c.scheme
		if c.token != "" {
			text += " <" + c.token + ">"
		}
		for _, name := range slices.Sorted(maps.Keys(c.params)) {
			text += fmt.Sprintf(" %s[%s]", name, c.params[name])
		}
		out = append(out, text)
	}
	return strings.Join(out, " | ")
}

// A WWW-Authenticate line as RFC 9110 has it, and as servers write it.
func TestChallengesOfALine(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		`Digest realm="a b", nonce="n", qop="auth,auth-int"`: "digest nonce[n] qop[auth,auth-int] realm[a b]",
		`Basic realm="X, y=z", Digest realm="R", nonce="n"`:  "basic realm[X, y=z] | digest nonce[n] realm[R]",
		`Digest realm="R", nonce="n", Basic realm="X"`:       "digest nonce[n] realm[R] | basic realm[X]",
		`Negotiate, NTLM, Basic realm="X"`:                   "negotiate | ntlm | basic realm[X]",
		`NTLM TlRMTVNTUAAC==`:                                "ntlm <TlRMTVNTUAAC==>",
		`Negotiate TlRM+/a==, NTLM`:                          "negotiate <TlRM+/a==> | ntlm",
		`Basic`:                                              "basic",
		`Newauth realm="apps", type=1, title="Login to \"apps\"", Basic realm="simple"`: `newauth realm[apps] title[Login to "apps"] type[1] | basic realm[simple]`,
		`Digest realm=R, nonce=abc==, algorithm=MD5`:                                    "digest algorithm[MD5] nonce[abc==] realm[R]",
		`Digest realm = "R" ,  nonce	=	"n"`:                                             "digest nonce[n] realm[R]",
		`digest REALM="R",Nonce="n",`:                                                   "digest nonce[n] realm[R]",
		`, ,Digest realm="R",,nonce="n"`:                                                "digest nonce[n] realm[R]",
		`Digest realm="R" nonce="n" qop="auth"`:                                         "digest nonce[n] qop[auth] realm[R]",
		`Digest realm=My Camera, nonce=n`:                                               "digest nonce[n] realm[My Camera]",
		`Digest realm=My Camera nonce=n`:                                                "digest nonce[n] realm[My Camera]",
		`Digest qop=auth,auth-int, nonce=n`:                                             "digest nonce[n] qop[auth,auth-int]",
		`Digest realm="", nonce=""`:                                                     "digest nonce[] realm[]",
		`Digest realm="open, nonce=n`:                                                   "digest realm[open, nonce=n]",
		`Digest nonce="a", nonce="b"`:                                                   "digest nonce[a]",
		`Digest realm="back\slash \" quote"`:                                            `digest realm[backslash " quote]`,
		`realm="R", nonce="n"`:                                                          "",
		`"`:                                                                             "",
		``:                                                                              "",
	} {
		if diff := cmp.Diff(want, shown(parseChallenges(in))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", in, diff)
		}
	}
}

// Lines count in their order, whatever their spelling.
func TestChallengesOfAnAnswer(t *testing.T) {
	t.Parallel()
	h := transport.Header{{Name: "WWW-Authenticate", Value: "Negotiate"}, {Name: "X", Value: "Digest nonce=x"},
		{Name: "www-authenticate", Value: `Digest nonce="1", Digest nonce="2"`}}
	if diff := cmp.Diff("negotiate | digest nonce[1] | digest nonce[2]", shown(challenges(h))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// FuzzChallenges: no line hangs the reader, and names are in lower case.
func FuzzChallenges(f *testing.F) {
	for _, seed := range []string{`Digest realm="r", nonce=n, Basic x=y`, `NTLM TlRM==`, `"`, `Digest qop=auth,auth-int`, `a=b c=d`,
		strings.Repeat("4", maxChallenge-1) + "\x80", "Digest a=" + strings.Repeat(" b", maxChallenge/2), "Digest qop=auth " + strings.Repeat("auth ", maxChallenge/5), strings.Repeat("= ", maxChallenge/2)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, line string) {
		for _, c := range parseChallenges(line) {
			if c.scheme == "" || c.scheme != strings.ToLower(c.scheme) {
				t.Errorf("%q: %+v", line, c)
			}
		}
	})
}
