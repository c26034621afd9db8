//go:build 386 || arm

package engine

import (
	"math"

	lib "modernc.org/libquickjs"
)

// A Value is a JavaScript value in the engine's format. A Value that is an
// object, a string or a big number is a reference, which has an owner: see
// Machine.Free.
type Value = lib.TJSValue

// Floating-point numbers are shifted, so that they differ from the tags of
// other values.
const (
	floatShift = (0x7ff80000 - lib.EJS_TAG_FIRST + 1) << 32
	notANumber = 1<<64 + 0x7ff8000000000000 - floatShift // as the engine defines it, with wraparound
)

func tagOf(v Value) int32 {
	var first int32 = lib.EJS_TAG_FIRST // a variable, because a negative constant cannot be converted to unsigned
	tag := int32(v >> 32)
	if uint32(tag)-uint32(first) >= lib.EJS_TAG_FLOAT64-lib.EJS_TAG_FIRST {
		return lib.EJS_TAG_FLOAT64
	}
	return tag
}

func pointerOf(v Value) uintptr { return uintptr(uint32(v)) }
func intOf(v Value) int32       { return int32(v) }
func floatOf(v Value) float64   { return math.Float64frombits(v + floatShift) }
func simple(tag int64) Value    { return Value(tag) << 32 }
func ofInt(n int32) Value       { return Value(uint32(n)) }
func ofBool(b uint32) Value     { return lib.EJS_TAG_BOOL<<32 | Value(b) }

func ofFloat(f float64) Value {
	if f != f {
		return notANumber
	}
	return math.Float64bits(f) - floatShift
}

func counted(tag int64, n int32) Value { return Value(tag)<<32 | Value(uint32(n)) }

func ofPointer(tag int64, p uintptr) Value { return Value(tag)<<32 | Value(uint32(p)) }
