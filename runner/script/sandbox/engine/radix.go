package engine

import (
	"math"
	"slices"

	"modernc.org/libc"
	lib "modernc.org/libquickjs"
)

// writeRadix makes Number.prototype.toString write numbers in a radix other
// than ten as V8 does: ECMAScript does not define the number of digits.
func (m *Machine) writeRadix() {
	fn := m.member("Number", "prototype", "toString")
	defer m.Free(fn)
	override(m, fn, func(own dispatcher) dispatcher {
		return func(tls *libc.TLS, ctx uintptr, this Value, count int32, first uintptr, magic int32) Value {
			if count > 0 && tagOf(this) == lib.EJS_TAG_FLOAT64 && tagOf(*at[Value](first)) == lib.EJS_TAG_INT {
				f, radix := floatOf(this), int(intOf(*at[Value](first)))
				if radix != 10 && 2 <= radix && radix <= 36 && !math.IsNaN(f) && !math.IsInf(f, 0) {
					return m.String(radixText(f, radix))
				}
			}
			return own(tls, ctx, this, count, first, magic)
		}
	})
}

const radixDigits = "0123456789abcdefghijklmnopqrstuvwxyz"

// radixText returns a number in a radix, with as many digits after the point as
// are needed to distinguish it from its neighbors.
func radixText(f float64, radix int) string {
	whole, part := math.Modf(math.Abs(f))
	fraction, carry := fractionDigits(part, math.Abs(f), radix)
	if carry {
		whole++
	}
	out := wholeDigits(whole, radix)
	if math.Signbit(f) && f != 0 {
		out = slices.Insert(out, 0, '-')
	}
	if len(fraction) > 0 {
		out = append(append(out, '.'), fraction...)
	}
	return string(out)
}

// fractionDigits returns the digits of a number's fraction. carry means that
// one must be added to the integer part. Each product is rounded on its own (no
// fused multiply-add), so that all processors give the same digits.
func fractionDigits(part, of float64, radix int) (digits []byte, carry bool) {
	delta := max(0.5*(math.Nextafter(of, math.Inf(1))-of), math.SmallestNonzeroFloat64)
	base := float64(radix)
	for part >= delta {
		part, delta = float64(part*base), float64(delta*base)
		digit := int(part)
		digits = append(digits, radixDigits[digit])
		part -= float64(digit)
		if (part > 0.5 || part == 0.5 && digit&1 == 1) && part+delta > 1 {
			return roundedUp(digits, radix)
		}
	}
	return digits, false
}

// roundedUp adds one to the last digit. Digits that overflow are removed.
func roundedUp(digits []byte, radix int) (_ []byte, carry bool) {
	last := radixDigits[radix-1]
	for len(digits) > 0 && digits[len(digits)-1] == last {
		digits = digits[:len(digits)-1]
	}
	if len(digits) == 0 {
		return nil, true
	}
	end := &digits[len(digits)-1]
	*end = radixDigits[slices.Index([]byte(radixDigits), *end)+1]
	return digits, false
}

// wholeDigits returns the digits of an integer. Digits beyond the precision of
// the number are zeros.
func wholeDigits(n float64, radix int) (digits []byte) {
	base := float64(radix)
	for n/base >= 1<<53 {
		n /= base
		digits = append(digits, '0')
	}
	for {
		rest := math.Mod(n, base)
		digits = append(digits, radixDigits[int(rest)])
		if n = (n - rest) / base; n <= 0 {
			break
		}
	}
	slices.Reverse(digits)
	return digits
}
