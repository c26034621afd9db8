package sandbox

import (
	"postie/runner/script"
	"postie/runner/script/sandbox/plain"
)

// runPlain runs a script that needs no machine. When the script needs one, ok
// is false and the script had no effect.
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

// plain returns the script when it is plain, or nil. Long sources, such as
// libraries, are not looked up: that would take time in proportion to their
// length at each run.
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

// mostPlain limits how many scripts are remembered as plain or not.
const mostPlain = 10_000
