//go:build amd64 || arm64

package accel

import "postie/runner/script/sandbox/engine"

// A Library is one that can be found in a machine: an object with properties
// of these names is part of it. The first name is that of the file of ours
// which knows what to do.
type Library struct {
	File  string
	Names []string
}

// Libraries are all of them.
func Libraries() []Library {
	return []Library{
		{"jsbn", []string{"am", "multiplyTo", "squareTo", "divRemTo", "dlShiftTo", "drShiftTo", "invDigit", "compareTo"}},
	}
}

// Function is the one our files ask for by that name, nil when there is none.
func Function(name string) engine.Function {
	switch name {
	case "exchange":
		return engine.Exchange
	case "around":
		return engine.Around
	case "mentions":
		return engine.Mentions
	}
	return jsbn[name]
}
