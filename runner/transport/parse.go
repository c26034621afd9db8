package transport

import (
	"crypto/tls"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"

	"postie/collections/regex"
)

// ParseConnectTo reads HOST:PORT:ADDR, where ADDR is host:port and the first
// two may be empty, as curl's --connect-to.
func ParseConnectTo(s string) (ConnectTo, error) {
	host, rest, ok := strings.Cut(s, ":")
	port, addr, ok2 := strings.Cut(rest, ":")
	if _, _, err := net.SplitHostPort(addr); !ok || !ok2 || err != nil {
		return ConnectTo{}, fmt.Errorf("%q: want HOST:PORT:ADDR", s)
	}
	return ConnectTo{Host: strings.ToLower(host), Port: port, Addr: addr}, nil
}

// ParseResolve reads HOST:PORT:ADDR[,ADDR], as curl's --resolve; PORT may be
// empty or *.
func ParseResolve(s string) (Resolve, error) {
	host, rest, ok := strings.Cut(s, ":")
	port, list, ok2 := strings.Cut(rest, ":")
	out := Resolve{Host: strings.ToLower(host), Port: strings.TrimPrefix(port, "*")}
	for addr := range strings.SplitSeq(list, ",") {
		ip := strings.Trim(addr, "[]")
		ok = ok && net.ParseIP(ip) != nil
		out.Addrs = append(out.Addrs, ip)
	}
	if !ok || !ok2 || host == "" {
		return Resolve{}, fmt.Errorf("%q: want HOST:PORT:ADDRESS", s)
	}
	return out, nil
}

// ParseTLSVersion reads 1.0 to 1.3; "" is 0, the default.
func ParseTLSVersion(s string) (uint16, error) {
	if s == "" {
		return 0, nil
	}
	i := slices.Index([]string{"1.0", "1.1", "1.2", "1.3"}, s)
	if i < 0 {
		return 0, fmt.Errorf("%s: want 1.0, 1.1, 1.2 or 1.3", s)
	}
	return tls.VersionTLS10 + uint16(i), nil
}

// sizeForm is a number of bytes, or of a unit of them.
var sizeForm = regex.Lazy(`^([0-9]+(?:\.[0-9]+)?)\s*([a-z]*)$`)

// sizeUnits are the units that a size may have, in lower case.
var sizeUnits = map[string]float64{"": 1, "b": 1, "kb": 1e3, "mb": 1e6, "gb": 1e9, "kib": 1 << 10, "mib": 1 << 20, "gib": 1 << 30}

// ParseSize reads a number of bytes with an optional unit, such as 50MB.
func ParseSize(s string) (int64, error) {
	bad := fmt.Errorf("%q: want a size such as 50MB", s)
	m := sizeForm().FindStringSubmatch(strings.ToLower(strings.TrimSpace(s)))
	if m == nil {
		return 0, bad
	}
	n, err := strconv.ParseFloat(m[1], 64)
	scale, ok := sizeUnits[m[2]]
	if n *= scale; err != nil || !ok || n < 1 || n >= 1<<62 {
		return 0, bad
	}
	return int64(n), nil
}

// A ProxyChoice picks the proxy for a URL, nil for none, as Options.Proxy.
type ProxyChoice = func(*URL) (*URL, error)

// ProxyBy is a choice that takes one proxy for every URL but those of the list,
// comma-separated hosts and CIDR blocks.
func ProxyBy(proxy, except string) (ProxyChoice, error) {
	p, err := ParseProxy(proxy)
	if err != nil {
		return nil, err
	}
	none := NoProxy(except)
	return func(u *URL) (*URL, error) {
		if none.Has(u) {
			return nil, nil
		}
		return p, nil
	}, nil
}
