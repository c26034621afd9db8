package auth

import (
	"context"
	"crypto/md5"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"fmt"
	"hash"
	"regexp"
	"strconv"
	"strings"

	"postie/runner/transport"
)

// digest is RFC 7616, as Postman speaks it: what the user gave counts before
// what the server said, and the algorithm is the user's alone.
type digest struct {
	authorization
	p    Params
	st   *State
	opts Options

	renewed bool // for this request, after a stale nonce
}

// value is a parameter of the user's, or what a challenge left.
func (d *digest) value(key string) string {
	if v := d.p.Text(key); v != "" {
		return v
	}
	return d.st.get(key)
}

func (d *digest) Sign(_ context.Context, r *transport.Request) error {
	if d.value("nonce") == "" || d.value("realm") == "" || d.value("username") == "" {
		return nil
	}
	algorithm := d.value("algorithm")
	if algorithm == "" {
		algorithm = "MD5"
	}
	newHash := digestHash(algorithm)
	if newHash == nil {
		return fmt.Errorf("Unsupported digest algorithm: %s", algorithm)
	}
	text, err := d.header(r, algorithm, newHash)
	if err != nil {
		return err
	}
	setAuthorization(r, text)
	return nil
}

func digestHash(algorithm string) func() hash.Hash {
	switch strings.TrimSuffix(algorithm, "-sess") {
	case "MD5":
		return md5.New
	case "SHA-256":
		return sha256.New
	case "SHA-512-256":
		return sha512.New512_256
	}
	return nil
}

func (d *digest) header(r *transport.Request, algorithm string, newHash func() hash.Hash) (string, error) {
	sum := func(s string) string {
		h := newHash()
		h.Write([]byte(s))
		return hex.EncodeToString(h.Sum(nil))
	}
	user, realm, nonce, qop := d.value("username"), d.value("realm"), d.value("nonce"), d.value("qop")
	count, cnonce := d.value("nonceCount"), d.value("clientNonce")
	a1 := user + ":" + realm + ":" + d.value("password")
	if strings.HasSuffix(algorithm, "-sess") {
		a1 = sum(a1) + ":" + nonce + ":" + cnonce
	}
	a2 := r.Method + ":" + r.URL.Target
	if qop == "auth-int" {
		body, err := d.bodyHash(r, newHash())
		if err != nil {
			return "", err
		}
		a2 += ":" + body
	}
	protected := qop == "auth" || qop == "auth-int"
	response := sum(sum(a1) + ":" + nonce + ":" + sum(a2))
	if protected {
		response = sum(strings.Join([]string{sum(a1), nonce, count, cnonce, qop, sum(a2)}, ":"))
	}
	parts := []string{`username="` + user + `"`, `realm="` + realm + `"`, `nonce="` + nonce + `"`,
		`uri="` + r.URL.Target + `"`, `algorithm="` + algorithm + `"`}
	if protected {
		parts = append(parts, "qop="+qop)
	}
	if protected || algorithm == "MD5-sess" {
		if count != "" {
			parts = append(parts, "nc="+count)
		}
		parts = append(parts, `cnonce="`+cnonce+`"`)
	}
	parts = append(parts, `response="`+response+`"`)
	if opaque := d.value("opaque"); opaque != "" {
		parts = append(parts, `opaque="`+opaque+`"`)
	}
	return "Digest " + strings.Join(parts, ", "), nil
}

func (d *digest) bodyHash(r *transport.Request, h hash.Hash) (string, error) {
	if r.Body != nil {
		if !d.opts.hashable(r) {
			return "undefined", nil // as Postman has it
		}
		if err := hashBody(h, r, 0); err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// The members of a challenge, which Postman reads when quoted.
var challengeMembers = map[string]*regexp.Regexp{
	"nonce":  regexp.MustCompile(`(?i)nonce="([^"]*)"`),
	"realm":  regexp.MustCompile(`(?i)realm="([^"]*)"`),
	"qop":    regexp.MustCompile(`(?i)qop="([^"]*)"`),
	"opaque": regexp.MustCompile(`(?i)opaque="([^"]*)"`),
}

// challenge reads a WWW-Authenticate value.
func challenge(value string) map[string]string {
	out := map[string]string{}
	for name, re := range challengeMembers {
		if m := re.FindStringSubmatch(value); m != nil {
			out[name] = m[1]
		}
	}
	return out
}

// Answer takes a challenge in, and asks for another try unless all that it
// says was known.
func (d *digest) Answer(resp *transport.Response) (again bool, err error) {
	if d.p.Bool("disableRetryRequest") {
		return false, nil
	}
	for _, v := range resp.Header.Values("WWW-Authenticate") {
		if (resp.Code == 401 || resp.Code == 403) && len(v) >= 7 && strings.EqualFold(v[:7], "digest ") {
			stale := staleNonce.MatchString(v) && !d.renewed
			d.renewed = true
			return d.take(challenge(v), stale), nil
		}
	}
	d.st.set("nonceCount", nextCount(d.value("nonceCount")))
	return false, nil
}

func (d *digest) take(c map[string]string, stale bool) bool {
	learned := map[string]string{"nonce": c["nonce"], "realm": c["realm"]}
	for _, name := range []string{"qop", "opaque"} {
		if c[name] != "" {
			learned[name] = c[name]
		}
	}
	if learned["qop"] != "" || d.value("qop") != "" {
		learned["clientNonce"], learned["nonceCount"] = d.opts.nonce(8), "00000001"
	}
	known := true
	for name := range learned {
		known = known && d.value(name) != ""
	}
	if known && !stale {
		return false
	}
	for name, value := range learned {
		d.st.set(name, value)
	}
	return true
}

// staleNonce is RFC 7616's word for a nonce that is too old, the password
// being right.
var staleNonce = regexp.MustCompile(`(?i)\bstale="?true\b`)

// nextCount counts a nonce's uses in eight decimal digits.
func nextCount(s string) string {
	n, err := strconv.Atoi(s)
	if err != nil {
		return "00000001"
	}
	return fmt.Sprintf("%08d", n+1)
}
