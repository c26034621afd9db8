package auth_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"postie/runner/auth"
	"postie/runner/transport"
)

// An issuer stands for a token endpoint: it answers in order and notes what it
// was asked.
type issuer struct {
	answers []string // "CODE body"; "" is no answer
	asked   []string
}

func (i *issuer) do(_ context.Context, r *transport.Request) (*transport.Response, error) {
	src, err := r.Body.Open()
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(src)
	if err != nil {
		return nil, err
	}
	text := r.URL.Target + " " + string(body)
	if a := r.Header.Get("Authorization"); a != "" {
		text += " " + a
	}
	i.asked = append(i.asked, text)
	answer := i.answers[0]
	i.answers = i.answers[1:]
	if answer == "" {
		return nil, errors.New("refused")
	}
	code, body2, _ := strings.Cut(answer, " ")
	resp := &transport.Response{Body: []byte(body2)}
	_, err = fmt.Sscan(code, &resp.Code)
	return resp, err
}

const granted = `200 {"access_token":"AT1","token_type":"Bearer","expires_in":60,"refresh_token":"RT1"}`

// What is asked of the token endpoint for each grant, and what is sent then.
func TestOAuth2Grants(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		params  map[string]string
		answers []string
		asked   []string
		header  string
		err     string
	}{
		{"client credentials", map[string]string{"grant_type": "client_credentials", "accessTokenUrl": "http://h/token", "clientId": "id", "clientSecret": "s&", "scope": "a b"},
			[]string{granted}, []string{"/token grant_type=client_credentials&scope=a+b Basic aWQ6cyY="}, "Bearer AT1", ""},
		{"client credentials in the body", map[string]string{"grant_type": "client_credentials", "accessTokenUrl": "http://h/token", "clientId": "id", "clientSecret": "s&", "client_authentication": "body", "headerPrefix": "Token"},
			[]string{granted}, []string{"/token client_id=id&client_secret=s%26&grant_type=client_credentials"}, "Token AT1", ""},
		{"password", map[string]string{"grant_type": "password_credentials", "accessTokenUrl": "http://h/token", "clientId": "id", "username": "u", "password": "p", "client_authentication": "body"},
			[]string{granted}, []string{"/token client_id=id&grant_type=password&password=p&username=u"}, "Bearer AT1", ""},
		{"refresh token", map[string]string{"grant_type": "refresh_token", "accessTokenUrl": "http://h/token", "refreshTokenUrl": "http://h/again", "refreshToken": "RT0"},
			[]string{granted}, []string{"/again grant_type=refresh_token&refresh_token=RT0"}, "Bearer AT1", ""},
		{"authorization code, renewed", map[string]string{"grant_type": "authorization_code", "accessTokenUrl": "http://h/token", "clientId": "id", "refreshToken": "RT0"},
			[]string{granted}, []string{"/token grant_type=refresh_token&refresh_token=RT0 Basic aWQ6"}, "Bearer AT1", ""},
		{"authorization code, no refresh token", map[string]string{"grant_type": "authorization_code", "accessTokenUrl": "http://h/token", "clientId": "id"}, nil, nil, "", ""},
		{"implicit", map[string]string{"grant_type": "implicit", "accessTokenUrl": "http://h/token", "clientId": "id"}, nil, nil, "", ""},
		{"a token is there", map[string]string{"accessToken": "AT0", "grant_type": "client_credentials", "accessTokenUrl": "http://h/token", "clientId": "id"}, nil, nil, "Bearer AT0", ""},
		{"more parameters", map[string]string{"grant_type": "client_credentials", "accessTokenUrl": "http://h/token?x=1", "clientId": "id", "client_authentication": "body",
			"tokenRequestParams": `[{"key":"a","value":"1","send_as":"request_url"},{"key":"b","value":"2"},{"key":"c","value":"3","enabled":false}]`},
			[]string{granted}, []string{"/token?x=1&a=1 b=2&client_id=id&grant_type=client_credentials"}, "Bearer AT1", ""},
		{"refused", map[string]string{"grant_type": "client_credentials", "accessTokenUrl": "http://h/token", "clientId": "id", "client_authentication": "body"},
			[]string{`400 {"error":"invalid_client","error_description":"no such\nclient"}`}, []string{"/token client_id=id&grant_type=client_credentials"}, "", "no access token: the token endpoint answered 400, invalid_client: no such client"},
		{"refused by a page", map[string]string{"grant_type": "client_credentials", "accessTokenUrl": "http://h/token", "clientId": "id", "client_authentication": "body"},
			[]string{"503 <h1>\n Sorry</h1>"}, []string{"/token client_id=id&grant_type=client_credentials"}, "", "no access token: the token endpoint answered 503: <h1> Sorry</h1>"},
		{"refused without a word", map[string]string{"grant_type": "client_credentials", "accessTokenUrl": "http://h/token", "clientId": "id", "client_authentication": "body"},
			[]string{"401 "}, []string{"/token client_id=id&grant_type=client_credentials"}, "", "no access token: the token endpoint answered 401"},
		{"sent elsewhere", map[string]string{"grant_type": "client_credentials", "accessTokenUrl": "http://h/token", "clientId": "id", "client_authentication": "body"},
			[]string{`302 {"access_token":"SECRET"}`}, []string{"/token client_id=id&grant_type=client_credentials"}, "", "no access token: the token endpoint answered 302"},
		{"refresh token refused", map[string]string{"grant_type": "authorization_code", "accessTokenUrl": "http://h/token", "clientId": "id", "client_authentication": "body", "refreshToken": "RT0"},
			[]string{`400 {"error":"invalid_grant"}`}, []string{"/token client_id=id&grant_type=refresh_token&refresh_token=RT0"}, "", "no access token: the token endpoint answered 400, invalid_grant"},
		{"no URL", map[string]string{"grant_type": "client_credentials", "accessTokenUrl": "ftp://h/token", "clientId": "id"}, nil, nil, "", "no access token: the access token URL is not a URL"},
		{"a page", map[string]string{"grant_type": "client_credentials", "accessTokenUrl": "http://h/token", "clientId": "id", "client_authentication": "body"},
			[]string{`200 <html>SECRET</html>`}, []string{"/token client_id=id&grant_type=client_credentials"}, "", "no access token: the token endpoint answered 200, without an access token"},
		{"no answer", map[string]string{"grant_type": "client_credentials", "accessTokenUrl": "http://h/token", "clientId": "id", "client_authentication": "body"},
			[]string{""}, []string{"/token client_id=id&grant_type=client_credentials"}, "", "no access token: the token endpoint gave no answer: refused"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			in := &issuer{answers: c.answers}
			s, err := auth.New("oauth2", params(c.params), nil, auth.Options{Do: in.do, Tokens: &auth.Tokens{}})
			if err != nil {
				t.Fatal(err)
			}
			r := request(t, "GET", "http://example.com/", "")
			text := ""
			if err := s.Sign(t.Context(), r); err != nil {
				text = err.Error()
				if !errors.Is(err, auth.ErrToken) {
					t.Errorf("%v is no ErrToken", err)
				}
			}
			if diff := cmp.Diff(c.asked, in.asked); diff != "" || r.Header.Get("Authorization") != c.header || text != c.err {
				t.Errorf("%q, %q\n%s", r.Header.Get("Authorization"), text, diff)
			}
		})
	}
}

