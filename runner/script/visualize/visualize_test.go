package visualize

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"postie/runner/script"
	"postie/runner/script/sandbox"
)

// A shelf has one library, which stands in for Handlebars.
type shelf struct{ source string }

func (s shelf) Library(_ context.Context, name string) (*script.Library, error) {
	return &script.Library{Name: name, Source: s.source}, nil
}

func TestVisualizerRenders(t *testing.T) {
	t.Parallel()
	v := New(sandbox.New(), func() Libraries {
		return shelf{`exports.compile = (t, o) => (d) => { if (!d.name) throw new Error('no name'); return t.replace('{{name}}', d.name + (o.mark ?? '')); }`}
	})
	defer v.Close()
	got, err := v.Render(&script.Visualizer{Template: "<b>{{name}}</b> \"\u2028", Data: json.RawMessage(`{"name":"Lamp"}`), Options: json.RawMessage(`{"mark":"!"}`)})
	if want := "<b>Lamp!</b> \"\u2028"; err != nil || got != want {
		t.Errorf("render = %q, %v, want %q", got, err, want)
	}
	for range maxRenderFailures {
		if _, err := v.Render(&script.Visualizer{Template: "x"}); err == nil || !strings.Contains(err.Error(), "no name") {
			t.Errorf("err = %v, want the template's", err)
		}
	}
	if _, err := v.Render(&script.Visualizer{Template: "x"}); err == nil || !strings.Contains(err.Error(), "too many") {
		t.Errorf("err = %v: failing templates are tried for ever", err)
	}
}

// A template reaches no network.
func TestVisualizerIsContained(t *testing.T) {
	t.Parallel()
	v := New(sandbox.New(), func() Libraries {
		return shelf{`exports.compile = () => () => { pm.sendRequest('http://127.0.0.1:1/', (e) => pm.visualizer.set(e.message)); return ''; }`}
	})
	defer v.Close()
	if got, err := v.Render(&script.Visualizer{}); err != nil || got != "templates send no requests" {
		t.Errorf("render = %q, %v", got, err)
	}
}
