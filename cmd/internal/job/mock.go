package job

import (
	"context"
	"net/http"

	"postie/cmd/internal/exit"
	"postie/collections/forgerock"
	"postie/collections/vars"
	"postie/runner"
	"postie/runner/mock"
	"postie/runner/transport"
)

// mock starts the simulated tenant or the saved examples of --mock. Every
// connection of the run goes there, whatever host its URLs name.
func (j *Job) mock(ctx context.Context, t *transport.Options) error {
	var h http.Handler
	switch j.Flags.Mock {
	case "":
		return nil
	case "forgerock":
		h = mock.NewForgeRock(mock.ForgeRockOptions{Users: j.simulatedUsers()})
	case "examples":
		e := mock.NewExamples(j.Collection, mock.ExamplesOptions{Environment: j.environment})
		if e.Len() == 0 {
			return exit.CannotRun("--mock examples: the collection has no saved examples")
		}
		h = e
	}
	srv, err := mock.Serve(ctx, "127.0.0.1:0", h)
	if err != nil {
		return exit.CannotRun("--mock %s: %v", j.Flags.Mock, err)
	}
	j.closers = append(j.closers, srv)
	t.ConnectTo = append([]transport.ConnectTo{{Addr: srv.Addr()}}, t.ConnectTo...)
	t.RootCAs = srv.CertPool()
	t.Insecure = true // the certificate of the simulated tenant is not one of a real host
	t.Proxy = nil
	return nil
}

// simulate sets the variables in the environment that the simulated tenant
// needs.
func (j *Job) simulate(_ context.Context, o *runner.Options) error {
	if j.Flags.Mock != "forgerock" {
		return nil
	}
	if err := forgerock.Fill(o.Environment, o.Globals, vars.NewScope("collection", o.Collection.Variables()...)); err != nil {
		return exit.CannotRun("%v", err)
	}
	return nil
}

// simulatedUsers returns the simulated tenant's own user, and the user of the
// environment.
func (j *Job) simulatedUsers() map[string]string {
	users := map[string]string{mock.DemoUser: mock.DemoPassword}
	name, _ := j.environment.Get("postmanDemoUsername")
	password, _ := j.environment.Get("postmanDemoPassword")
	if n, p := vars.Text(name), vars.Text(password); n != "" && p != "" {
		users[n] = p
	}
	return users
}
