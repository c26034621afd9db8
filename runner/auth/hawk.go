package auth

import (
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"hash"
	"strconv"
	"strings"

	"postie/runner/transport"
)

// hawk is Hawk 1, with an optional hash of the payload.
type hawk struct {
	authorization
	p    Params
	opts Options
}

func (a *hawk) Sign(_ context.Context, r *transport.Request) error {
	id, key := a.p.Text("authId"), a.p.Text("authKey")
	if id == "" || key == "" {
		return nil
	}
	newHash := map[string]func() hash.Hash{"sha1": sha1.New, "sha256": sha256.New}[a.p.Text("algorithm")]
	if newHash == nil {
		setAuthorization(r, "") // the default of Postman
		return nil
	}
	payload := ""
	if a.p.Bool("includePayloadHash") && a.opts.hashable(r) {
		var err error
		if payload, err = hawkPayload(r, newHash()); err != nil {
			return err
		}
	}
	setAuthorization(r, a.header(r, id, key, payload, newHash))
	return nil
}

func (a *hawk) header(r *transport.Request, id, key, payload string, newHash func() hash.Hash) string {
	nonce, ts := a.p.Text("nonce"), a.p.Text("timestamp")
	if nonce == "" {
		nonce = a.opts.nonce(6)
	}
	if n, err := strconv.ParseFloat(ts, 64); err != nil || n == 0 {
		ts = strconv.FormatInt(a.opts.Now().Unix(), 10)
	}
	port := r.URL.Port
	if port == "" {
		port = map[string]string{"https": "443"}[r.URL.Scheme]
		if port == "" {
			port = "80"
		}
	}
	ext, app, dlg := a.p.Text("extraData"), a.p.Text("app"), a.p.Text("delegation")
	escaped := strings.Replace(strings.Replace(ext, `\`, `\\`, 1), "\n", `\n`, 1)
	text := strings.Join([]string{"hawk.1.header", ts, nonce, r.Method, r.URL.Target, strings.ToLower(r.URL.Host), port, payload, escaped, ""}, "\n")
	if app != "" {
		text += app + "\n" + dlg + "\n"
	}
	mac := hmac.New(newHash, []byte(key))
	mac.Write([]byte(text))
	out := `Hawk id="` + id + `", ts="` + ts + `", nonce="` + nonce + `"`
	if payload != "" {
		out += `, hash="` + payload + `"`
	}
	if ext != "" {
		out += `, ext="` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(ext) + `"`
	}
	out += `, mac="` + base64.StdEncoding.EncodeToString(mac.Sum(nil)) + `"`
	if app != "" {
		out += `, app="` + app
		if dlg != "" {
			out += `", dlg="` + dlg
		}
		out += `"`
	}
	return out
}

func hawkPayload(r *transport.Request, h hash.Hash) (string, error) {
	kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	h.Write([]byte("hawk.1.payload\n" + strings.ToLower(strings.TrimSpace(kind)) + "\n"))
	if err := hashBody(h, r, 0); err != nil {
		return "", err
	}
	h.Write([]byte("\n"))
	return base64.StdEncoding.EncodeToString(h.Sum(nil)), nil
}
