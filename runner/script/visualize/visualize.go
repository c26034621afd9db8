// Package visualize renders the templates of pm.visualizer.set to the page that
// Postman would show.
package visualize

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"postie/runner/script"
)

// Libraries finds modules by their require() name; templates need handlebars.
type Libraries interface {
	Library(ctx context.Context, name string) (*script.Library, error)
}

// A Renderer renders templates in a sandbox of the kind that scripts run in. It
// is not safe for concurrent use.
type Renderer struct {
	engine    script.Engine
	libraries func() Libraries
	box       script.Sandbox // nil until there is a template to render
	found     Libraries
	failures  int
}

// New returns a Renderer. libraries is called once, when there is a template to
// render.
func New(engine script.Engine, libraries func() Libraries) *Renderer {
	return &Renderer{engine: engine, libraries: libraries}
}

// maxRenderTime limits the time of one template. After maxRenderFailures failed
// templates the others are shown as source.
const (
	maxRenderTime     = 5 * time.Second
	maxRenderFailures = 5
)

// Render returns the page of a template and its data as HTML. It can be used as
// report.Options.Visualize. After a few failed templates it gives up, because
// each may use up its time.
func (v *Renderer) Render(set *script.Visualizer) (string, error) {
	if v.failures == maxRenderFailures {
		return "", errors.New("too many templates failed before")
	}
	out, err := v.try(set)
	if err != nil {
		v.failures++
	}
	return out, err
}

func (v *Renderer) try(set *script.Visualizer) (string, error) {
	ctx := context.Background() // the report is made even when the run was interrupted
	if v.box == nil {
		box, err := v.engine.Open(ctx, v, script.Options{Timeout: maxRenderTime})
		if err != nil {
			return "", err
		}
		v.box, v.found = box, v.libraries()
	}
	template, err := json.Marshal(set.Template)
	if err != nil {
		return "", err
	}
	// The template's result is what the script passes to set.
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

// Close closes the sandbox.
func (v *Renderer) Close() error {
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
func (v *Renderer) Send(context.Context, *script.SendRequest) (*script.SendResult, error) {
	return nil, &script.SendError{Message: "templates send no requests"}
}

// Console implements script.Host.
func (v *Renderer) Console(string, []script.Message) {}

// Test implements script.Host.
func (v *Renderer) Test(script.Assertion) {}

// Jar implements script.Host: there are no cookies.
func (v *Renderer) Jar() script.Jar { return nil }

// Vault implements script.Host: there are no secrets.
func (v *Renderer) Vault() script.Vault { return nil }

// RunRequest implements script.Host.
func (v *Renderer) RunRequest(context.Context, *script.RunRequest) (*script.SendResult, error) {
	return nil, &script.SendError{Message: "no collection"}
}

// Library implements script.Host.
func (v *Renderer) Library(ctx context.Context, name string) (*script.Library, error) {
	return v.found.Library(ctx, name)
}
