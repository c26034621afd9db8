package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"iter"
	"strings"

	"postie/runner/script"
)

// A Prewarm opens the sandboxes of a run on another core while the collection
// and the other documents are read. It must be used by one goroutine only.
type Prewarm struct {
	Engine script.Engine // of the run
	n      int
	stop   context.CancelFunc
	done   <-chan struct{}
}

// NewPrewarm returns a Prewarm for a run with n sandboxes at a time. The caller
// must Close it.
func NewPrewarm(n int) *Prewarm {
	return &Prewarm{Engine: New(), n: n, stop: func() {}}
}

// Watch returns a function that must be called with each document as it is
// read. The first document with a script that needs a machine starts the work.
func (p *Prewarm) Watch(ctx context.Context) func(src []byte) {
	return func(src []byte) {
		if p.done != nil || !p.needsMachine(src) {
			return
		}
		ctx, stop := context.WithCancel(ctx)
		p.stop, p.done = stop, warm(ctx, p.Engine, p.n)
	}
}

// mostLooked limits how many scripts are checked: among many scripts, one will
// need a machine.
const mostLooked = 20

// needsMachine reports whether a document contains a script that cannot run
// without a machine. The results are cached for the run.
func (p *Prewarm) needsMachine(src []byte) bool {
	o, ok := p.Engine.(*opener)
	looked := 0
	for source := range scriptsIn(src) {
		if looked++; !ok || looked > mostLooked || strings.TrimSpace(source) != "" && o.programs.plain(source) == nil {
			return true
		}
	}
	return false
}

// scriptsIn yields the scripts of a collection, whose JSON may be invalid.
func scriptsIn(src []byte) iter.Seq[string] {
	return func(yield func(string) bool) {
		for found := true; ; {
			if _, src, found = bytes.Cut(src, []byte(`"exec"`)); !found {
				return
			}
			value, isMember := bytes.CutPrefix(bytes.TrimLeft(src, " \t\r\n"), []byte(":"))
			if isMember && !yield(sourceOf(json.NewDecoder(bytes.NewReader(value)))) {
				return
			}
		}
	}
}

// sourceOf decodes the next script: a text or a list of lines. It returns ""
// for any other value.
func sourceOf(d *json.Decoder) string {
	var value any
	if d.Decode(&value) != nil {
		return ""
	}
	switch value := value.(type) {
	case string:
		return value
	case []any:
		lines := make([]string, len(value))
		for i := range value {
			lines[i], _ = value[i].(string)
		}
		return strings.Join(lines, "\n")
	}
	return ""
}

// Stop opens no further sandboxes: the run has begun, and opens its own when it
// needs them.
func (p *Prewarm) Stop() { p.stop() }

// Close stops, and waits for sandboxes that are being opened.
func (p *Prewarm) Close() {
	p.stop()
	if p.done != nil {
		<-p.done
	}
}
