package lint

import (
	"strings"

	"postie/collections/regex"
	"postie/collections/vars"
)

var (
	passwordInURL = regex.Lazy(`://[^/\s:@{}]+:[^/\s@{}]+@`)
	knownSecret   = regex.Lazy(`(AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{30,}|xox[abp]-[A-Za-z0-9-]{10,}|PMAK-[0-9a-f]{24}-[0-9a-f]{34}|sk_live_[A-Za-z0-9]{16,}|eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.|-----BEGIN [A-Z ]*PRIVATE KEY)`)
)

// secretParams are the auth parameters that are secret in every scheme.
var secretParams = map[string]bool{"password": true, "token": true, "secret": true, "secretKey": true, "clientSecret": true,
	"consumerSecret": true, "tokenSecret": true, "privateKey": true, "accessToken": true, "authKey": true}

// literal reports whether a text is not empty and contains no template.
func literal(s string) bool {
	return strings.TrimSpace(s) != "" && len(vars.Templates(s)) == 0
}
