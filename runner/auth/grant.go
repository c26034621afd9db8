package auth

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"net/url"
	"slices"
	"strings"

	"postie/runner/transport"
)

// The grants that need no browser, by Postman's names. Authorization codes need
// none when there is a refresh token.
const (
	grantClient   = "client_credentials"
	grantPassword = "password_credentials"
	grantRefresh  = "refresh_token"
	grantCode     = "authorization_code"
)

// A grant is how an auth block gets its token.
type grant struct {
	p            Params
	kind         string
	tokenURL     string
	refreshToken string
}

// grant returns nil when the block cannot get a token without a person.
func (o *oauth2) grant() *grant {
	g := &grant{p: o.p, kind: o.p.Text("grant_type"), tokenURL: o.p.Text("accessTokenUrl")}
	for _, key := range []string{"refreshToken", "refresh_token"} {
		if g.refreshToken == "" {
			g.refreshToken = o.p.Text(key)
		}
	}
	switch g.kind {
	case "password":
		g.kind = grantPassword
	case "authorization_code_with_pkce", "":
		g.kind = grantCode
	}
	needs := g.refreshToken
	switch g.kind {
	case grantClient:
		needs = o.p.Text("clientId")
	case grantPassword:
		needs = o.p.Text("username")
	case grantRefresh, grantCode:
	default: // implicit
		return nil
	}
	if g.tokenURL == "" || needs == "" {
		return nil
	}
	return g
}

// missing returns the reason why grant is nil.
func (o *oauth2) missing() string {
	const none = "OAuth 2 has no access token"
	kind := o.p.Text("grant_type")
	needed := map[string][]string{
		grantClient:   {"accessTokenUrl", "clientId"},
		grantPassword: {"accessTokenUrl", "username"},
		"password":    {"accessTokenUrl", "username"},
		grantRefresh:  {"accessTokenUrl", "refreshToken"},
	}
	switch list, known := needed[kind]; {
	case kind == "":
		return none
	case known:
		list = slices.DeleteFunc(list, func(key string) bool { return o.p.Text(key) != "" })
		return none + ", and to get one lacks " + strings.Join(list, " and ")
	}
	return none + ", and a grant of type " + kind + " gets one in a browser only"
}

// key returns a text that is the same for equal auth blocks only. The order of
// parameters does not matter.
func (g *grant) key() string {
	sorted := slices.SortedFunc(slices.Values(g.p), func(a, b Param) int { return strings.Compare(a.Key, b.Key) })
	text, _ := json.Marshal(sorted) // strings, numbers and JSON can always be encoded
	return string(text)
}

// A tokenRequest is a POST request with a form.
type tokenRequest struct {
	url    string
	header transport.Header
	form   url.Values
}

// form returns the parameters of the grant, or nil when it needs a person.
func (g *grant) form() url.Values {
	form := url.Values{}
	switch g.kind {
	case grantClient:
		form.Set("grant_type", "client_credentials")
	case grantPassword:
		form.Set("grant_type", "password")
		form.Set("username", g.p.Text("username"))
		form.Set("password", g.p.Text("password"))
	default:
		return nil
	}
	for key, name := range map[string]string{"scope": "scope", "audience": "audience", "resource": "resource"} {
		if v := g.p.Text(key); v != "" {
			form.Set(name, v)
		}
	}
	return form
}

func (g *grant) refreshRequest(token string) *tokenRequest {
	to := g.p.Text("refreshTokenUrl")
	if to == "" {
		to = g.tokenURL
	}
	form := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {token}}
	if g.kind == grantRefresh {
		if scope := g.p.Text("scope"); scope != "" {
			form.Set("scope", scope)
		}
	}
	return g.request(to, form)
}

// request adds the client's id and secret: in the Authorization header, or in
// the body when the block says so. As in Postman, neither is encoded.
func (g *grant) request(to string, form url.Values) *tokenRequest {
	q := &tokenRequest{url: to, form: form, header: transport.Header{
		{Name: "Content-Type", Value: "application/x-www-form-urlencoded"},
		{Name: "Accept", Value: "application/json"},
	}}
	id, secret := g.p.Text("clientId"), g.p.Text("clientSecret")
	if g.p.Text("client_authentication") == "body" {
		form.Set("client_id", id)
		if secret != "" {
			form.Set("client_secret", secret)
		}
	} else if id != "" {
		q.header = append(q.header, transport.Field{Name: "Authorization",
			Value: "Basic " + base64.StdEncoding.EncodeToString([]byte(id+":"+secret))})
	}
	name := "tokenRequestParams"
	if form.Get("grant_type") == grantRefresh {
		name = "refreshRequestParams"
	}
	q.extra(g.p.Text(name))
	return q
}

// extra adds the parameters that the user wants to send as well.
func (q *tokenRequest) extra(list string) {
	var params []struct {
		Key, Value string
		Enabled    *bool
		SendAs     string `json:"send_as"`
	}
	if json.Unmarshal([]byte(list), &params) != nil {
		return
	}
	for _, p := range params {
		switch {
		case p.Key == "" || p.Enabled != nil && !*p.Enabled:
		case p.SendAs == "request_header":
			q.header = append(q.header, transport.Field{Name: p.Key, Value: p.Value})
		case p.SendAs == "request_url":
			sep := "?"
			if strings.Contains(q.url, "?") {
				sep = "&"
			}
			q.url += sep + url.QueryEscape(p.Key) + "=" + url.QueryEscape(p.Value)
		default:
			q.form.Set(p.Key, p.Value)
		}
	}
}

func textBody(text string) *transport.Body {
	return &transport.Body{Len: int64(len(text)), Open: func() (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(text)), nil
	}}
}
