package forgerock

import (
	"strings"

	"postie/collections"
	"postie/collections/regex"
	"postie/collections/vars"
)

var placeholder = regex.Lazy(`<[^<>]+>`)

// Fill sets the variables that the simulated tenant needs, if no scope defines
// them, or if they are empty or still a <placeholder>. The other scopes may be
// nil.
func Fill(environment, globals, collection *vars.Scope) error {
	known, err := collections.ParseEnvironment("simulated", Simulated())
	if err != nil {
		return err
	}
	scopes := vars.Stack{Environment: environment, Globals: globals, Collection: collection}
	for v := range known.All() {
		given, ok := scopes.Get(v.Key)
		text := vars.Text(given)
		if vars.Text(v.Value) == "" || ok && text != "" && !placeholder().MatchString(text) {
			continue // a script or a user sets it
		}
		if v.Secret {
			environment.SetSecret(v.Key, vars.Text(v.Value))
		} else {
			environment.Set(v.Key, v.Value)
		}
	}
	for v := range environment.All() { // other addresses of the same tenant
		if text, ok := v.Value.(string); ok && placeholder().MatchString(text) && strings.Contains(text, "://") {
			environment.Set(v.Key, placeholder().ReplaceAllString(text, "simulated"))
		}
	}
	return nil
}
