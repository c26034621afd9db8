package runner_test

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"

	"postie/collections"
	"postie/collections/vars"
	"postie/runner"
	"postie/runner/event"
	"postie/runner/script/sandbox"
)

// greeter answers with the name it is asked for.
func greeter() *httptest.Server {
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, `{"hello":%q}`, r.URL.Query().Get("name"))
	}))
}

const greeting = `{"info": {"name": "Greeting"}, "item": [{
	"name": "hello",
	"request": "{{host}}/?name={{name}}",
	"event": [{"listen": "test", "script": {"exec": [
		"pm.test('is greeted', () => pm.expect(pm.response.json().hello).to.eql('Ann'))"
	]}}]
}]}`

// Run a collection with an environment, and list what failed.
func ExampleRun() {
	srv := greeter()
	defer srv.Close()
	col, err := collections.Parse("greeting.json", []byte(greeting))
	if err != nil {
		log.Fatal(err)
	}
	env := vars.NewScope("local", vars.Variable{Key: "host", Value: srv.URL}, vars.Variable{Key: "name", Value: "Bob"})
	res, err := runner.Run(context.Background(), runner.Options{
		Documents: runner.Documents{Collection: col, Environment: env},
		Scripts:   runner.Scripts{Engine: sandbox.New()},
	})
	if err != nil {
		log.Fatal(err) // the run could not be carried out
	}
	fmt.Println("requests:", res.Requests(), "failed:", res.Failed())
	for _, f := range res.Failures {
		fmt.Printf("%s > %s: %s\n", f.Item.Name, f.Test, f.Message)
	}
	// Output:
	// requests: 1 failed: true
	// hello > is greeted: expected 'Bob' to deeply equal 'Ann'
}

// A session is driven by its owner, one iteration after the other: here until
// a test fails.
func ExampleSession() {
	srv := greeter()
	defer srv.Close()
	col, err := collections.Parse("greeting.json", []byte(greeting))
	if err != nil {
		log.Fatal(err)
	}
	plan, err := runner.NewPlan(col)
	if err != nil {
		log.Fatal(err)
	}
	session, err := runner.NewSession(plan, runner.Options{
		Documents: runner.Documents{Environment: vars.NewScope("local", vars.Variable{Key: "host", Value: srv.URL})},
		Scripts:   runner.Scripts{Engine: sandbox.New()},
	})
	if err != nil {
		log.Fatal(err)
	}
	defer session.Close()
	for i, name := range []string{"Ann", "Ann", "Bob", "Cid"} {
		row := vars.NewScope("data", vars.Variable{Key: "name", Value: name})
		if err := session.Iterate(context.Background(), runner.Iteration{Number: i, Of: 4, Row: row}); err != nil {
			log.Fatal(err)
		}
		if session.Result().Failed() {
			fmt.Println("failed for", name)
			break
		}
	}
	// Output:
	// failed for Bob
}

// slowest is a reporter of one's own: it remembers the request that took
// longest to answer.
type slowest struct{ last *event.RequestFinished }

func (s *slowest) Report(e event.Event, _ *event.Summary) error {
	r, ok := e.(*event.RequestFinished)
	if ok && r.Response != nil && (s.last == nil || r.Response.Time > s.last.Response.Time) {
		s.last = r
	}
	return nil
}

// A reporter sees each event as it happens.
func ExampleOutput() {
	srv := greeter()
	defer srv.Close()
	col, err := collections.Parse("greeting.json", []byte(greeting))
	if err != nil {
		log.Fatal(err)
	}
	slow := &slowest{}
	_, err = runner.Run(context.Background(), runner.Options{
		Documents: runner.Documents{Collection: col, Globals: vars.NewScope("g", vars.Variable{Key: "host", Value: srv.URL})},
		Output:    runner.Output{Reporters: []event.Reporter{slow}},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(slow.last.Item.Name, slow.last.Response.Code)
	// Output: hello 200
}
