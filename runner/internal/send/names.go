package send

import (
	"fmt"
	"strings"

	"postie/collections/regex"
	"postie/collections/vars"
	"postie/runner/event"
)

// A NameCheck finds requests that would certainly fail, or reach the wrong
// server, if they were sent: a host or a header name with an undefined
// variable, and a host that is still a placeholder.
type NameCheck struct {
	Scopes  *vars.Stack
	Subject string // the sender in messages: an item, pm.sendRequest, or a token request
}

// host checks the host of a request and its port.
func (c *NameCheck) host(host, port string) *event.Failure {
	if !strings.ContainsAny(host+port, "{<%") {
		return nil
	}
	if f := c.Undefined(host+port, "the URL's host"); f != nil {
		return f
	}
	for _, name := range vars.Templates(host + port) { // the variable is defined, but this text is not expanded
		return &event.Failure{Kind: event.KindRequest, Name: "Error", Code: "UNDEFINED_VARIABLE",
			Message: fmt.Sprintf("%s: the URL's host holds {{%s}} as it is written: variables are not filled in here", c.Subject, name),
			Hint:    "pm.variables.replaceIn(url) fills them in"}
	}
	return c.Placeholder(host)
}

var angled = regex.Lazy(`<<([^<>{}]+)>>`)

// Undefined returns the failure for a text with an undefined variable, or nil.
func (c *NameCheck) Undefined(text, place string) *event.Failure {
	names := c.Scopes.Unresolved(text)
	if len(names) == 0 {
		if m := angled().FindStringSubmatch(text); m != nil {
			names = []string{m[1]}
		}
	}
	if len(names) == 0 {
		return nil
	}
	message := fmt.Sprintf("%s: %s needs the variable %q, which is not defined", c.Subject, place, names[0])
	hint := fmt.Sprintf("define it in the environment, or pass --env-var '%s=…'", names[0])
	if near := c.Scopes.Closest(names[0]); near != "" {
		message += fmt.Sprintf("; did you mean %q?", near)
	}
	return &event.Failure{Kind: event.KindRequest, Name: "Error", Message: message, Hint: hint, Code: "UNDEFINED_VARIABLE"}
}

var placeholder = regex.Lazy(`<[^<>]+>|%3[Cc][^<>%]+%3[Ee]`)

// Placeholder returns the failure for a host such as <tenant-name>.example.com,
// or nil.
func (c *NameCheck) Placeholder(host string) *event.Failure {
	found := placeholder().FindString(host)
	if found == "" {
		return nil
	}
	f := &event.Failure{Kind: event.KindRequest, Name: "Error", Code: "PLACEHOLDER",
		Message: fmt.Sprintf("%s: the URL's host %q still holds the placeholder %s", c.Subject, host, found),
		Hint:    "put the real host in its place"}
	if name := c.holder(found); name != "" {
		f.Message += fmt.Sprintf(" (from the variable %q)", name)
		f.Hint = fmt.Sprintf("set %q to your tenant's address", name)
	}
	return f
}

// holder returns the name of the variable whose value contains text.
func (c *NameCheck) holder(text string) string {
	for _, s := range []*vars.Scope{c.Scopes.Local, c.Scopes.Data, c.Scopes.Environment, c.Scopes.Collection, c.Scopes.Globals} {
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
