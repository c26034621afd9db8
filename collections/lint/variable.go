package lint

import (
	"strings"

	"postie/collections"
	"postie/collections/vars"
)

// templates reports undefined variables in a text.
func (in *linter) templates(n *collections.Node, s string) {
	in.mention(s)
	for _, name := range in.stack.Unresolved(s) {
		switch {
		case in.set[name], strings.HasPrefix(name, "vault:"): // a secret of the vault, known only in a run
		case strings.HasPrefix(name, "$"):
			in.at(n, Error, UnknownDynamic, "{{%s}} is no dynamic variable%s", name, didYouMean(sameLetters(name, vars.Names())))
		default:
			severity := Error
			if in.opts.EnvironmentFile == "" {
				severity = Warning
			}
			in.at(n, severity, UndefinedVariable, "{{%s}} is defined nowhere%s", name, didYouMean(in.stack.Closest(name)))
		}
	}
	if passwordInURL().MatchString(s) {
		in.at(n, Warning, SecretInClear, "a password is written in a URL; use a variable")
	}
}

func didYouMean(name string) string {
	if name == "" {
		return ""
	}
	return "; did you mean {{" + name + "}}?"
}

// sameLetters returns the variable whose name differs from name only in case,
// or "".
func sameLetters(name string, list []string) string {
	for _, other := range list {
		if strings.EqualFold(other, name) {
			return other
		}
	}
	return ""
}

// variables checks the entries of a scope. An entry also counts as used when
// the value of another entry names it.
func (in *linter) variables(n *collections.Node, file string, s *vars.Scope) {
	var mentions strings.Builder
	mentions.WriteString(in.mentions.String())
	for v := range s.All() {
		mentions.WriteString("\n" + vars.Text(v.Value))
	}
	text := mentions.String()
	for v := range s.All() {
		if v.Disabled || v.Key == "" {
			continue
		}
		value := vars.Text(v.Value)
		switch {
		case vars.IsPlaceholder(value):
			in.add(n, Finding{File: file, Severity: Warning, Rule: Placeholder, Text: "variable " + v.Key + " is a placeholder"})
		case vars.PlaceholderIn(value) != "":
			in.add(n, Finding{File: file, Severity: Warning, Rule: Placeholder, Text: "variable " + v.Key + " holds the placeholder " + vars.PlaceholderIn(value)})
		case value == "" && v.Secret && !in.set[v.Key] && strings.Contains(text, v.Key):
			in.add(n, Finding{File: file, Severity: Warning, Rule: Placeholder, Text: "variable " + v.Key + " is secret and empty: fill it in"})
		case !v.Secret && literal(value) && (vars.IsSecretName(v.Key) || knownSecret().MatchString(value)):
			in.add(n, Finding{File: file, Severity: Warning, Rule: SecretInClear,
				Text: "variable " + v.Key + " is written in clear and is not of type secret"})
		}
		if !strings.Contains(text, v.Key) {
			in.add(n, Finding{File: file, Severity: Info, Rule: UnusedVariable, Text: "variable " + v.Key + " is used nowhere"})
		}
	}
}
