//go:build amd64 || arm64

package accel

import "postie/runner/script/sandbox/engine"

// plainData are the functions for plain data: values such as JSON.parse
// returns.
var plainData = map[string]engine.Function{"data.same": sameData, "data.copy": copyData}

// sameData implements same(a, b). It returns true when the values are certainly
// deeply equal.
func sameData(c *engine.Call) engine.Value { return engine.Bool(c.SameData(c.At(0), c.At(1))) }

// copyData implements copy(value). It returns a deep copy, or undefined when Go
// cannot make one.
func copyData(c *engine.Call) engine.Value { return c.CopyData(c.At(0)) }
