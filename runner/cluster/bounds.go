package cluster

import (
	"errors"
	"fmt"
	"net/netip"
	"path"
	"strings"

	"postie/runner/transport"
)

// Bounds limit where jobs may send requests in a worker's network.
type Bounds struct{ allow, deny []bound }

// A bound is a pattern of host names, or a block of addresses.
type bound struct {
	pattern string
	block   netip.Prefix
}

// ParseBounds parses lists of host names (*.example.com), addresses and blocks
// (10.0.0.0/8). With an allow list nothing else may be reached. deny takes
// precedence.
func ParseBounds(allow, deny []string) (*Bounds, error) {
	if len(allow)+len(deny) == 0 {
		return nil, nil
	}
	b := &Bounds{}
	var errs [2]error
	b.allow, errs[0] = parseAll(allow, parseBound)
	b.deny, errs[1] = parseAll(deny, parseBound)
	return b, errors.Join(errs[:]...)
}

func parseBound(s string) (bound, error) {
	if p, err := netip.ParsePrefix(s); err == nil {
		return bound{block: p.Masked()}, nil
	}
	if a, err := netip.ParseAddr(s); err == nil {
		return bound{block: netip.PrefixFrom(a, a.BitLen())}, nil
	}
	if _, err := path.Match(s, ""); err != nil || s == "" || strings.ContainsAny(s, "/:") {
		return bound{}, fmt.Errorf("%q: want a host name, such as *.example.com, or a block, such as 10.0.0.0/8", s)
	}
	return bound{pattern: strings.ToLower(s)}, nil
}

func (b bound) holds(host string, addr netip.Addr) bool {
	if b.pattern == "" {
		return addr.IsValid() && b.block.Contains(addr.Unmap())
	}
	ok, _ := path.Match(b.pattern, strings.ToLower(strings.TrimSuffix(host, "."))) // parseBound has checked the pattern
	return ok
}

// permits reports whether a host with an address may be reached. While the
// address is unknown, it checks only the name.
func (b *Bounds) permits(host string, addr netip.Addr) bool {
	for _, d := range b.deny {
		if d.holds(host, addr) {
			return false
		}
	}
	for _, a := range b.allow {
		if a.holds(host, addr) {
			return true
		}
	}
	return len(b.allow) == 0
}

// apply limits a job's connections. It refuses options with which a name leads
// elsewhere: a proxy, a socket, --connect-to and --resolve.
func (b *Bounds) apply(o *transport.Options) error {
	if b == nil {
		return nil
	}
	if o.UnixSocket != "" || o.Proxy != nil || len(o.ConnectTo)+len(o.Resolve) > 0 {
		return errors.New("this worker bounds where jobs may go, so it takes neither proxies nor sockets, and no --connect-to or --resolve")
	}
	o.Permit = func(host, address string) error {
		at, err := netip.ParseAddrPort(address)
		if err != nil {
			return err
		}
		if !b.permits(host, at.Addr()) {
			return fmt.Errorf("this worker may not reach %s (--allow-hosts, --deny-hosts)", host)
		}
		return nil
	}
	return nil
}
