package vars_test

import (
	"fmt"

	"postie/collections/vars"
)

// A name is looked up in the environment before the globals; what nothing
// defines stays as it is written.
func ExampleStack() {
	stack := vars.Stack{
		Environment: vars.NewScope("staging", vars.Variable{Key: "host", Value: "staging.example"}),
		Globals:     vars.NewScope("globals", vars.Variable{Key: "host", Value: "example"}, vars.Variable{Key: "version", Value: "2"}),
	}
	const url = "https://{{host}}/v{{version}}/{{id}}"
	fmt.Println(stack.Expand(url))
	fmt.Println(stack.Unresolved(url))
	// Output:
	// https://staging.example/v2/{{id}}
	// [id]
}
