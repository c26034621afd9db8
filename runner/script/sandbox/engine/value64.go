//go:build !(386 || arm)

package engine

import (
	"math"

	lib "modernc.org/libquickjs"
)

// A Value is a JavaScript value in the engine's format. The zero Value is the
// number 0. A Value that is an object, a string or a big number is a reference,
// which has an owner: see Machine.Free.
type Value = lib.TJSValue

// word returns the content of a value besides its tag.
func word(v Value) *uint64 { return (*uint64)(pointerTo(&v.Fu)) }

func tagged(tag int64, w uint64) Value {
	v := Value{Ftag: tag}
	*(*uint64)(pointerTo(&v.Fu)) = w
	return v
}

func tagOf(v Value) int32                { return int32(v.Ftag) }
func pointerOf(v Value) uintptr          { return uintptr(*word(v)) }
func intOf(v Value) int32                { return int32(*word(v)) }
func floatOf(v Value) float64            { return math.Float64frombits(*word(v)) }
func simple(tag int64) Value             { return Value{Ftag: tag} }
func ofInt(n int32) Value                { return tagged(lib.EJS_TAG_INT, uint64(uint32(n))) }
func ofFloat(f float64) Value            { return tagged(lib.EJS_TAG_FLOAT64, math.Float64bits(f)) }
func ofBool(b uint32) Value              { return tagged(lib.EJS_TAG_BOOL, uint64(b)) }
func counted(tag int64, n int32) Value   { return tagged(tag, uint64(uint32(n))) }
func ofPointer(t int64, p uintptr) Value { return tagged(t, uint64(p)) }
