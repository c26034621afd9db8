package flags

import (
	"cmp"
	"os"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"postie/cmd/internal/exit"
	"postie/cmd/internal/values"
	"postie/runner"
	"postie/runner/fserror"
	"postie/runner/transport"
)

// Network are the flags that say how servers are reached.
type Network struct {
	Insecure bool // the flags of TLS

	timeout         values.Millis
	ignoreRedirects bool
	userAgent       string
	maxResponse     string
	certificates    Certificates

	proxy, noProxy string
	connectTo      []string
	resolve        []string
	unixSocket     string
	http1, http2   bool
	tlsMin, tlsMax string
}

// Register defines the flags.
func (f *Network) Register(fs *pflag.FlagSet) {
	fs.Var(&f.timeout, "timeout-request", "limit of a request, body included (ms, or 10s)")
	fs.BoolVarP(&f.Insecure, "insecure", "k", false, "do not verify TLS certificates")
	fs.BoolVar(&f.ignoreRedirects, "ignore-redirects", false, "do not follow redirects")
	fs.StringVar(&f.userAgent, "user-agent", "", "User-Agent of requests [$POSTIE_USER_AGENT] (default: postie/<version>)")
	fs.StringVar(&f.maxResponse, "max-response-size", "256MB", "largest response body, decoded")
	f.certificates.Register(fs)
	fs.StringVar(&f.proxy, "proxy", "", "proxy `URL`: http, https or socks5, user:password@ before the host; none ignores the environment's [$HTTP_PROXY, $HTTPS_PROXY]")
	fs.StringVar(&f.noProxy, "noproxy", "", "comma-separated `list` of hosts and CIDR blocks reached without a proxy [$NO_PROXY]")
	fs.Var((*values.List)(&f.connectTo), "connect-to", "connect to ADDR for `HOST:PORT:ADDR`; HOST and PORT may be empty")
	fs.Var((*values.List)(&f.resolve), "resolve", "use these addresses for a host, `HOST:PORT:ADDR[,ADDR]`; PORT may be empty or *")
	fs.StringVar(&f.unixSocket, "unix-socket", "", "connect through this Unix domain socket `path`")
	fs.BoolVar(&f.http1, "http1.1", false, "speak HTTP/1.1 (the default)")
	fs.BoolVar(&f.http2, "http2", false, "speak HTTP/2 where an https server has it, else HTTP/1.1")
	fs.StringVar(&f.tlsMin, "tls-min", "", "lowest TLS `version`: 1.0, 1.1, 1.2 or 1.3 (default 1.2)")
	fs.StringVar(&f.tlsMax, "tls-max", "", "highest TLS `version`")
}

// Files returns the certificate files that the flags name; "" for a flag that
// was not given.
func (f *Network) Files() []string { return f.certificates.Files() }

// Apply sets the run's options from the flags, and from the environment
// variables for proxies and the user agent.
func (f *Network) Apply(o *runner.Network, getenv func(string) string) (err error) {
	t := &o.Options
	o.UserAgent = cmp.Or(f.userAgent, getenv("POSTIE_USER_AGENT"))
	if f.ignoreRedirects {
		follow := false
		o.FollowRedirects = &follow
	}
	t.Timeout, t.Insecure = time.Duration(f.timeout), f.Insecure
	if t.Proxy, err = f.Chosen(getenv); err != nil {
		return err
	}
	if t.MaxResponseSize, err = transport.ParseSize(f.maxResponse); err != nil {
		return exit.Usage("--max-response-size %v", err)
	}
	if err := f.apply(t); err != nil {
		return err
	}
	return f.certificates.Apply(t)
}

// apply sets the transport's options for how a connection is made.
func (f *Network) apply(t *transport.Options) (err error) {
	if f.http1 && f.http2 {
		return exit.Usage("--http1.1 and --http2 exclude each other")
	}
	if f.http2 {
		t.Protocol = "http2"
	}
	if t.MinTLS, err = transport.ParseTLSVersion(f.tlsMin); err != nil {
		return exit.Usage("--tls-min %v", err)
	}
	if t.MaxTLS, err = transport.ParseTLSVersion(f.tlsMax); err != nil {
		return exit.Usage("--tls-max %v", err)
	}
	if t.MaxTLS != 0 && t.MinTLS > t.MaxTLS {
		return exit.Usage("--tls-min %s is above --tls-max %s", f.tlsMin, f.tlsMax)
	}
	t.UnixSocket = f.unixSocket
	for _, c := range f.connectTo {
		to, err := transport.ParseConnectTo(c)
		if err != nil {
			return &exit.Error{Code: exit.BadUsage, Text: "--connect-to " + err.Error(), Hint: "--connect-to am.example.com:443:127.0.0.1:8443"}
		}
		t.ConnectTo = append(t.ConnectTo, to)
	}
	for _, r := range f.resolve {
		to, err := transport.ParseResolve(r)
		if err != nil {
			return &exit.Error{Code: exit.BadUsage, Text: "--resolve " + err.Error(), Hint: "--resolve am.example.com:443:127.0.0.1"}
		}
		t.Resolve = append(t.Resolve, to)
	}
	return nil
}

// Chosen returns the proxy of the flag, or that of the environment.
func (f *Network) Chosen(getenv func(string) string) (transport.ProxyChoice, error) {
	switch f.proxy {
	case "none":
		return nil, nil
	case "":
		pick, err := transport.ProxyFromEnvironment(func(name string) string {
			if f.noProxy != "" && strings.EqualFold(name, "NO_PROXY") {
				return f.noProxy
			}
			return getenv(name)
		})
		if err != nil {
			return nil, exit.CannotRun("%v", err)
		}
		return pick, nil
	}
	pick, err := transport.ProxyBy(f.proxy, cmp.Or(f.noProxy, getenv("NO_PROXY"), getenv("no_proxy")))
	if err != nil {
		return nil, exit.Usage("--proxy: %v", err) // the value is not shown, because it may hold a password
	}
	return pick, nil
}

// ExtraCA returns the content of the file of --ssl-extra-ca-certs, or nil
// without the flag.
func (f *Network) ExtraCA() ([]byte, error) {
	name := f.certificates.extraCA
	if name == "" {
		return nil, nil
	}
	src, err := os.ReadFile(name)
	if err != nil {
		return nil, exit.CannotRun("CA certificates %s: %s", name, fserror.Cause(err))
	}
	return src, nil
}

// Named returns the proxy of the flag and the hosts that are reached without
// it; "" without the flag.
func (f *Network) Named(getenv func(string) string) (proxy, except string) {
	if f.proxy == "none" || f.proxy == "" {
		return "", ""
	}
	return f.proxy, cmp.Or(f.noProxy, getenv("NO_PROXY"), getenv("no_proxy"))
}
