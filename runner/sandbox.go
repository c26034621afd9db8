package runner

import (
	"context"

	"postie/runner/script"
)

// A sandbox runs a session's scripts. It opens with the first of them.
type sandbox struct {
	engine script.Engine
	limits script.Options
	host   script.Host
	open   script.Sandbox // nil until then
}

func (b *sandbox) run(ctx context.Context, s *script.Script, c *script.Context) (*script.Outcome, error) {
	if b.open == nil {
		open, err := b.engine.Open(ctx, b.host, b.limits)
		if err != nil {
			return nil, err
		}
		b.open = open
	}
	return b.open.Run(ctx, s, c)
}

func (b *sandbox) close() error {
	if b.open == nil {
		return nil
	}
	return b.open.Close()
}
