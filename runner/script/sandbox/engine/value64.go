//go:build !386 && !arm

package engine

import lib "modernc.org/libquickjs"

// tagOf is what the engine keeps v as.
func tagOf(v lib.TJSValue) int32 { return int32(v.Ftag) }
