package sandbox

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"fmt"
	"hash"
	"strings"

	weburl "github.com/nlnwa/whatwg-url/url"
)

// newHash returns the hash function with a name of WebCrypto.
func newHash(name string) (func() hash.Hash, error) {
	switch strings.ReplaceAll(strings.ToUpper(name), "-", "") {
	case "MD5":
		return md5.New, nil
	case "SHA1":
		return sha1.New, nil
	case "SHA224":
		return sha256.New224, nil
	case "SHA256":
		return sha256.New, nil
	case "SHA384":
		return sha512.New384, nil
	case "SHA512":
		return sha512.New, nil
	}
	return nil, fmt.Errorf("unrecognized algorithm name %s", name)
}

// A webURL is a URL in the parts that js/weburl.js shows.
type webURL struct {
	Protocol string `json:"protocol"`
	Username string `json:"username"`
	Password string `json:"password"`
	Hostname string `json:"hostname"`
	Port     string `json:"port"`
	Pathname string `json:"pathname"`
	Search   string `json:"search"`
	Hash     string `json:"hash"`
	Opaque   bool   `json:"opaque,omitempty"`
}

// url implements host.url(text, base). It returns undefined for an invalid URL.
func (x *execution) url(a arguments) (any, error) {
	u, err := weburl.Parse(a.text(0))
	if base := a.text(1); base != "" {
		u, err = weburl.ParseRef(base, a.text(0))
	}
	if err != nil {
		return missing, nil //nolint:nilerr // undefined is the answer
	}
	return encode(webURL{Protocol: u.Protocol(), Username: u.Username(), Password: u.Password(),
		Hostname: u.Hostname(), Port: u.Port(), Pathname: u.Pathname(), Search: u.Search(), Hash: u.Hash(),
		Opaque: u.OpaquePath() || u.Host() == "" && !strings.HasPrefix(u.Href(true), u.Protocol()+"//")})
}
