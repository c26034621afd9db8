package main

import (
	"errors"
	"regexp"
	"slices"
	"strings"

	"postie/collections"
	"postie/collections/vars"
	"postie/runner/script/sandbox"
)

// check applies every rule.
func (in *linter) check() error {
	in.set = map[string]bool{}
	var nodes []*collections.Node
	var walk func(n *collections.Node)
	walk = func(n *collections.Node) {
		nodes = append(nodes, n)
		for _, c := range n.Children() {
			walk(c)
		}
	}
	walk(in.col.Root())
	for _, n := range nodes {
		for _, s := range scriptsOf(n) {
			in.learn(s.Source)
			if err := in.syntax(n, s); err != nil {
				return err
			}
		}
	}
	for _, n := range nodes {
		in.node(n)
		in.duplicates(n)
	}
	in.reach(slices.Collect(in.col.All()))
	in.variables(in.col.Root(), in.col.File(), in.stack.Collection)
	if in.environment != "" {
		in.variables(nil, in.environment, in.stack.Environment)
	}
	in.found = sorted(in.found)
	return nil
}

func scriptsOf(n *collections.Node) []collections.Script {
	return append(ownScripts(n, "prerequest"), ownScripts(n, "test")...)
}

var setters = regexp.MustCompile("(?:\\.set|set(?:Environment|Global)Variable)\\(\\s*[\"'`]([^\"'`]+)[\"'`]")

// learn takes note of the variables a script sets or speaks of.
func (in *linter) learn(source string) {
	for _, m := range setters.FindAllStringSubmatch(source, -1) {
		in.set[m[1]] = true
	}
	in.spoken.WriteString(source)
	in.spoken.WriteByte('\n')
}

// syntax reports a script that does not compile.
func (in *linter) syntax(n *collections.Node, s collections.Script) error {
	err := sandbox.Check(s.Source)
	if err == nil {
		return nil
	}
	var bad *sandbox.SyntaxError
	if !errors.As(err, &bad) {
		return cannotRun("%v", err)
	}
	// The column is that of the script's line, inside the document's string.
	in.add(n, finding{File: n.File(), Line: s.FileLine(max(1, bad.Line)), Col: bad.Col, Severity: severityError,
		Rule: "script-syntax", Text: "script line " + bad.Error()})
	return nil
}

// node checks the texts of a request, and the auth written at any node.
func (in *linter) node(n *collections.Node) {
	if !n.IsFolder() {
		r := enabled(n.Request())
		if strings.TrimSpace(r.URL.String()) == "" {
			in.at(n, severityError, "empty-url", "the request has no URL")
		}
		r.Resolve(func(s string) string { in.templates(n, s); return s })
		in.headers(n, r)
	}
	a, owner, ok := n.Auth()
	if !ok || owner != n {
		return
	}
	for _, p := range a.Params {
		s := vars.Text(p.Value)
		in.templates(n, s)
		switch {
		case placeholder.MatchString(s):
			in.at(n, severityWarning, "placeholder", "%s of the %s auth is a placeholder", p.Key, a.Type)
		case secretParams[p.Key] && literal(s), p.Key == "value" && a.Type == "apikey" && literal(s):
			in.at(n, severityWarning, "secret-in-clear", "%s of the %s auth is written in clear; use a variable", p.Key, a.Type)
		}
	}
}

// enabled is a request without what is switched off.
func enabled(r *collections.Request) *collections.Request {
	r.Header = slices.DeleteFunc(r.Header, func(h collections.Header) bool { return h.Disabled })
	if r.Body != nil && r.Body.Disabled {
		r.Body = nil
	}
	if b := r.Body; b != nil {
		off := func(p collections.FormParam) bool { return p.Disabled }
		b.URLEncoded, b.FormData = slices.DeleteFunc(b.URLEncoded, off), slices.DeleteFunc(b.FormData, off)
	}
	return r
}

// templates reports the variables in a text that nothing defines.
func (in *linter) templates(n *collections.Node, s string) {
	in.spoken.WriteString(s)
	in.spoken.WriteByte('\n')
	for _, name := range in.stack.Unresolved(s) {
		switch {
		case in.set[name], strings.HasPrefix(name, "vault:"): // a secret, known when it runs
		case strings.HasPrefix(name, "$"):
			in.at(n, severityError, "unknown-dynamic", "{{%s}} is no dynamic variable%s", name, near(name, vars.Names()))
		default:
			sev := severityError
			if in.environment == "" {
				sev = severityWarning
			}
			hint := ""
			if c := in.stack.Closest(name); c != "" {
				hint = "; did you mean {{" + c + "}}?"
			}
			in.at(n, sev, "undefined-variable", "{{%s}} is defined nowhere%s", name, hint)
		}
	}
	if privateURL.MatchString(s) {
		in.at(n, severityWarning, "secret-in-clear", "a password is written in a URL; use a variable")
	}
}

