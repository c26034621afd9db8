package sandbox

import (
	"context"
	"sync"
	"time"

	"postie/runner/script"
	"postie/runner/script/sandbox/engine"
	"postie/runner/script/sandbox/plain"
)

// Defaults of script.Options.
const (
	defaultTimeout  = 30 * time.Second
	defaultMemory   = 256 << 20
	defaultOutput   = 1 << 20
	defaultRequests = 1000
)

// New returns an engine that runs scripts on QuickJS. All sandboxes that it
// opens share its compiled scripts.
func New() script.Engine { return &opener{programs: cache{limit: 64 << 20}, pool: newPool()} }

// An opener is the engine. Its sandboxes share what it compiles.
type opener struct {
	programs cache
	pool     *pool
}

// Open returns a sandbox for one run. The first script opens the virtual
// machine.
func (e *opener) Open(ctx context.Context, h script.Host, o script.Options) (script.Sandbox, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s := &sandbox{programs: &e.programs, host: h, options: withDefaults(o)}
	if o.Share && !o.Isolate {
		s.pool = e.pool
		s.pool.join()
	}
	return s, nil
}

func withDefaults(o script.Options) script.Options {
	if o.Memory <= 0 {
		o.Memory = defaultMemory
	}
	if o.Output <= 0 {
		o.Output = defaultOutput
	}
	if o.Requests <= 0 {
		o.Requests = defaultRequests
	}
	return o
}

// A program is compiled source. Its file is the name that stacks show.
type program struct {
	file   string
	source string
	code   []byte
	sugar  string // places of SugarJS that the script may use
	async  bool   // compiled as an async function, for await at top level
	params string // globals of the same names as variables that the script declares

	load *engine.Load // of a text that may define a library which package accel implements in Go; nil of others
}

// A cache keeps programs by key, for all sandboxes of an engine. A full cache
// is emptied: a run has few scripts, and they compile fast.
type cache struct {
	mu    sync.Mutex
	limit int
	size  int
	count int
	byKey map[string]*program

	plainBySource map[string]*plain.Script // nil for a script that is not plain
}

func (c *cache) get(key string) *program {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.byKey[key]
}

func (c *cache) put(key string, p *program) {
	c.mu.Lock()
	defer c.mu.Unlock()
	cost := len(key) + len(p.source) + len(p.code)
	if c.byKey == nil || c.size+cost > c.limit {
		c.byKey, c.size = map[string]*program{}, 0
	}
	c.byKey[key], c.size = p, c.size+cost
}

// next returns a number that no other program of this engine has.
func (c *cache) next() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.count++
	return c.count
}
