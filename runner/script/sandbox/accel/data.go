//go:build amd64 || arm64

package accel

import "postie/runner/script/sandbox/engine"

// plainData are the functions for plain data: what JSON.parse makes.
var plainData = map[string]engine.Function{"data.same": sameData, "data.copy": copyData}

// sameData is same(a, b): true when they are surely deeply equal.
func sameData(c *engine.Call) engine.Value { return engine.Bool(c.SameData(c.At(0), c.At(1))) }

// copyData is copy(value): a deep copy, undefined when Go cannot make one.
func copyData(c *engine.Call) engine.Value { return c.CopyData(c.At(0)) }