// A token serves until it ends; then, or when the server refuses it, it is
// renewed once, and by the grant itself if the refresh token is not taken.
func TestOAuth2Renewal(t *testing.T) {
	t.Parallel()
	in := &issuer{answers: []string{granted, `200 {"access_token":"AT2"}`, `400 {"error":"invalid_grant"}`, `200 {"access_token":"AT3"}`}}
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	o := auth.Options{Do: in.do, Tokens: &auth.Tokens{}, Now: func() time.Time { return now }}
	p := params(map[string]string{"grant_type": "client_credentials", "accessTokenUrl": "http://h/token", "clientId": "id", "client_authentication": "body"})
	send := func(want string, codes ...int) {
		t.Helper()
		s, err := auth.New("oauth2", p, nil, o)
		if err != nil {
			t.Fatal(err)
		}
		for i, code := range codes {
			r := request(t, "GET", "http://example.com/", "")
			if err := s.Sign(t.Context(), r); err != nil {
				t.Fatal(err)
			}
			again, err := s.(auth.Challenger).Answer(&transport.Response{Code: code})
			if err != nil || again != (i < len(codes)-1) {
				t.Fatalf("answer %d: again %v, %v", code, again, err)
			}
			if got := r.Header.Get("Authorization"); i == len(codes)-1 && got != want {
				t.Fatalf("sent %q, want %q", got, want)
			}
		}
	}
	send("Bearer AT1", 401) // it was fetched for this request: another would not help
	send("Bearer AT1", 200)
	now = now.Add(55 * time.Second)
	send("Bearer AT2", 200)
	send("Bearer AT3", 401, 200)
	want := []string{"/token client_id=id&grant_type=client_credentials", "/token client_id=id&grant_type=refresh_token&refresh_token=RT1",
		"/token client_id=id&grant_type=refresh_token&refresh_token=RT1", "/token client_id=id&grant_type=client_credentials"}
	if diff := cmp.Diff(want, in.asked); diff != "" {
		t.Error(diff)
	}
}

