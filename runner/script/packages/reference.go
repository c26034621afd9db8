package packages

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/Masterminds/semver/v3"
)

// A reference is a package name in pm.require: npm:name@version or
// jsr:@scope/name@version.
type reference struct {
	text    string
	name    string // the name in npm; jsr's packages are @jsr/scope__name
	version string
}

// parseReference parses a reference; ok is false when text is another kind of
// name.
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

// isPackage reports whether name is a valid npm package name. Such a name is
// also safe in paths and URLs.
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

// folder returns the name of the reference's folder in the cache.
func (r reference) folder() string { return url.PathEscape(r.name) + "@" + r.version }
