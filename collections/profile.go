package collections

import (
	"strings"

	"github.com/tidwall/gjson"
)

// Profile is the protocolProfileBehavior of a node. A nil pointer means that
// the document does not say.
type Profile struct {
	FollowRedirects, FollowOriginalMethod, FollowAuthorization *bool
	RemoveReferer, StrictSSL, DisableBodyPruning               *bool
	DisableURLEncoding, DisableCookies, InsecureHTTPParser     *bool
	MaxRedirects                                               *int
	DisabledSystemHeaders                                      map[string]bool // names in lower case
	TLSDisabledProtocols, TLSCipherSelection                   []string
	ProtocolVersion                                            string
}

// Profile returns protocolProfileBehavior, merged from the collection down to
// the node.
func (n *Node) Profile() Profile {
	var p Profile
	n.mergeProfile(&p)
	return p
}

func (n *Node) mergeProfile(p *Profile) {
	if n.parent != nil {
		n.parent.mergeProfile(p)
	}
	behavior := gjson.Parse(n.behavior)
	if !behavior.IsObject() {
		return
	}
	behavior.ForEach(func(k, v gjson.Result) bool {
		p.set(k.String(), v)
		return true
	})
}

func (p *Profile) set(key string, v gjson.Result) {
	if b := p.flag(key); b != nil {
		on := truthy(v)
		*b = &on
		return
	}
	switch key {
	case "maxRedirects":
		if v.Type == gjson.Number {
			n := int(v.Num)
			p.MaxRedirects = &n
		}
	case "disabledSystemHeaders":
		p.DisabledSystemHeaders = map[string]bool{}
		v.ForEach(func(k, v gjson.Result) bool {
			p.DisabledSystemHeaders[strings.ToLower(k.String())] = truthy(v)
			return true
		})
	case "tlsDisabledProtocols":
		p.TLSDisabledProtocols = texts(v)
	case "tlsCipherSelection":
		p.TLSCipherSelection = texts(v)
	case "protocolVersion":
		p.ProtocolVersion = text(v)
	}
}

func (p *Profile) flag(key string) **bool {
	switch key {
	case "followRedirects":
		return &p.FollowRedirects
	case "followOriginalHttpMethod":
		return &p.FollowOriginalMethod
	case "followAuthorizationHeader":
		return &p.FollowAuthorization
	case "removeRefererHeaderOnRedirect":
		return &p.RemoveReferer
	case "strictSSL":
		return &p.StrictSSL
	case "disableBodyPruning":
		return &p.DisableBodyPruning
	case "disableUrlEncoding":
		return &p.DisableURLEncoding
	case "disableCookies":
		return &p.DisableCookies
	case "insecureHTTPParser":
		return &p.InsecureHTTPParser
	}
	return nil
}

func texts(list gjson.Result) []string {
	var out []string
	for v := range elements(list) {
		out = append(out, text(v))
	}
	return out
}
