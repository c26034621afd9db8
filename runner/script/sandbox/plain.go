package sandbox

import (
	"slices"

	"postie/collections/vars"
	"postie/runner/script"
	"postie/runner/script/sandbox/plain"
)

// runPlain carries out a script that needs no machine. ok is false when it needs
// one, and nothing has happened then.
func (s *sandbox) runPlain(sc *script.Script, c *script.Context) (out *script.Outcome, ok bool) {
	p := s.programs.plain(sc.Source)
	if p == nil || !s.untouched() {
		return nil, false
	}
	did, ok := p.Run(plain.Facts{Response: c.Response, Text: func() string { return decoded(c.Response) }, Scopes: c.Scopes})
	if !ok {
		return nil, false
	}
	for _, t := range did.Tests {
		s.host.Test(t)
	}
	return &script.Outcome{Local: localOf(c.Scopes), Environment: did.Environment, Collection: did.Collection, Globals: did.Globals}, true
}

// untouched reports whether no script before may have changed what scripts find:
// there is no machine, or one that is known to be as it was.
func (s *sandbox) untouched() bool {
	if s.realm == nil || s.clean {
		return true
	}
	s.clean = s.pool != nil && s.realm.leftNothing(s.last)
	return s.clean
}

// localOf is the local scope as it is.
func localOf(scopes *vars.Stack) []vars.Variable {
	if scopes == nil || scopes.Local == nil {
		return nil
	}
	return slices.Collect(scopes.Local.All())
}

// plain is what a script is if it is plain.
func (c *cache) plain(source string) *plain.Script {
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
