package lint

import (
	"regexp"
	"strings"

	"postie/collections/vars"
)

var (
	placeholder   = regexp.MustCompile(`(?i)^(<[^<>]+>|\[?your[-_ ]?[a-z -_]*(key|token|secret|password|id|user\w*|name|value)\]?|change[-_ ]?me|replace[-_ ]?(me|this)\w*|todo|fixme|x{4,}|insert[-_ ].*|enter[-_ ].*here)$`)
	passwordInURL = regexp.MustCompile(`://[^/\s:@{}]+:[^/\s@{}]+@`)
	secretName    = regexp.MustCompile(`(?i)(passw|secret|token|api[-_]?key|private[-_]?key|credential|authorization)`)
	knownSecret   = regexp.MustCompile(`(AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{30,}|xox[abp]-[A-Za-z0-9-]{10,}|PMAK-[0-9a-f]{24}-[0-9a-f]{34}|sk_live_[A-Za-z0-9]{16,}|eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.|-----BEGIN [A-Z ]*PRIVATE KEY)`)
)

// secretParams are the auth parameters that are secret in every scheme.
var secretParams = map[string]bool{"password": true, "token": true, "secret": true, "secretKey": true, "clientSecret": true,
	"consumerSecret": true, "tokenSecret": true, "privateKey": true, "accessToken": true, "authKey": true}

// IsPlaceholder reports whether a value is one that an author left to be filled
// in, such as <token>, YOUR_API_KEY or changeme.
func IsPlaceholder(value string) bool { return placeholder.MatchString(value) }

// partPlaceholder is a placeholder inside a longer text, such as the host in
// https://<tenant-name>.example.com. Markup has end tags, or attributes.
var partPlaceholder = regexp.MustCompile(`<[A-Za-z][A-Za-z0-9 _.-]*>`)

// placeholderIn is the placeholder that a text holds; "" for none.
func placeholderIn(s string) string {
	if IsPlaceholder(s) {
		return s
	}
	if strings.Contains(s, "</") || strings.Contains(s, "/>") || strings.Contains(s, "<<") {
		return ""
	}
	return partPlaceholder.FindString(s)
}

// IsSecretName reports whether a variable or header of this name holds a
// secret, going by the name alone.
func IsSecretName(name string) bool { return secretName.MatchString(name) }

// literal reports whether a text is there and holds no template.
func literal(s string) bool {
	return strings.TrimSpace(s) != "" && len(vars.Templates(s)) == 0
}
