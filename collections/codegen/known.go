package codegen

import "postie/collections/vars"

// Known is an expand for Generate that replaces the variables of a stack by
// their values. Those with no value or one that is to be filled in stay
// templates, and so do secret ones unless secrets is set. The scopes of the
// stack lose what stays.
func Known(stack *vars.Stack, secrets bool) func(string) string {
	for _, scope := range []*vars.Scope{stack.Environment, stack.Collection, stack.Globals} {
		if scope == nil {
			continue
		}
		var unknown []string
		for v := range scope.All() {
			if value := vars.Text(v.Value); v.Secret && !secrets || value == "" || vars.PlaceholderIn(value) != "" {
				unknown = append(unknown, v.Key)
			}
		}
		for _, key := range unknown {
			scope.Unset(key)
		}
	}
	return stack.Expand
}
