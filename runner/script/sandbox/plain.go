package sandbox

import (
	"postie/runner/script"
	"postie/runner/script/sandbox/plain"
)

// runPlain carries out a script that needs no machine. ok is false when it needs
// one, and nothing has happened then.
func (s *sandbox) runPlain(sc *script.Script, c *script.Context) (out *script.Outcome, ok bool) {
	p := s.programs.plain(sc.Source)
	if p == nil || !s.untouched() || s.options.Output < plain.MostOutput {
		return nil, false
	}
	did, ok := p.Run(plain.Facts{Context: c, Text: func() string { return decoded(c.Response) }})
	if !ok {
		return nil, false
	}
	for _, report := range did.Reports {
		if report.Test != nil {
			s.host.Test(*report.Test)
		} else {
			s.host.Console(report.Level, report.Message)
		}
	}
	return &script.Outcome{Local: did.Local, Environment: did.Environment, Collection: did.Collection, Globals: did.Globals,
		Next: did.Next, LegacyUsed: did.Legacy}, true
}

// plain is what a script is if it is plain. Libraries are not kept nor looked up:
// that would take time in proportion to their length at each run.
func (c *cache) plain(source string) *plain.Script {
	if len(source) > plain.Longest {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	p, known := c.plainBySource[source]
	if !known {
		if len(c.plainBySource) >= mostPlain || c.plainBySource == nil {
			c.plainBySource = map[string]*plain.Script{}
		}
		p = plain.Compile(source)
		c.plainBySource[source] = p
	}
	return p
}

// mostPlain is how many scripts are known to be plain or not.
const mostPlain = 10_000
