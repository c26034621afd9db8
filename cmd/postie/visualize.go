package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"postie/runner"
	"postie/runner/script"
	"postie/runner/script/sandbox"
)

// A visualizer turns what pm.visualizer.set was given into the page Postman
// would show. Templates run in the sandbox, as the scripts they come from do.
type visualizer struct {
	libraries func() runner.Libraries
	box       script.Sandbox // nil until there is something to render
	found     runner.Libraries
	failures  int
}

// maxRenderTime bounds a template, and maxRenderFailures how many may fail
// before the rest are shown as they are.
const (
	maxRenderTime     = 5 * time.Second
	maxRenderFailures = 5
)

// render has the form of report.Options.Visualize.
func (v *visualizer) render(set *script.Visualizer) (string, error) {
	if v.failures == maxRenderFailures {
		return "", errors.New("too many templates failed before")
	}
	out, err := v.try(set)
	if err != nil {
		v.failures++
	}
	return out, err
}

func (v *visualizer) try(set *script.Visualizer) (string, error) {
	ctx := context.Background() // the run may have been interrupted; its report is made all the same
	if v.box == nil {
		box, err := sandbox.New().Open(ctx, v, script.Options{Timeout: maxRenderTime})
		if err != nil {
			return "", err
		}
		v.box, v.found = box, v.libraries()
	}
	template, err := json.Marshal(set.Template)
	if err != nil {
		return "", err
	}
	// What the script sets is what it has to give back.
	source := fmt.Sprintf("pm.visualizer.set(require('handlebars').compile(%s, %s)(%s))", template, object(set.Options), object(set.Data))
	out, err := v.box.Run(ctx, &script.Script{ID: "visualizer", Name: "visualizer", Listen: script.Test, Source: source}, &script.Context{})
	switch {
	case err != nil:
		return "", err
	case out.Err != nil:
		return "", errors.New(out.Err.Message)
	case out.Visualizer == nil:
		return "", errors.New("nothing was rendered")
	}
	return out.Visualizer.Template, nil
}

// Close implements io.Closer.
func (v *visualizer) Close() error {
	if v.box == nil {
		return nil
	}
	return v.box.Close()
}

func object(raw json.RawMessage) json.RawMessage {
	if len(raw) == 0 {
		return json.RawMessage("{}")
	}
	return raw
}

// Send implements script.Host: a template reaches nothing.
func (v *visualizer) Send(context.Context, *script.SendRequest) (*script.SendResult, error) {
	return nil, &script.SendError{Message: "templates send no requests"}
}

// Console implements script.Host.
func (v *visualizer) Console(string, []script.Message) {}

// Test implements script.Host.
func (v *visualizer) Test(script.Assertion) {}

// Jar implements script.Host.
func (v *visualizer) Jar() script.Jar     { return nil }
func (v *visualizer) Vault() script.Vault { return nil }
func (v *visualizer) RunRequest(context.Context, *script.RunRequest) (*script.SendResult, error) {
	return nil, &script.SendError{Message: "no collection"}
}

// Library implements script.Host.
func (v *visualizer) Library(ctx context.Context, name string) (*script.Library, error) {
	return v.found.Library(ctx, name)
}