// An endpoint that gives nothing is not asked for ever.
func TestOAuth2GivesUp(t *testing.T) {
	t.Parallel()
	in := &issuer{answers: []string{"", "", "", "", ""}}
	tokens := &auth.Tokens{}
	for range 5 {
		s, err := auth.New("oauth2", params(map[string]string{"grant_type": "client_credentials", "accessTokenUrl": "http://h/token", "clientId": "id"}), nil,
			auth.Options{Do: in.do, Tokens: tokens})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Sign(t.Context(), request(t, "GET", "http://example.com/", "")); err == nil {
			t.Fatal("signed")
		}
	}
	if len(in.asked) != 3 {
		t.Errorf("asked %d times", len(in.asked))
	}
}

// A request that is sent without a token is spoken of, once, with the reason.
func TestSentWithoutAToken(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		params map[string]string
		want   string // "": it has one
	}{
		{"authorization code", map[string]string{"grant_type": "authorization_code", "accessTokenUrl": "http://h/token", "clientId": "id"}, "OAuth 2 has no access token, and a grant of type authorization_code gets one in a browser only"},
		{"PKCE", map[string]string{"grant_type": "authorization_code_with_pkce", "accessTokenUrl": "http://h/token"}, "OAuth 2 has no access token, and a grant of type authorization_code_with_pkce gets one in a browser only"},
		{"implicit", map[string]string{"grant_type": "implicit", "authUrl": "http://h/auth"}, "OAuth 2 has no access token, and a grant of type implicit gets one in a browser only"},
		{"client credentials without a client", map[string]string{"grant_type": "client_credentials", "accessTokenUrl": "http://h/token"}, "OAuth 2 has no access token, and to get one lacks clientId"},
		{"password of nobody", map[string]string{"grant_type": "password_credentials"}, "OAuth 2 has no access token, and to get one lacks accessTokenUrl and username"},
		{"nothing", nil, "OAuth 2 has no access token"},
		{"a token", map[string]string{"accessToken": "AT", "grant_type": "implicit"}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			s, err := auth.New("oauth2", params(c.params), nil, auth.Options{Do: (&issuer{}).do, Tokens: &auth.Tokens{}, Without: func(why string) { got = append(got, why) }})
			if err != nil {
				t.Fatal(err)
			}
			for range 2 { // as on a redirect
				if err := s.Sign(t.Context(), request(t, "GET", "http://example.com/", "")); err != nil {
					t.Fatal(err)
				}
			}
			var want []string
			if c.want != "" {
				want = []string{c.want}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
