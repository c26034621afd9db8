package runner

import (
	"fmt"
	"regexp"
	"strings"

	"postie/collections/vars"
	"postie/runner/event"
)

// A nameCheck finds what would surely fail, or reach somebody else, if a
// request went out as it is: a host or a header's name that still needs a
// variable, and a host that is still a placeholder.
type nameCheck struct {
	scopes  *vars.Stack
	subject string // who sends: an item, pm.sendRequest, or a token request
}

// host looks at the host of a request and its port.
func (c *nameCheck) host(host, port string) *event.Failure {
	if !strings.ContainsAny(host+port, "{<%") {
		return nil
	}
	if f := c.undefined(host+port, "the URL's host"); f != nil {
		return f
	}
	for _, name := range vars.Templates(host + port) { // defined, and not filled in
		return &event.Failure{Kind: event.KindRequest, Name: "Error", Code: "UNDEFINED_VARIABLE",
			Message: fmt.Sprintf("%s: the URL's host holds {{%s}} as it is written: variables are not filled in here", c.subject, name),
			Hint:    "pm.variables.replaceIn(url) fills them in"}
	}
	return c.placeholder(host)
}

var angled = regexp.MustCompile(`<<([^<>{}]+)>>`)

// undefined is the failure of a request whose text still needs a variable; nil
// when it does not.
func (c *nameCheck) undefined(text, place string) *event.Failure {
	names := c.scopes.Unresolved(text)
	if len(names) == 0 {
		if m := angled.FindStringSubmatch(text); m != nil {
			names = []string{m[1]}
		}
	}
	if len(names) == 0 {
		return nil
	}
	message := fmt.Sprintf("%s: %s needs the variable %q, which is not defined", c.subject, place, names[0])
	hint := fmt.Sprintf("define it in the environment, or pass --env-var '%s=…'", names[0])
	if near := c.scopes.Closest(names[0]); near != "" {
		message += fmt.Sprintf("; did you mean %q?", near)
	}
	return &event.Failure{Kind: event.KindRequest, Name: "Error", Message: message, Hint: hint, Code: "UNDEFINED_VARIABLE"}
}

var placeholder = regexp.MustCompile(`<[^<>]+>|%3[Cc][^<>%]+%3[Ee]`)

// placeholder is the failure of a host such as <tenant-name>.example.com; nil
// when it is none.
func (c *nameCheck) placeholder(host string) *event.Failure {
	found := placeholder.FindString(host)
	if found == "" {
		return nil
	}
	f := &event.Failure{Kind: event.KindRequest, Name: "Error", Code: "PLACEHOLDER",
		Message: fmt.Sprintf("%s: the URL's host %q still holds the placeholder %s", c.subject, host, found),
		Hint:    "put the real host in its place"}
	if name := c.holder(found); name != "" {
		f.Message += fmt.Sprintf(" (from the variable %q)", name)
		f.Hint = fmt.Sprintf("set %q to your tenant's address", name)
	}
	return f
}

// holder names the variable whose value holds text.
func (c *nameCheck) holder(text string) string {
	for _, s := range []*vars.Scope{c.scopes.Local, c.scopes.Data, c.scopes.Environment, c.scopes.Collection, c.scopes.Globals} {
		if s == nil {
			continue
		}
		for v := range s.All() {
			if str, ok := v.Value.(string); ok && !v.Disabled && strings.Contains(str, text) {
				return v.Key
			}
		}
	}
	return ""
}
