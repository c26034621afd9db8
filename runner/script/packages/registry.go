package packages

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path"
	"strings"
	"sync"
)

// A Registry is an npm registry.
type Registry struct {
	URL    string            // "": npm's default
	Scopes map[string]string // registries of scopes, by "@scope"
	Token  string            // sent as a Bearer token; "": none
	Client *http.Client

	ask   func(context.Context) (string, error) // returns npm's default registry
	mu    sync.Mutex                            // guards found
	found string                                // the result of ask
}

// address returns the registry's URL. It asks npm when URL is empty.
func (r *Registry) address(ctx context.Context) (string, error) {
	if r.URL != "" {
		return r.URL, nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.found != "" {
		return r.found, nil
	}
	if r.ask == nil {
		return "", errNoRegistry
	}
	found, err := r.ask(ctx)
	if err == nil {
		r.found = found
	}
	return found, err
}

// maxArchive limits the size of a package's archive, in bytes.
const maxArchive = 64 << 20

// fetch gets a package's archive and verifies it.
func (r *Registry) fetch(ctx context.Context, p *locked) ([]byte, error) {
	address := p.Archive
	if address == "" {
		base, err := r.base(ctx, p.Name)
		if err != nil {
			return nil, err
		}
		address = fmt.Sprintf("%s/%s/-/%s-%s.tgz", base, p.Name, path.Base(p.Name), p.Version)
	}
	archive, err := r.get(ctx, address, "")
	if err != nil {
		return nil, fmt.Errorf("%s@%s: %w", p.Name, p.Version, err)
	}
	return archive, p.verify(archive)
}

// get reads a URL of the registry, or of a scope's registry. Only the registry
// itself gets the token.
func (r *Registry) get(ctx context.Context, address, accept string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	if accept != "" {
		req.Header.Set("Accept", accept)
	}
	if r.Token != "" && r.URL != "" && strings.HasPrefix(address, r.URL+"/") {
		req.Header.Set("Authorization", "Bearer "+r.Token)
	}
	resp, err := r.Client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the registry answers %s", resp.Status)
	}
	return io.ReadAll(io.LimitReader(resp.Body, maxArchive))
}

// base returns the URL of the registry that has the package: the registry of
// the package's scope, if npm's configuration names one, or else the general
// one. JSR is always the registry of a scope.
func (r *Registry) base(ctx context.Context, name string) (string, error) {
	scope, _, scoped := strings.Cut(name, "/")
	if scoped && r.Scopes[scope] != "" {
		return r.Scopes[scope], nil
	}
	if scope == "@jsr" {
		return "", errors.New("no registry is configured for jsr: set @jsr:registry= in ~/.npmrc")
	}
	return r.address(ctx)
}
