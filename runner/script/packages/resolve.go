package packages

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/Masterminds/semver/v3"
)

// maxPackages limits how many packages one pm.require may fetch.
const maxPackages = 300

// A manifest is what a registry knows about one version of a package.
type manifest struct {
	Dependencies map[string]string `json:"dependencies"`
	Dist         struct {
		Integrity string `json:"integrity"`
		Tarball   string `json:"tarball"`
	} `json:"dist"`
}

// A layout places a package and its dependencies in npm's layout: as near to
// the root as possible, unless another version is already there.
type layout struct {
	registry *Registry
	known    map[string]map[string]manifest // name → version
	placed   map[string]locked              // path
	queue    []dependant
}

type dependant struct {
	path string // "" for the root
	deps map[string]string
}

func resolve(ctx context.Context, r *Registry, name, version string) (*lock, error) {
	l := layout{registry: r, known: map[string]map[string]manifest{}, placed: map[string]locked{},
		queue: []dependant{{deps: map[string]string{name: version}}}}
	for len(l.queue) > 0 {
		d := l.queue[0]
		l.queue = l.queue[1:]
		for _, name := range slices.Sorted(maps.Keys(d.deps)) {
			if err := l.place(ctx, d.path, name, d.deps[name]); err != nil {
				return nil, err
			}
		}
	}
	out := &lock{}
	for _, at := range slices.Sorted(maps.Keys(l.placed)) {
		out.packages = append(out.packages, l.placed[at])
	}
	return out, nil
}

// place finds a folder for the package name where the package at from can load
// it.
func (l *layout) place(ctx context.Context, from, name, wanted string) error {
	if real, ok := strings.CutPrefix(wanted, "npm:"); ok { // an alias
		i := strings.LastIndex(real, "@")
		if i <= 0 {
			return fmt.Errorf("%s: %q has no version", name, wanted)
		}
		return l.put(ctx, from, name, real[:i], real[i+1:])
	}
	return l.put(ctx, from, name, name, wanted)
}

func (l *layout) put(ctx context.Context, from, folder, name, wanted string) error {
	if !isPackage(name) || !isPackage(folder) {
		return fmt.Errorf("%q is not the name of a package", name)
	}
	allowed, err := semver.NewConstraint(strings.TrimSpace(wanted))
	if err != nil {
		return fmt.Errorf("%s: the version %q is not one of a registry", name, wanted)
	}
	at := ""
	for base := from; ; base = parent(base) {
		here := path.Join(base, "node_modules", folder)
		if p, ok := l.placed[here]; ok {
			if v, err := semver.NewVersion(p.Version); p.Name == name && err == nil && allowed.Check(v) {
				return nil
			}
			break
		}
		at = here
		if base == "" {
			break
		}
	}
	if len(l.placed) >= maxPackages {
		return fmt.Errorf("it needs more than %d packages", maxPackages)
	}
	version, m, err := l.newest(ctx, name, allowed)
	if err != nil {
		return err
	}
	if m.Dist.Integrity == "" {
		return fmt.Errorf("%s@%s: the registry gives no hash to check it by", name, version)
	}
	l.placed[at] = locked{Path: at, Name: name, Version: version, Integrity: m.Dist.Integrity, Archive: l.registry.sameRegistry(ctx, name, m.Dist.Tarball)}
	l.queue = append(l.queue, dependant{path: at, deps: m.Dependencies})
	return nil
}

// parent returns the package that contains the package at p; "" is the root.
func parent(p string) string {
	i := strings.LastIndex(p, "/node_modules/")
	if i < 0 {
		return ""
	}
	return p[:i]
}

// newest returns the newest allowed version.
func (l *layout) newest(ctx context.Context, name string, allowed *semver.Constraints) (string, manifest, error) {
	versions, ok := l.known[name]
	if !ok {
		var err error
		if versions, err = l.registry.versions(ctx, name); err != nil {
			return "", manifest{}, err
		}
		l.known[name] = versions
	}
	var best *semver.Version
	for text := range versions {
		if v, err := semver.StrictNewVersion(text); err == nil && allowed.Check(v) && (best == nil || v.GreaterThan(best)) {
			best = v
		}
	}
	if best == nil {
		return "", manifest{}, fmt.Errorf("%s: the registry has no version %s", name, allowed)
	}
	return best.Original(), versions[best.Original()], nil
}

// versions asks the registry for all versions of a package.
func (r *Registry) versions(ctx context.Context, name string) (map[string]manifest, error) {
	base, err := r.base(ctx, name)
	if err != nil {
		return nil, err
	}
	body, err := r.get(ctx, base+"/"+strings.Replace(name, "/", "%2f", 1), "application/vnd.npm.install-v1+json, application/json;q=0.9")
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	var doc struct {
		Versions map[string]manifest `json:"versions"`
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		return nil, fmt.Errorf("%s: the registry's answer: %w", name, err)
	}
	return doc.Versions, nil
}

// sameRegistry returns the URL of an archive if it belongs to the same
// registry, and "" otherwise: then the usual URL is used.
func (r *Registry) sameRegistry(ctx context.Context, name, address string) string {
	base, err := r.base(ctx, name)
	if err != nil {
		return ""
	}
	b, err := url.Parse(base)
	if err != nil {
		return ""
	}
	if a, err := url.Parse(address); err != nil || a.Scheme != b.Scheme || a.Host != b.Host {
		return ""
	}
	return address
}
