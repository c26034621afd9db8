package send_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"postie/collections"
	"postie/runner/internal/send"
	"postie/runner/mask"
)

// What scripts store under a secret name is hidden before they run; what they
// store under others is not.
func TestLearnScripts(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		script string
		hidden bool
	}{
		{`pm.environment.set('apiToken', 'Lit-12345')`, true},
		{`pm.globals.set("API_KEY", "Lit-12345")`, true},
		{"pm.collectionVariables . set ( `password` , `Lit-12345` , 'string' )", true},
		{`postman.setEnvironmentVariable("client_secret", 'Lit-12345');`, true},
		{`postman.setGlobalVariable("secret", 'Lit-12345');`, true},
		{`pm.vault.set('authToken', 'Lit-12345')`, true},
		{`pm.environment.set('name', 'Lit-12345')`, false},
		{`// pm.environment.set('token', 'Lit-12345')`, false},
	} {
		source, err := json.Marshal(tt.script)
		if err != nil {
			t.Fatal(err)
		}
		c, err := collections.Parse("c.json", fmt.Appendf(nil, `{"info":{"name":"C"},"item":[{"name":"F","event":[{"listen":"prerequest","script":{"exec":%s}}],"item":[
			{"name":"A","request":"http://127.0.0.1"},{"name":"B","request":"http://127.0.0.1"}]}]}`, source))
		if err != nil {
			t.Fatal(err)
		}
		m := mask.New(mask.Options{})
		send.LearnScripts(m, c)
		if hidden := !strings.Contains(m.Text(tt.script), "Lit-12345"); hidden != tt.hidden {
			t.Errorf("%s: %s", tt.script, m.Text(tt.script))
		}
	}
}
