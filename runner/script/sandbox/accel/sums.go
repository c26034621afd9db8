//go:build amd64 || arm64

package accel

import (
	"hash/crc32"

	"postie/runner/script/sandbox/engine"
)

// sums are the checksums of zlib. sum(before, bytes, count, offset) returns a
// signed 32-bit number.
var sums = map[string]engine.Function{
	"sum.crc32":   func(c *engine.Call) engine.Value { return sum(c, crc32Of) },
	"sum.adler32": func(c *engine.Call) engine.Value { return sum(c, adler32Of) },
}

func sum(c *engine.Call, of func(before uint32, data []byte) uint32) engine.Value {
	var before, count, place int
	if !ints(c, 0, &before) || !ints(c, 2, &count, &place) || before != int(int32(before)) {
		return engine.Undefined
	}
	data, ok := part(c, 1, place, count)
	if !ok {
		return engine.Undefined
	}
	return engine.Number(float64(int32(of(uint32(before), data))))
}

func crc32Of(before uint32, data []byte) uint32 { return crc32.Update(before, crc32.IEEETable, data) }

// adler32Of continues a checksum, which Go's package cannot do.
func adler32Of(before uint32, data []byte) uint32 {
	const modulo = 65521
	a, b := before&0xffff, before>>16
	for len(data) > 0 {
		const most = 5552 // bytes that cannot make b overflow
		for _, x := range data[:min(most, len(data))] {
			a += uint32(x)
			b += a
		}
		a, b = a%modulo, b%modulo
		data = data[min(most, len(data)):]
	}
	return a | b<<16
}
