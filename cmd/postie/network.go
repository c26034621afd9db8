package main

import (
	"crypto/tls"
	"fmt"
	"net"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"postie/runner/transport"
)

// networkFlags say how servers are reached.
type networkFlags struct {
	proxy, noProxy string
	connectTo      []string
	resolve        []string
	unixSocket     string
	http1, http2   bool
	tlsMin, tlsMax string
}

func (f *networkFlags) register(fs *pflag.FlagSet) {
	fs.StringVar(&f.proxy, "proxy", "", "proxy `URL`: http, https or socks5, user:password@ before the host; none ignores the environment's [$HTTP_PROXY, $HTTPS_PROXY]")
	fs.StringVar(&f.noProxy, "noproxy", "", "comma-separated `list` of hosts and CIDR blocks reached without a proxy [$NO_PROXY]")
	fs.StringArrayVar(&f.connectTo, "connect-to", nil, "connect to ADDR for `HOST:PORT:ADDR`; HOST and PORT may be empty")
	fs.StringArrayVar(&f.resolve, "resolve", nil, "use these addresses for a host, `HOST:PORT:ADDR[,ADDR]`; PORT may be empty or *")
	fs.StringVar(&f.unixSocket, "unix-socket", "", "connect through this Unix domain socket `path`")
	fs.BoolVar(&f.http1, "http1.1", false, "speak HTTP/1.1 (the default)")
	fs.BoolVar(&f.http2, "http2", false, "speak HTTP/2 where an https server has it, else HTTP/1.1")
	fs.StringVar(&f.tlsMin, "tls-min", "", "lowest TLS `version`: 1.0, 1.1, 1.2 or 1.3 (default 1.2)")
	fs.StringVar(&f.tlsMax, "tls-max", "", "highest TLS `version`")
}

// apply puts the flags into the transport's options.
func (f *networkFlags) apply(t *transport.Options) (err error) {
	if f.http1 && f.http2 {
		return usageError("--http1.1 and --http2 exclude each other")
	}
	if f.http2 {
		t.Protocol = "http2"
	}
	if t.MinTLS, err = tlsVersion("--tls-min", f.tlsMin); err != nil {
		return err
	}
	if t.MaxTLS, err = tlsVersion("--tls-max", f.tlsMax); err != nil {
		return err
	}
	if t.MaxTLS != 0 && t.MinTLS > t.MaxTLS {
		return usageError("--tls-min %s is above --tls-max %s", f.tlsMin, f.tlsMax)
	}
	t.UnixSocket = f.unixSocket
	for _, c := range f.connectTo {
		to, err := parseConnectTo(c)
		if err != nil {
			return err
		}
		t.ConnectTo = append(t.ConnectTo, to)
	}
	for _, r := range f.resolve {
		to, err := parseResolve(r)
		if err != nil {
			return err
		}
		t.Resolve = append(t.Resolve, to)
	}
	return nil
}

func tlsVersion(flag, text string) (uint16, error) {
	if text == "" {
		return 0, nil
	}
	i := slices.Index([]string{"1.0", "1.1", "1.2", "1.3"}, text)
	if i < 0 {
		return 0, usageError("%s %s: want 1.0, 1.1, 1.2 or 1.3", flag, text)
	}
	return tls.VersionTLS10 + uint16(i), nil
}

// proxyOf is the flag's proxy, or the environment's.
func (f *networkFlags) proxyOf(getenv func(string) string) (func(*transport.URL) (*transport.URL, error), error) {
	env := getenv
	if f.noProxy != "" {
		env = func(name string) string {
			if strings.EqualFold(name, "NO_PROXY") {
				return f.noProxy
			}
			return getenv(name)
		}
	}
	switch f.proxy {
	case "none":
		return nil, nil
	case "":
		pick, err := transport.ProxyFromEnvironment(env)
		if err != nil {
			return nil, cannotRun("%v", err)
		}
		return pick, nil
	}
	p, err := transport.ParseProxy(f.proxy)
	if err != nil {
		return nil, usageError("--proxy: %v", err) // not the value: it may hold a password
	}
	none := transport.NoProxy(first(f.noProxy, getenv("NO_PROXY"), getenv("no_proxy")))
	return func(u *transport.URL) (*transport.URL, error) {
		if none.Has(u) {
			return nil, nil
		}
		return p, nil
	}, nil
}

// parseConnectTo reads HOST:PORT:ADDR, where ADDR is host:port and the first
// two may be empty, as curl's --connect-to.
func parseConnectTo(s string) (transport.ConnectTo, error) {
	host, rest, ok := strings.Cut(s, ":")
	port, addr, ok2 := strings.Cut(rest, ":")
	if _, _, err := net.SplitHostPort(addr); !ok || !ok2 || err != nil {
		return transport.ConnectTo{}, &exitError{code: exitUsage, text: fmt.Sprintf("--connect-to %q: want HOST:PORT:ADDR", s),
			hint: "--connect-to am.example.com:443:127.0.0.1:8443"}
	}
	return transport.ConnectTo{Host: strings.ToLower(host), Port: port, Addr: addr}, nil
}

// parseResolve reads HOST:PORT:ADDR[,ADDR], as curl's --resolve.
func parseResolve(s string) (transport.Resolve, error) {
	host, rest, ok := strings.Cut(s, ":")
	port, list, ok2 := strings.Cut(rest, ":")
	out := transport.Resolve{Host: strings.ToLower(host), Port: strings.TrimPrefix(port, "*")}
	for addr := range strings.SplitSeq(list, ",") {
		if ip := strings.Trim(addr, "[]"); net.ParseIP(ip) != nil {
			out.Addrs = append(out.Addrs, ip)
			continue
		}
		ok = false
	}
	if !ok || !ok2 || host == "" {
		return out, &exitError{code: exitUsage, text: fmt.Sprintf("--resolve %q: want HOST:PORT:ADDRESS", s),
			hint: "--resolve am.example.com:443:127.0.0.1"}
	}
	return out, nil
}
