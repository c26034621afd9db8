package codegen

import "postie/collections/vars"

// Known returns an expand function for Generate that replaces the variables of
// a stack by their values. Variables stay templates when they have no value or
// a placeholder, and when they are secret unless secrets is set. They are
// removed from the scopes of the stack.
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
