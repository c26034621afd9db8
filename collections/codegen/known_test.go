package codegen_test

import (
	"testing"

	"postie/collections/codegen"
	"postie/collections/vars"
)

func TestKnown(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		secrets bool
		want    string
	}{
		{"secrets stay templates", false, "h {{token}} {{empty}} {{todo}} {{none}}"},
		{"secrets are asked for", true, "h t {{empty}} {{todo}} {{none}}"},
	} {
		stack := &vars.Stack{Environment: vars.NewScope("e", vars.Variable{Key: "host", Value: "h"}, vars.Variable{Key: "token", Value: "t", Secret: true},
			vars.Variable{Key: "empty", Value: ""}, vars.Variable{Key: "todo", Value: "https://<tenant>.example.com"})}
		if got := codegen.Known(stack, tt.secrets)("{{host}} {{token}} {{empty}} {{todo}} {{none}}"); got != tt.want {
			t.Errorf("%s: %s; want %s", tt.name, got, tt.want)
		}
	}
}
