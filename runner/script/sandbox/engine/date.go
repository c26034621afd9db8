package engine

import (
	"math"
	"unsafe"

	"modernc.org/libc"

	"postie/runner/script/sandbox/datetext"
)

// readDates makes Date and Date.parse read texts as V8 does: ECMAScript does
// not define the result for texts in other formats than its own.
func (m *Machine) readDates() {
	date, parse := m.member("Date"), m.member("Date", "parse")
	defer m.Free(date)
	defer m.Free(parse)
	override(m, date, func(own cFunction) cFunction {
		return func(tls *libc.TLS, ctx uintptr, target Value, count int32, first uintptr) Value {
			text, ok := "", false
			if count == 1 && !IsUndefined(target) {
				text, ok = m.Text(*at[Value](first))
			}
			if !ok {
				return own(tls, ctx, target, count, first)
			}
			const size = int(valueSize)
			p := tls.Alloc(size)
			defer tls.Free(size)
			*at[Value](p) = ofFloat(m.dateOf(text))
			return own(tls, ctx, target, 1, p)
		}
	})
	override(m, parse, func(own cFunction) cFunction {
		return func(tls *libc.TLS, ctx uintptr, this Value, count int32, first uintptr) Value {
			if count > 0 {
				if text, ok := m.Text(*at[Value](first)); ok {
					return Number(m.dateOf(text))
				}
			}
			return own(tls, ctx, this, count, first)
		}
	})
}

// dateOf returns the time of a date text in milliseconds, or NaN when it is no
// date.
func (m *Machine) dateOf(text string) float64 {
	d, ok := datetext.Parse(text)
	if !ok {
		return math.NaN()
	}
	fields := [...]float64{float64(d.Year), float64(d.Month - 1), float64(d.Day), float64(d.Hour), float64(d.Minute), float64(d.Second), float64(d.Millisecond)}
	const size = int(unsafe.Sizeof(fields))
	p := m.tls.Alloc(size)
	defer m.tls.Free(size)
	*at[[len(fields)]float64](p) = fields
	local := int32(0)
	if d.Local {
		local = 1
	}
	return clipped(timeOf(m.tls, p, local) - float64(d.Offset)*1000)
}

// clipped returns NaN for a time outside the range of dates.
func clipped(ms float64) float64 {
	const last = 8.64e15
	if math.Abs(ms) > last {
		return math.NaN()
	}
	return ms + 0 // turns -0 into 0
}

// timeOf returns the time of the date with these fields (year, month from 0,
// day and so on). When local is 1, the fields are in the machine's time zone.
// The engine does not export it.
//
//go:linkname timeOf modernc.org/libquickjs._set_date_fields
func timeOf(tls *libc.TLS, fields uintptr, local int32) float64
