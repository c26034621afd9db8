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
		{"ecpoint", []string{"multiply", "twice", "multiplyTwo", "getX", "isInfinity"}},
		{"bn", []string{"_initNumber", "_countBits", "_wordDiv", "_invmp", "divmod", "toRed", "redPow"}},
		{"hasher", []string{"_doReset", "_doProcessBlock", "_doFinalize"}},
		{"aes", []string{"_doReset", "encryptBlock", "decryptBlock", "_doCryptBlock"}},
		{"forge", []string{"algorithms", "sha1", "sha256"}},
		{"forge", []string{"_expandKey", "_updateBlock", "startEncrypting"}},
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
	case "remember":
		return engine.Remember
	case "intact":
		return engine.Intact
	}
	for _, of := range []map[string]engine.Function{jsbn, bn, csv, ciphers} {
		if f := of[name]; f != nil {
			return f
		}
	}
	return nil
}
