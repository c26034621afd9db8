package auth

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"strconv"
	"strings"

	"postie/runner/transport"
)

// edgegrid is Akamai's EG1-HMAC-SHA256.
type edgegrid struct {
	authorization
	p    Params
	opts Options
}

func (a *edgegrid) Sign(_ context.Context, r *transport.Request) error {
	access, client, secret := a.p.Text("accessToken"), a.p.Text("clientToken"), a.p.Text("clientSecret")
	if access == "" || client == "" || secret == "" {
		return nil
	}
	nonce, ts := a.p.Text("nonce"), a.p.Text("timestamp")
	if nonce == "" {
		nonce = a.opts.uuid()
	}
	if ts == "" {
		ts = a.opts.Now().UTC().Format("20060102T15:04:05-0700")
	}
	body, err := a.bodyHash(r)
	if err != nil {
		return err
	}
	header := "EG1-HMAC-SHA256 client_token=" + client + ";access_token=" + access + ";timestamp=" + ts + ";nonce=" + nonce + ";"
	data := strings.Join([]string{r.Method, r.URL.Scheme, a.host(r), r.URL.Target, a.canonical(r), body, header}, "\t")
	setAuthorization(r, header+"signature="+base64MAC(base64MAC(secret, ts), data))
	return nil
}

func base64MAC(key, data string) string {
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(data))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

func (a *edgegrid) host(r *transport.Request) string {
	if base := a.p.Text("baseURL"); base != "" {
		if u, err := transport.ParseURL(base, true); err == nil {
			return u.HostPort()
		}
	}
	return r.URL.HostPort()
}

// canonical returns the headers to sign, as name:value.
func (a *edgegrid) canonical(r *transport.Request) string {
	var names []string
	text := a.p.Text("headersToSign")
	if json.Unmarshal([]byte(text), &names) != nil {
		names = strings.Split(text, ",")
	}
	var out []string
	for _, name := range names {
		name = strings.ToLower(strings.TrimSpace(name))
		if v := r.Header.Get(name); name != "" && v != "" {
			out = append(out, name+":"+strings.Join(strings.Fields(v), " "))
		}
	}
	return strings.Join(out, "\t")
}

func (a *edgegrid) bodyHash(r *transport.Request) (string, error) {
	if r.Method != "POST" || !a.opts.hashable(r) {
		return "", nil
	}
	limit := int64(131072)
	if n, err := strconv.ParseInt(a.p.Text("maxBodySize"), 10, 64); err == nil && n > 0 {
		limit = n
	}
	h := sha256.New()
	err := hashBody(h, r, limit)
	return base64.StdEncoding.EncodeToString(h.Sum(nil)), err
}
