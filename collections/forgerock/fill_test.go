package forgerock_test

import (
	"testing"

	"postie/collections/forgerock"
	"postie/collections/vars"
)

// What is said stays; what is not, or is a placeholder, is the simulated
// tenant's.
func TestFill(t *testing.T) {
	t.Parallel()
	env := vars.NewScope("e",
		vars.Variable{Key: "realm", Value: "mine"},
		vars.Variable{Key: "amUrl", Value: "https://<tenant>.example.com/am"},
		vars.Variable{Key: "other", Value: "https://<tenant>.example.com/idm"},
		vars.Variable{Key: "postmanDemoUsername", Value: ""})
	if err := forgerock.Fill(env, nil, nil); err != nil {
		t.Fatal(err)
	}
	text := func(key string) string {
		v, _ := env.Get(key)
		return vars.Text(v)
	}
	if text("realm") != "mine" || text("amUrl") == "https://<tenant>.example.com/am" || text("other") != "https://simulated.example.com/idm" ||
		text("postmanDemoUsername") == "" || text("postmanDemoPassword") == "" {
		t.Errorf("realm %q, amUrl %q, other %q, user %q", text("realm"), text("amUrl"), text("other"), text("postmanDemoUsername"))
	}
}
