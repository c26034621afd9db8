package matrix_test

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"slices"

	"postie/collections"
	"postie/collections/vars"
	"postie/runner"
	"postie/runner/matrix"
)

// Run one collection for several tenants, two at a time. Outcomes come in the
// order of the runs, however long each takes.
func ExampleRun() {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/beta" {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	defer srv.Close()
	col, err := collections.Parse("up.json", []byte(`{"info": {"name": "Up"}, "item": [{"name": "is up", "request": "{{host}}/{{tenant}}"}]}`))
	if err != nil {
		log.Fatal(err)
	}
	tenants := []string{"alpha", "beta", "gamma"}
	var runs []runner.Options
	for _, tenant := range tenants {
		o := runner.Options{Documents: runner.Documents{Collection: col, Environment: vars.NewScope(tenant,
			vars.Variable{Key: "host", Value: srv.URL}, vars.Variable{Key: "tenant", Value: tenant})}}
		runs = append(runs, o)
	}
	for i, out := range matrix.Run(context.Background(), slices.Values(runs), matrix.Options{Workers: 2, Runs: len(runs)}) {
		if out.Err != nil {
			log.Fatal(out.Err)
		}
		fmt.Println(tenants[i], out.Result.Requests(), "request")
	}
	// Output:
	// alpha 1 request
	// beta 1 request
	// gamma 1 request
}
