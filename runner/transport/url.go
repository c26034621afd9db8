package transport

import (
	"net"
	"net/netip"
	"strconv"
	"strings"

	"golang.org/x/net/idna"
)

// A URL is where a request goes. Target is the exact request target (path and
// query, percent-encoded, never normalised).
type URL struct {
	Scheme   string // http or https
	Userinfo string // encoded, "" for none
	Host     string // name or address, lower case, IDNA; IPv6 without brackets
	Port     string // as written, "" for the scheme's default
	NoPort   bool   // a colon without a port follows the host
	Target   string // starts with "/"
	Fragment string
}

// The characters that are percent-encoded in each part, besides controls and
// everything beyond ASCII.
const (
	pathSet     = " \"<>`#?{}"
	querySet    = " \"#'<>"
	userSet     = pathSet + "/:;=@[\\]^|"
	fragmentSet = " \"<>`"
)

// ParseURL parses text as a browser-like, never-normalising encoder does;
// without a scheme it is http. encode false encodes only the host.
func ParseURL(text string, encode bool) (*URL, error) {
	text = strings.TrimLeft(text, " \t\r\n\f\v")
	u := &URL{Scheme: "http"}
	enc := func(s, set string) string {
		if !encode {
			return s
		}
		return percentEncode(s, set)
	}
	rest, fragment, hasFragment := cut(text, '#')
	if hasFragment {
		u.Fragment = enc(fragment, fragmentSet)
	}
	rest, query, hasQuery := cut(rest, '?')
	rest = strings.ReplaceAll(rest, `\`, "/")
	if scheme, after, ok := strings.Cut(rest, "://"); ok {
		u.Scheme, rest = strings.ToLower(scheme), strings.TrimLeft(after, "/")
		if u.Scheme == "file" && strings.HasPrefix(after, "/") {
			rest = "/" + rest // it has no host
		}
	}
	authority, path, _ := cut(rest, '/')
	u.Target = enc("/"+path, pathSet)
	if hasQuery {
		u.Target += "?" + enc(query, querySet)
	}
	if err := u.authority(authority, enc); err != nil || encode {
		return u, err
	}
	return u, u.plain()
}

// cut splits s at the first sep outside {{braces}}.
func cut(s string, sep byte) (before, after string, found bool) {
	for i := 0; i < len(s); i++ {
		if s[i] == sep {
			return s[:i], s[i+1:], true
		}
		if strings.HasPrefix(s[i:], "{{") {
			if n := strings.Index(s[i:], "}}"); n > 0 && !strings.Contains(s[i+2:i+n], "{") {
				i += n + 1
			}
		}
	}
	return s, "", false
}

// plain checks a target that is sent without encoding: latin-1, no blanks.
func (u *URL) plain() error {
	out := make([]byte, 0, len(u.Target))
	for _, r := range u.Target {
		if r <= ' ' || r > 0xff {
			return &Error{Kind: ErrPath}
		}
		out = append(out, byte(r))
	}
	u.Target = string(out)
	return nil
}

func (u *URL) authority(s string, enc func(s, set string) string) error {
	if i := strings.LastIndexByte(s, '@'); i >= 0 {
		user, password, ok := strings.Cut(s[:i], ":")
		u.Userinfo = enc(user, userSet)
		if ok {
			u.Userinfo += ":" + enc(password, userSet)
		}
		s = s[i+1:]
	}
	if i := strings.LastIndexByte(s, ':'); i >= 0 && !strings.Contains(s[i:], "]") {
		s, u.Port = s[:i], s[i+1:]
		u.NoPort = u.Port == ""
	}
	u.Host = encodeHost(s)
	switch {
	case u.Host == "":
		return &Error{Kind: ErrURL, Detail: u.Scheme + "://" + u.Target}
	case u.Scheme != "http" && u.Scheme != "https":
		return &Error{Kind: ErrProtocol, Detail: u.Scheme}
	case u.Port != "":
		if n, err := strconv.Atoi(u.Port); err != nil || n < 0 || n > 65535 {
			return &Error{Kind: ErrURL, Host: u.Host, Detail: u.Port}
		}
	}
	return nil
}

// encodeHost lower-cases a host and puts it in IDNA form; what has none stays
// as it is.
func encodeHost(s string) string {
	if strings.HasPrefix(s, "[") && strings.HasSuffix(s, "]") {
		return strings.ToLower(s[1 : len(s)-1])
	}
	low := strings.ToLower(s)
	for i := range len(low) {
		if low[i] >= 0x80 || low[i] == '%' {
			if a, err := idna.Lookup.ToASCII(low); err == nil {
				return a
			}
			return low
		}
	}
	if addr, ok := numericHost(low); ok {
		return addr
	}
	return low
}

// numericHost reads an IPv4 address as browsers do: one to four numbers,
// decimal, octal or hexadecimal, the last of which fills what is left.
func numericHost(s string) (string, bool) {
	parts := strings.Split(strings.TrimSuffix(s, "."), ".")
	if len(parts) > 4 {
		return "", false
	}
	var addr uint64
	for i, p := range parts {
		n, ok := hostNumber(p)
		if i < len(parts)-1 {
			ok = ok && n <= 255
			addr |= n << (24 - 8*i)
		} else {
			ok = ok && n < 1<<(8*(5-len(parts)))
			addr |= n
		}
		if !ok {
			return "", false
		}
	}
	return netip.AddrFrom4([4]byte{byte(addr >> 24), byte(addr >> 16), byte(addr >> 8), byte(addr)}).String(), true
}

func hostNumber(s string) (uint64, bool) {
	base := 10
	switch {
	case strings.HasPrefix(s, "0x"):
		s, base = s[2:], 16
		if s == "" {
			return 0, true
		}
	case len(s) > 1 && s[0] == '0':
		base = 8
	}
	n, err := strconv.ParseUint(s, base, 40)
	return n, err == nil
}

// percentEncode encodes the bytes of s that are controls, beyond ASCII or in
// set. Percent signs stay, so what is encoded already stays so.
func percentEncode(s, set string) string {
	const hex = "0123456789ABCDEF"
	clean := true
	for i := range len(s) {
		if c := s[i]; c < 0x20 || c >= 0x7f || strings.IndexByte(set, c) >= 0 {
			clean = false
			break
		}
	}
	if clean {
		return s
	}
	out := make([]byte, 0, len(s)+16)
	for i := range len(s) {
		c := s[i]
		if c < 0x20 || c >= 0x7f || strings.IndexByte(set, c) >= 0 {
			out = append(out, '%', hex[c>>4], hex[c&15])
		} else {
			out = append(out, c)
		}
	}
	return string(out)
}

// String is the URL as encoded, fragment included.
func (u *URL) String() string {
	s := u.Scheme + "://"
	if u.Userinfo != "" {
		s += u.Userinfo + "@"
	}
	s += u.HostPort() + u.Target
	if u.Fragment != "" {
		s += "#" + u.Fragment
	}
	return s
}

// withoutUser is the URL as errors show it: without a user and a password.
func (u *URL) withoutUser() string {
	bare := *u
	bare.Userinfo = ""
	return bare.String()
}

// HostPort is the Host header's value: the port as the URL writes it.
func (u *URL) HostPort() string {
	host := u.Host
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if u.Port != "" || u.NoPort {
		host += ":" + u.Port
	}
	return host
}

// port is the port to connect to.
func (u *URL) port() string {
	switch {
	case u.Port != "":
		return u.Port
	case u.Scheme == "https":
		return "443"
	}
	return "80"
}

// addr is host:port to dial.
func (u *URL) addr() string { return net.JoinHostPort(u.Host, u.port()) }

// Path is the target without the query.
func (u *URL) Path() string {
	path, _, _ := strings.Cut(u.Target, "?")
	return path
}

// sameOrigin reports whether credentials for one may go to the other.
func (u *URL) sameOrigin(v *URL) bool {
	return u.Scheme == v.Scheme && u.Host == v.Host && u.port() == v.port()
}
