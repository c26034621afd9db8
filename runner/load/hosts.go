package load

import (
	"net"
	"net/url"
	"slices"

	"postie/runner"
)

// ForeignHosts returns the hosts of the selected requests that are not this
// machine, without duplicates, as far as the variables in the options determine
// them. Their owners should know about the load.
func ForeignHosts(o *runner.Options) []string {
	plan, err := runner.NewPlan(o.Collection, o.Select...)
	if err != nil {
		return nil // Run reports the error
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
