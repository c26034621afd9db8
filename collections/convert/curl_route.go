package convert

import "strings"

// A route sends what is for one server to another: --resolve and --connect-to.
// An empty host or port is any.
type route struct {
	host, port     string
	toHost, toPort string // "" keeps the one of the address
	option         string
}

// addRoute reads "host:port:address" of --resolve, of which the first address
// counts, and "host:port:host:port" of --connect-to.
func (c *curlCall) addRoute(option, value string) {
	value = strings.TrimPrefix(value, "+")
	parts := splitHosts(value)
	switch {
	case strings.HasPrefix(value, "-"): // takes an entry away
	case option == "resolve" && len(parts) >= 3:
		to, _, _ := strings.Cut(strings.Join(parts[2:], ":"), ",")
		host := parts[0]
		if host == "*" {
			host = ""
		}
		c.routes = append(c.routes, route{host: host, port: parts[1], toHost: to, option: option})
	case option == "connect-to" && len(parts) == 4:
		c.routes = append(c.routes, route{host: parts[0], port: parts[1], toHost: parts[2], toPort: parts[3], option: option})
	default:
		c.note("--%s %s cannot be read: left out", option, value)
	}
}

// splitHosts splits at colons that are not within the brackets of an IPv6
// address.
func splitHosts(s string) []string {
	var out []string
	start, depth := 0, 0
	for i := range len(s) {
		switch s[i] {
		case '[':
			depth++
		case ']':
			depth--
		case ':':
			if depth == 0 {
				out = append(out, s[start:i])
				start = i + 1
			}
		}
	}
	return append(out, s[start:])
}

// routed is the server to send to, with the Host header that says which one was
// meant. TLS checks the name, so that https cannot be sent elsewhere: its
// credentials would reach the server of that name.
func (c *curlCall) routed(t *transfer, scheme, authority string) (address, wrong string) {
	host, port := authority, map[string]string{"https://": "443"}[scheme]
	if port == "" {
		port = "80"
	}
	if i := strings.LastIndexByte(authority, ':'); i >= 0 && !strings.Contains(authority[i:], "]") {
		host, port = authority[:i], authority[i+1:]
	}
	for _, r := range c.routes {
		if r.host != "" && !strings.EqualFold(r.host, host) || r.port != "" && r.port != port {
			continue
		}
		if scheme != "http://" {
			return "", "a run cannot send to where --" + r.option + " leads"
		}
		to, toPort := r.toHost, r.toPort
		if to == "" {
			to = host
		}
		if toPort == "" {
			toPort = port
		}
		if strings.Contains(to, ":") && !strings.HasPrefix(to, "[") {
			to = "[" + to + "]"
		}
		t.hostHeader = authority
		if toPort == "80" {
			return to, ""
		}
		return to + ":" + toPort, ""
	}
	return authority, ""
}
