package packages

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/Masterminds/semver/v3"
)

// A reference is a package as pm.require names it: npm:name@version, or
// jsr:@scope/name@version.
type reference struct {
	text    string
	name    string // npm's: those of jsr are @jsr/scope__name
	version string
}

// parseReference reads a reference; ok is false when text is another name.
func parseReference(text string) (ref reference, ok bool, err error) {
	scheme, rest, ok := strings.Cut(text, ":")
	if !ok || scheme != "npm" && scheme != "jsr" {
		return reference{}, false, nil
	}
	name, version := rest, ""
	if i := strings.LastIndex(rest, "@"); i > 0 {
		name, version = rest[:i], rest[i+1:]
	}
	if !isPackage(name) {
		return reference{}, true, fmt.Errorf("%q is not the name of a package", name)
	}
	if _, err := semver.StrictNewVersion(version); err != nil {
		return reference{}, true, fmt.Errorf("%q has no whole version: %s:%s@1.2.3 has one", text, scheme, name)
	}
	if scheme == "jsr" {
		scope, base, scoped := strings.Cut(strings.TrimPrefix(name, "@"), "/")
		if !scoped {
			return reference{}, true, fmt.Errorf("%q has no scope: jsr:@scope/name@1.2.3 has one", text)
		}
		name = "@jsr/" + scope + "__" + base
	}
	return reference{text: text, name: name, version: version}, true, nil
}

// isPackage reports whether npm could know a package by that name, which is
// then fit for paths and addresses too.
func isPackage(name string) bool {
	scope, base, scoped := strings.Cut(name, "/")
	if !scoped {
		return isWord(name)
	}
	return strings.HasPrefix(scope, "@") && isWord(scope[1:]) && isWord(base)
}

func isWord(s string) bool {
	if s == "" || s[0] == '.' {
		return false
	}
	return !strings.ContainsFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("._-~", r)
	})
}

// folder is the reference's in the cache.
func (r reference) folder() string { return url.PathEscape(r.name) + "@" + r.version }
