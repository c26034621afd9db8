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

// digest is RFC 7616. Parameters of the user take precedence over those of the
// server, as in Postman, except the algorithm: it must be one that the server
// offers.
type digest struct {
	authorization
	p    Params
	st   *State
	opts Options

	answered bool // this request was challenged already
	renewed  bool // the nonce is from an earlier request, or stale
}

// value returns a parameter of the user, or one of the challenge.
func (d *digest) value(key string) string {
	if v := d.p.Text(key); v != "" {
		return v
	}
	return d.st.get(key)
}

// algorithm returns the algorithm to use, in the spelling of the server or the
// user.
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

// isSession reports whether an algorithm hashes the nonces together with the
// user.
func isSession(algorithm string) bool { return strings.HasSuffix(strings.ToLower(algorithm), "-sess") }

// digestHash returns the hash of an algorithm; nil when it is unknown.
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

// header returns the credentials for a request: RFC 7616, section 3.4.
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

// user returns the parameter with the user's name: hashed when the server wants
// that, and encoded by RFC 8187 when a header cannot hold the name.
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

// protection returns the qop to use out of a list: the one that the user wants,
// or "auth" if it is offered. "" is for RFC 2069, which has no qop.
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

// bodyHash returns the hash of the bytes that are sent.
func bodyHash(r *transport.Request, h hash.Hash) (string, error) {
	if r.Body != nil {
		if err := hashBody(h, r, 0); err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// Answer reads the best challenge, and asks for another try unless everything
// in it was known. A nonce that was used for earlier requests is replaced once.
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

// hashName returns the hash of an algorithm: its name without -sess.
func hashName(algorithm string) string {
	return strings.TrimSuffix(strings.ToUpper(algorithm), "-SESS")
}

// strength orders algorithms; it is 0 for unknown ones.
func strength(algorithm string) int {
	n := map[string]int{"MD5": 1, "SHA-256": 3, "SHA-512-256": 5}[hashName(algorithm)]
	if n > 0 && isSession(algorithm) {
		n++
	}
	return n
}

// best returns the challenge to answer: the one with the algorithm that the
// user wants, or with its hash, otherwise the strongest known one; nil for
// none.
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

// take stores a challenge, and reports whether it brought anything new.
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

// onlyTrue returns s when it is the given word in any letter case, else "".
func onlyTrue(s, word string) string {
	if strings.EqualFold(s, word) {
		return s
	}
	return ""
}

// nextCount returns the next count of uses of a nonce, in eight digits.
func nextCount(s string) string {
	n, err := strconv.Atoi(s)
	if err != nil {
		return "00000001"
	}
	return fmt.Sprintf("%08d", n+1)
}
