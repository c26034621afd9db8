package sandbox

import (
	"context"
	"sync"
	"time"

	"postie/runner/script"
	"postie/runner/script/sandbox/plain"
)

// Defaults of script.Options.
const (
	defaultTimeout  = 30 * time.Second
	defaultMemory   = 256 << 20
	defaultOutput   = 1 << 20
	defaultRequests = 1000
)

// New returns an engine that runs scripts on QuickJS. What it compiles is
// shared by all the sandboxes it opens.
func New() script.Engine { return &opener{programs: cache{limit: 64 << 20}, pool: newPool()} }

// An opener is the engine; what it compiles is shared by its sandboxes.
type opener struct {
	programs cache
	pool     *pool
}

// Open returns a sandbox for one run. The virtual machine itself is opened by
// the first script.
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

// A program is compiled source. Its file names it in stacks.
type program struct {
	file   string
	source string
	code   []byte
	sugar  string // what of SugarJS it may use
	async  bool   // compiled as an async function, for await at top level
	params string // the globals it declares variables of the same name for

	library bool // it may define one for which Go works
}

// A cache keeps programs by key, for all sandboxes of an engine. When it is
// full it starts over: a run's scripts are few and compile fast.
type cache struct {
	mu    sync.Mutex
	limit int
	size  int
	count int
	byKey map[string]*program

	plainBySource map[string]*plain.Script // nil for one that is not
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

// next returns a number no other program of this engine has.
func (c *cache) next() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.count++
	return c.count
}