// near names the entry that differs from name only in case.
func near(name string, list []string) string {
	for _, other := range list {
		if strings.EqualFold(other, name) {
			return "; did you mean {{" + other + "}}?"
		}
	}
	return ""
}

var (
	placeholder = regexp.MustCompile(`(?i)^(<[^<>]+>|\[?your[-_ ]?[a-z -_]*(key|token|secret|password|id|user\w*|name|value)\]?|change[-_ ]?me|replace[-_ ]?(me|this)\w*|todo|fixme|x{4,}|insert[-_ ].*|enter[-_ ].*here)$`)
	privateURL  = regexp.MustCompile(`://[^/\s:@{}]+:[^/\s@{}]+@`)
	secretName  = regexp.MustCompile(`(?i)(passw|secret|token|api[-_]?key|private[-_]?key|credential|authorization)`)
	knownSecret = regexp.MustCompile(`(AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{30,}|xox[abp]-[A-Za-z0-9-]{10,}|PMAK-[0-9a-f]{24}-[0-9a-f]{34}|sk_live_[A-Za-z0-9]{16,}|eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.|-----BEGIN [A-Z ]*PRIVATE KEY)`)
)

var secretParams = map[string]bool{"password": true, "token": true, "secret": true, "secretKey": true, "clientSecret": true,
	"consumerSecret": true, "tokenSecret": true, "privateKey": true, "accessToken": true, "authKey": true}

// literal is true of a text that is there and is no template.
func literal(s string) bool {
	return strings.TrimSpace(s) != "" && len(vars.Templates(s)) == 0
}

func (in *linter) headers(n *collections.Node, r *collections.Request) {
	for _, h := range r.Header {
		_, credential, scheme := strings.Cut(h.Value, " ")
		if !scheme {
			credential = h.Value
		}
		switch {
		case placeholder.MatchString(credential):
			in.at(n, severityWarning, "placeholder", "header %s is a placeholder", h.Key)
		case secretName.MatchString(h.Key) && literal(credential), knownSecret.MatchString(h.Value):
			in.at(n, severityWarning, "secret-in-clear", "header %s is written in clear; use a variable", h.Key)
		}
	}
	if r.Body != nil && r.Body.Raw != nil && knownSecret.MatchString(*r.Body.Raw) {
		in.at(n, severityWarning, "secret-in-clear", "the body holds a credential; use a variable")
	}
	for _, q := range r.URL.Query {
		if !q.Disabled && q.Value != nil && placeholder.MatchString(*q.Value) {
			in.at(n, severityWarning, "placeholder", "query parameter %s is a placeholder", deref(q.Key))
		}
	}
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// duplicates reports siblings of one name and kind.
func (in *linter) duplicates(n *collections.Node) {
	type key struct {
		name   string
		folder bool
	}
	seen := map[key]bool{}
	for _, c := range n.Children() {
		k := key{c.Name(), c.IsFolder()}
		if seen[k] {
			in.at(c, severityWarning, "duplicate-name", "another one here has this name: setNextRequest and --folder cannot tell them apart")
		}
		seen[k] = true
	}
}

// variables checks the entries of a scope.
func (in *linter) variables(n *collections.Node, file string, s *vars.Scope) {
	spoken := in.spoken.String()
	for v := range s.All() {
		spoken += "\n" + vars.Text(v.Value)
	}
	for v := range s.All() {
		if v.Disabled || v.Key == "" {
			continue
		}
		value := vars.Text(v.Value)
		f := finding{File: file, Severity: severityWarning}
		switch {
		case placeholder.MatchString(value):
			f.Rule, f.Text = "placeholder", "variable "+v.Key+" is a placeholder"
			in.add(n, f)
		case !v.Secret && literal(value) && (secretName.MatchString(v.Key) || knownSecret.MatchString(value)):
			f.Rule, f.Text = "secret-in-clear", "variable "+v.Key+" is written in clear and is not of type secret"
			in.add(n, f)
		}
		if !strings.Contains(spoken, v.Key) {
			f.Severity, f.Rule, f.Text = severityInfo, "unused-variable", "variable "+v.Key+" is used nowhere"
			in.add(n, f)
		}
	}
}
