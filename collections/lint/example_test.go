package lint_test

import (
	"fmt"

	"postie/collections"
	"postie/collections/lint"
	"postie/collections/vars"
)

// A misspelt variable and a secret written in clear, with their places.
func ExampleCheck() {
	c, err := collections.Parse("shop.json", []byte(`{"info":{"name":"Shop"},"item":[
  {"name":"List","request":{"url":"{{host}}/orders","header":[{"key":"Authorization","value":"Bearer {{tokn}}"}]}},
  {"name":"Create","request":{"method":"POST","url":"{{host}}/orders","header":[{"key":"X-Api-Key","value":"s3cret"}]}}]}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	env := vars.NewScope("test", vars.Variable{Key: "host", Value: "http://localhost"}, vars.Variable{Key: "token", Value: "{{later}}"})
	found, err := lint.Check(c, lint.Options{Environment: env, EnvironmentFile: "test.json"})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, f := range found {
		fmt.Printf("%s:%d: %s: %s [%s]\n", f.File, f.Line, f.Severity, f.Text, f.Rule)
	}
	// Output:
	// shop.json:2: error: {{tokn}} is defined nowhere; did you mean {{token}}? [undefined-variable]
	// shop.json:3: warning: header X-Api-Key is written in clear; use a variable [secret-in-clear]
	// test.json:0: info: variable token is used nowhere [unused-variable]
}
