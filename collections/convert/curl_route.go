package convert

import "strings"

// A route sends requests for one server to another one: --resolve and
// --connect-to. An empty host or port means any.
type route struct {
	host, port     string
	toHost, toPort string // "" keeps the port of the address
	option         string
}

// addRoute reads "host:port:address" of --resolve, of which only the first
// address is used, and "host:port:host:port" of --connect-to.
func (c *curlCall) addRoute(option, value string) {
	value = strings.TrimPrefix(value, "+")
	parts := splitHosts(value)
	switch {
	case strings.HasPrefix(value, "-"): // it removes an entry
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

// splitHosts splits at colons, except inside the brackets of an IPv6 address.
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

// routed returns the server to send to, and the Host header with the server
// that was meant. https cannot be sent to another server like this, because TLS
// checks the name, and the request's credentials would reach the server of that
// name.
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
