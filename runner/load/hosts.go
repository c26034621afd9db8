package load

import (
	"net"
	"net/url"
	"slices"

	"postie/runner"
)

// ForeignHosts are the hosts of the selected requests that are not this
// machine, once each, as far as the variables of the options say. Their owners
// should know of the load.
func ForeignHosts(o *runner.Options) []string {
	plan, err := runner.NewPlan(o.Collection, o.Select...)
	if err != nil {
		return nil // Run says what is wrong
	}
	var out []string
	for _, text := range plan.URLs(o) {
		u, err := url.Parse(text)
		if err != nil || u.Hostname() == "" || isLoopback(u.Hostname()) || slices.Contains(out, u.Hostname()) {
			continue
		}
		out = append(out, u.Hostname())
	}
	return out
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
