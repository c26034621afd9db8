package mock

import "net/http"

// A serverInfo says to a client, before any login, how to talk to the tenant;
// above all the name of the session cookie.
type serverInfo struct {
	ID                    string   `json:"_id"`
	Rev                   string   `json:"_rev"`
	Domains               []string `json:"domains"`
	ProtectedAttributes   []string `json:"protectedUserAttributes"`
	CookieName            string   `json:"cookieName"`
	SecureCookie          bool     `json:"secureCookie"`
	CookieHTTPOnly        bool     `json:"cookieHttpOnly"`
	ForgotPassword        string   `json:"forgotPassword"`
	ForgotUsername        string   `json:"forgotUsername"`
	KBAEnabled            string   `json:"kbaEnabled"`
	SelfRegistration      string   `json:"selfRegistration"`
	Lang                  string   `json:"lang"`
	Destination           string   `json:"successfulUserRegistrationDestination"`
	SocialImplementations []string `json:"socialImplementations"`
	ReferralsEnabled      string   `json:"referralsEnabled"`
	ZeroPageLogin         zeroPage `json:"zeroPageLogin"`
	Realm                 string   `json:"realm"`
	XUISessionValidation  bool     `json:"xuiUserSessionValidationEnabled"`
	FQDN                  string   `json:"FQDN"`
}

type zeroPage struct {
	Enabled               bool     `json:"enabled"`
	RefererWhitelist      []string `json:"refererWhitelist"`
	AllowedWithoutReferer bool     `json:"allowedWithoutReferer"`
}

func (t *ForgeRock) serverInfo(c *call) answer {
	if c.Method != http.MethodGet {
		return failure(http.StatusMethodNotAllowed, "Method Not Allowed")
	}
	none := []string{}
	if c.resource == "serverinfo/cookieDomains" {
		return success(map[string][]string{"domains": none})
	}
	return success(serverInfo{
		ID: "*", Rev: "1", Domains: none, ProtectedAttributes: none,
		CookieName: t.opts.CookieName, SecureCookie: true, CookieHTTPOnly: true,
		ForgotPassword: "false", ForgotUsername: "false", KBAEnabled: "false", SelfRegistration: "false",
		Lang: "en-US", Destination: "default", SocialImplementations: none, ReferralsEnabled: "false",
		ZeroPageLogin: zeroPage{Enabled: true, RefererWhitelist: none, AllowedWithoutReferer: true},
		Realm:         c.realm, XUISessionValidation: true, FQDN: c.Host,
	})
}
