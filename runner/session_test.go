package runner_test

import (
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"postie/collections"
	"postie/collections/vars"
	"postie/runner"
	"postie/runner/runnertest"
	"postie/runner/script/sandbox"
)

// BenchmarkIdleSessions reports what a session costs that has run an iteration
// with scripts and waits for the next, in bytes of resident memory.
func BenchmarkIdleSessions(b *testing.B) {
	srv := runnertest.Serve(b, nil)
	col, err := collections.Parse("c.json", []byte(`{"info":{"name":"C"},"item":[{"name":"a","request":"{{host}}/get",
		"event":[{"listen":"test","script":{"exec":["pm.test('ok', () => { pm.response.to.have.status(200); pm.environment.set('m', pm.response.json().method) })"]}}]}]}`))
	if err != nil {
		b.Fatal(err)
	}
	plan, err := runner.NewPlan(col)
	if err != nil {
		b.Fatal(err)
	}
	opts := runner.Options{Documents: runner.Documents{Environment: vars.NewScope("e", vars.Variable{Key: "host", Value: srv.URL})},
		Scripts: runner.Scripts{Engine: sandbox.New()}}
	open := func() *runner.Session {
		s, err := runner.NewSession(plan, opts)
		if err != nil {
			b.Fatal(err)
		}
		if err := s.Iterate(b.Context(), runner.Iteration{}); err != nil || s.Result().Failed() {
			b.Fatal(err, s.Result().Failures)
		}
		return s
	}
	open().Close() // what is shared is there now
	const many = 200
	b.ReportAllocs()
	for b.Loop() {
		before := resident(b)
		sessions := make([]*runner.Session, many)
		for i := range sessions {
			sessions[i] = open()
		}
		b.ReportMetric(float64(resident(b)-before)/many, "B/session")
		for _, s := range sessions {
			s.Close()
		}
	}
}

// resident is the process's memory after a collection, where the system says.
func resident(b *testing.B) int {
	b.Helper()
	runtime.GC()
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		b.Skip("the system does not say how much memory a process has")
	}
	pages, err := strconv.Atoi(strings.Fields(string(text))[1])
	if err != nil {
		b.Fatal(err)
	}
	return pages * os.Getpagesize()
}
