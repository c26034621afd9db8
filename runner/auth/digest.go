package auth

import (
	"cmp"
	"context"
	"crypto/md5"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"fmt"
	"hash"
	"slices"
	"strconv"
	"strings"

	"postie/runner/transport"
)

// digest is RFC 7616. Parameters that the user gave count before what the
// server said, as in Postman, but for the algorithm: it must be one on offer.
type digest struct {
	authorization
	p    Params
	st   *State
	opts Options

	answered bool // a challenge of this very request
	renewed  bool // a nonce of an earlier request, or a stale one
}

// value is a parameter of the user's, or what a challenge left.
func (d *digest) value(key string) string {
	if v := d.p.Text(key); v != "" {
		return v
	}
	return d.st.get(key)
}

// algorithm is the one to use, spelled as the server or the user has it.
func (d *digest) algorithm() string {
	for _, v := range []string{d.st.get("algorithm"), d.p.Text("algorithm")} {
		if v != "" {
			return v
		}
	}
	return "MD5"
}

func (d *digest) Sign(_ context.Context, r *transport.Request) error {
	if d.value("nonce") == "" || d.value("realm") == "" && !d.answered || d.value("username") == "" {
		return nil
	}
	a := d.algorithm()
	newHash := digestHash(a)
	if newHash == nil {
		return fmt.Errorf("Unsupported digest algorithm: %s", a)
	}
	text, err := d.header(r, a, newHash)
	if err != nil {
		return err
	}
	setAuthorization(r, text)
	return nil
}

// isSession reports whether an algorithm takes the nonces into the user's
// hash.
func isSession(algorithm string) bool { return strings.HasSuffix(strings.ToLower(algorithm), "-sess") }

// digestHash is nil for an algorithm that is not known.
func digestHash(algorithm string) func() hash.Hash {
	switch hashName(algorithm) {
	case "MD5":
		return md5.New
	case "SHA-256":
		return sha256.New
	case "SHA-512-256":
		return sha512.New512_256
	}
	return nil
}

// header is the credential for a request: RFC 7616, section 3.4.
func (d *digest) header(r *transport.Request, algorithm string, newHash func() hash.Hash) (string, error) {
	sum := func(parts ...string) string {
		h := newHash()
		h.Write([]byte(strings.Join(parts, ":")))
		return hex.EncodeToString(h.Sum(nil))
	}
	user, realm, nonce, qop := d.value("username"), d.value("realm"), d.value("nonce"), protection(d.value("qop"), d.p.Text("qop"))
	count, cnonce := d.value("nonceCount"), d.value("clientNonce")
	a1 := sum(user, realm, d.value("password"))
	if isSession(algorithm) {
		a1 = sum(a1, nonce, cnonce)
	}
	a2 := []string{r.Method, r.URL.Target}
	if qop == "auth-int" {
		body, err := bodyHash(r, newHash())
		if err != nil {
			return "", err
		}
		a2 = append(a2, body)
	}
	response := sum(a1, nonce, sum(a2...))
	if qop != "" {
		response = sum(a1, nonce, count, cnonce, qop, sum(a2...))
	}
	name := d.user(user, sum(user, realm))
	parts := []string{name, `realm="` + quoteText(realm) + `"`, `nonce="` + quoteText(nonce) + `"`,
		`uri="` + r.URL.Target + `"`, `algorithm="` + algorithm + `"`}
	if qop != "" {
		parts = append(parts, "qop="+qop)
	}
	if qop != "" || isSession(algorithm) {
		if qop != "" && count != "" {
			parts = append(parts, "nc="+count)
		}
		parts = append(parts, `cnonce="`+quoteText(cnonce)+`"`)
	}
	parts = append(parts, `response="`+response+`"`)
	if opaque := d.value("opaque"); opaque != "" {
		parts = append(parts, `opaque="`+quoteText(opaque)+`"`)
	}
	if d.st.get("userhash") != "" {
		parts = append(parts, "userhash=true")
	}
	return "Digest " + strings.Join(parts, ", "), nil
}

// user names the user: hashed when the server wants it so, and in RFC 8187's
// form when the name does not fit in a header.
func (d *digest) user(name, hashed string) string {
	switch {
	case d.st.get("userhash") != "":
		return `username="` + hashed + `"`
	case d.st.get("utf8") != "" && strings.ContainsFunc(name, func(r rune) bool { return r > 0x7e || r < ' ' }):
		return "username*=UTF-8''" + percentEncode(name)
	}
	return `username="` + quoteText(name) + `"`
}

var quoteEscapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`)

func quoteText(s string) string { return quoteEscapes.Replace(s) }

// protection is the qop to use of a list of those on offer: the one the user
// wants, or "auth" where it is one; "" is RFC 2069's, which has none.
func protection(offered, wanted string) string {
	best := ""
	for word := range strings.FieldsFuncSeq(offered, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' }) {
		switch word = strings.ToLower(word); {
		case word != "auth" && word != "auth-int":
		case best == "" || word == "auth" && best != strings.ToLower(wanted) || word == strings.ToLower(wanted):
			best = word
		}
	}
	return best
}

// bodyHash is the hash of the bytes that are sent.
func bodyHash(r *transport.Request, h hash.Hash) (string, error) {
	if r.Body != nil {
		if err := hashBody(h, r, 0); err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// Answer takes the best challenge in, and asks for another try unless all that
// it says was known. A nonce that served earlier requests is replaced once.
func (d *digest) Answer(resp *transport.Response) (again bool, err error) {
	if d.p.Bool("disableRetryRequest") {
		return false, nil
	}
	offered := slices.DeleteFunc(challenges(resp.Header), func(c challenge) bool { return c.scheme != "digest" || c.params["nonce"] == "" })
	if resp.Code != 401 && resp.Code != 403 || len(offered) == 0 {
		d.st.set("nonceCount", nextCount(d.value("nonceCount")))
		return false, nil
	}
	c := d.best(offered)
	if c == nil {
		return false, fmt.Errorf("Unsupported digest algorithm: %s", offered[0].params["algorithm"])
	}
	spent := d.p.Text("nonce") == "" && !d.answered && c.params["nonce"] != d.st.get("nonce")
	renew := !d.renewed && (spent || strings.EqualFold(c.params["stale"], "true"))
	d.renewed = d.renewed || renew
	return d.take(c, renew), nil
}

// hashName is the hash of an algorithm: its name without the suffix of sessions.
func hashName(algorithm string) string {
	return strings.TrimSuffix(strings.ToUpper(algorithm), "-SESS")
}

// strength orders algorithms; 0 is for those that are not known.
func strength(algorithm string) int {
	n := map[string]int{"MD5": 1, "SHA-256": 3, "SHA-512-256": 5}[hashName(algorithm)]
	if n > 0 && isSession(algorithm) {
		n++
	}
	return n
}

// best is the challenge to answer: the one of the algorithm that the user
// wants, or of its hash, else the strongest that is known, the first of its
// kind; nil for none.
func (d *digest) best(offered []challenge) *challenge {
	wanted := d.p.Text("algorithm")
	var best *challenge
	rank := 0
	for i := range offered {
		c := &offered[i]
		algorithm := c.params["algorithm"]
		n := strength(algorithm)
		switch {
		case wanted != "" && (algorithm == "" || strings.EqualFold(algorithm, wanted)):
			n = 100
		case wanted != "" && n > 0 && hashName(algorithm) == hashName(wanted):
			n += 50
		case algorithm == "":
			n = strength("MD5")
		}
		if n > rank {
			best, rank = c, n
		}
	}
	return best
}

// take keeps what a challenge says, unless all of it was known.
func (d *digest) take(c *challenge, renew bool) bool {
	learned := map[string]string{"nonce": c.params["nonce"], "realm": c.params["realm"]}
	for _, name := range []string{"qop", "opaque"} {
		if c.params[name] != "" {
			learned[name] = c.params[name]
		}
	}
	algorithm := c.params["algorithm"]
	if learned["qop"] != "" || d.p.Text("qop") != "" || isSession(cmp.Or(algorithm, d.p.Text("algorithm"))) {
		learned["clientNonce"], learned["nonceCount"] = d.opts.nonce(8), "00000001"
	}
	known := true
	for name := range learned {
		known = known && (d.value(name) != "" || name == "realm" && d.answered)
	}
	if known && !renew {
		return false
	}
	d.answered = true
	for _, name := range []string{"nonce", "realm", "qop", "opaque", "clientNonce", "nonceCount"} {
		d.st.set(name, learned[name])
	}
	d.st.set("algorithm", algorithm)
	d.st.set("userhash", onlyTrue(c.params["userhash"], "true"))
	d.st.set("utf8", onlyTrue(c.params["charset"], "UTF-8"))
	return true
}

// onlyTrue is s when it is the word, in whatever case, else "".
func onlyTrue(s, word string) string {
	if strings.EqualFold(s, word) {
		return s
	}
	return ""
}

// nextCount counts a nonce's uses in eight decimal digits.
func nextCount(s string) string {
	n, err := strconv.Atoi(s)
	if err != nil {
		return "00000001"
	}
	return fmt.Sprintf("%08d", n+1)
}
