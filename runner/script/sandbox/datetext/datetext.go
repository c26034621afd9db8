// Package datetext parses the date texts that V8's Date.parse accepts: the
// format of the language, and most formats that people write. It reads the same
// tokens as V8, so it also rejects what V8 rejects.
package datetext

import (
	"math"
	"slices"
)

// A Date is the content of a date text.
type Date struct {
	Year, Month, Day                  int // Month and Day begin with 1
	Hour, Minute, Second, Millisecond int
	Local                             bool // the text has no zone, so the local zone applies
	Offset                            int  // of the zone from UTC, in seconds
}

// Parse parses a text. ok is false when the text is no date. Parse does not
// check whether the month has that day.
func Parse(text string) (d Date, ok bool) {
	p := parser{scanner: newScanner(text), day: day{month: none}, time: clock{half: none}, zone: zone{hour: none, minute: none}}
	t := p.iso()
	for ; t.kind != end && t.kind != invalid; t = p.next() {
		if !p.take(t) {
			return d, false
		}
	}
	if t.kind == invalid {
		return d, false
	}
	ok = p.day.write(&d) && p.time.write(&d) && p.zone.write(&d)
	return d, ok
}

const none = -1

func between(n, low, high int) bool { return low <= n && n <= high }

// A parser holds what was read of a text so far.
type parser struct {
	scanner
	day     day
	time    clock
	zone    zone
	numbers bool // a number was read
}

// iso reads the format of the language: 2020-01-02T03:04:05.678Z. It returns
// the first token that does not belong to this format: a token of another
// format, an invalid one, or the end.
func (p *parser) iso() token {
	t, ok := p.isoDay()
	p.numbers = p.day.count > 0
	if !ok {
		return t
	}
	switch {
	case p.peek().kind == separator:
		p.next()
		if !p.isoTime() || p.peek().kind != end {
			return token{kind: invalid}
		}
	case p.peek().kind != end:
		return p.next()
	}
	if p.zone.sign == 0 && p.time.count == 0 {
		p.zone.set(0)
	}
	p.day.iso = true
	return token{kind: end}
}

// isoDay reads year, month and day. When they do not have this format, ok is
// false, and the token is the first for other formats.
func (p *parser) isoDay() (t token, ok bool) {
	switch first := p.peek(); {
	case first.sign() != 0:
		p.next()
		if !p.peek().number(6) {
			return first, false
		}
		year := p.next().value
		if first.sign() < 0 && year == 0 {
			return first, false
		}
		p.day.add(first.sign() * year)
	case first.number(4):
		p.day.add(p.next().value)
	default:
		return p.next(), false
	}
	for _, high := range []int{12, 31} {
		if !p.skip('-') {
			break
		}
		if !p.peek().number(2) || !between(p.peek().value, 1, high) {
			return p.next(), false
		}
		p.day.add(p.next().value)
	}
	return t, true
}

// isoTime reads hour, minute, second and zone, after the T.
func (p *parser) isoTime() bool {
	if !p.peek().number(2) || p.peek().value > 24 {
		return false
	}
	high := 59
	if p.peek().value == 24 {
		high = 0 // midnight at the end of a day
	}
	p.time.add(p.next().value)
	if !p.skip(':') || !p.isoPart(high) {
		return false
	}
	if p.skip(':') {
		if !p.isoPart(high) {
			return false
		}
		if p.skip('.') {
			if t := p.peek(); t.kind != digits || high == 0 && t.value > 0 {
				return false
			}
			p.time.add(p.next().milliseconds())
		}
	}
	return p.isoZone()
}

// isoPart reads a number of two digits as the next part of the time.
func (p *parser) isoPart(high int) bool {
	if !p.peek().number(2) || p.peek().value > high {
		return false
	}
	p.time.add(p.next().value)
	return true
}

func (p *parser) isoZone() bool {
	t := p.peek()
	switch {
	case t.zulu():
		p.next()
		p.zone.set(0)
		return true
	case t.sign() == 0:
		return true
	}
	p.next()
	p.zone.sign = t.sign()
	if p.peek().number(4) {
		n := p.next().value
		p.zone.hour, p.zone.minute = n/100, n%100
		return p.zone.hour < 24 && p.zone.minute < 60
	}
	if !p.peek().number(2) || p.peek().value > 23 {
		return false
	}
	p.zone.hour = p.next().value
	if !p.skip(':') || !p.peek().number(2) || p.peek().value > 59 {
		return false
	}
	p.zone.minute = p.next().value
	return true
}

// take reads on from a token of any other format. It returns false when the
// text is no date.
func (p *parser) take(t token) bool {
	switch {
	case t.kind == digits:
		p.numbers = true
		return p.takeNumber(t.value)
	case t.isWord():
		return p.takeWord(t)
	case t.sign() != 0 && (p.zone.utc() || p.time.count > 0):
		p.numbers = true
		return p.takeOffset(t.sign())
	case t.sign() != 0 || t.is(')'):
		return !p.numbers
	}
	return true
}

// takeNumber reads a part of the time or of the day. The token after the
// number, and the parts read before, decide which part it is.
func (p *parser) takeNumber(n int) bool {
	switch {
	case p.skip(':'):
		if p.skip(':') { // there are no minutes
			return p.time.count == 0 && p.time.add(n) && p.time.add(0)
		}
		if !p.time.add(n) {
			return false
		}
		p.skip('.')
		return true
	case p.skip('.') && p.time.expects(n):
		p.time.add(n)
		if p.peek().kind != digits {
			return false
		}
		p.time.finish(p.next().milliseconds())
	case p.zone.expects(n):
		p.zone.minute = n
	case p.time.expects(n):
		p.time.finish(n)
		t := p.peek()
		return t.kind == end || t.kind == space || t.zulu() || t.sign() != 0
	default:
		if !p.day.add(n) {
			return false
		}
		p.skip('-')
	}
	return true
}

// takeWord reads the name of a month, a zone, or am or pm. Other words are
// allowed only before the first number.
func (p *parser) takeWord(t token) bool {
	switch {
	case t.kind == half && p.time.count > 0:
		p.time.half = t.value
	case t.kind == month:
		p.day.month = t.value
		p.skip('-')
	case t.kind == zoneName && p.numbers:
		p.zone.set(t.value)
	default:
		return !p.numbers && p.peek().kind != digits
	}
	return true
}

// takeOffset reads the offset of a zone from UTC: 1, 01, 0130 or 01:30.
func (p *parser) takeOffset(sign int) bool {
	var number token
	if p.peek().kind == digits {
		number = p.next()
	}
	p.zone.sign = sign
	switch {
	case p.peek().is(':'):
		p.zone.hour, p.zone.minute = number.value, none
	case number.size == 1 || number.size == 2:
		p.zone.hour, p.zone.minute = number.value, 0
	case number.size == 3 || number.size == 4:
		p.zone.hour, p.zone.minute = number.value/100, number.value%100
	default:
		return false
	}
	return true
}

// A day is up to three numbers, and perhaps the name of a month.
type day struct {
	parts [3]int
	count int
	month int // none: the text does not name it
	iso   bool
}

func (d *day) add(n int) bool {
	if d.count == len(d.parts) {
		return false
	}
	d.parts[d.count] = n
	d.count++
	return true
}

// write decides which number is the day, the month and the year. Missing
// numbers are 1.
func (d *day) write(to *Date) bool {
	if d.count == 0 {
		return false
	}
	for d.add(1) {
	}
	a, b, c := d.parts[0], d.parts[1], d.parts[2]
	isDay := between(a, 1, 31)
	switch {
	case d.month == none && (d.iso || !isDay):
		to.Year, to.Month, to.Day = a, b, c
	case d.month == none:
		to.Year, to.Month, to.Day = c, a, b
	case !isDay:
		to.Year, to.Month, to.Day = a, d.month, b
	default:
		to.Year, to.Month, to.Day = b, d.month, a
	}
	switch {
	case d.iso:
	case between(to.Year, 0, 49):
		to.Year += 2000
	case between(to.Year, 50, 99):
		to.Year += 1900
	}
	return between(to.Month, 1, 12) && between(to.Day, 1, 31)
}

// A clock is the parts of a time: hour, minute, second and millisecond.
type clock struct {
	parts [4]int
	count int
	half  int // hours to add for pm; none without am and pm
}

func (c *clock) add(n int) bool {
	if c.count == len(c.parts) {
		return false
	}
	c.parts[c.count] = n
	c.count++
	return true
}

// finish adds the last part of the time. Further parts are 0.
func (c *clock) finish(n int) {
	c.add(n)
	for c.add(0) {
	}
}

// expects reports whether n can be the next part of the time.
func (c *clock) expects(n int) bool {
	highs := [...]int{none, 59, 59, 999}
	return c.count < len(highs) && n <= highs[c.count]
}

func (c *clock) write(to *Date) bool {
	for c.add(0) {
	}
	hour, rest := c.parts[0], c.parts[1:]
	if c.half != none {
		if hour > 12 {
			return false
		}
		hour = hour%12 + c.half
	}
	to.Hour, to.Minute, to.Second, to.Millisecond = hour, rest[0], rest[1], rest[2]
	midnight := hour == 24 && slices.Max(rest) == 0
	return midnight || hour < 24 && rest[0] < 60 && rest[1] < 60 && rest[2] < 1000
}

// A zone is an offset from UTC. sign is 0 when there is no zone.
type zone struct{ sign, hour, minute int }

// set sets the offset to some hours.
func (z *zone) set(hours int) {
	z.sign, z.hour, z.minute = 1, hours, 0
	if hours < 0 {
		z.sign, z.hour = -1, -hours
	}
}

func (z *zone) utc() bool { return z.hour == 0 && z.minute == 0 }

// expects reports whether n can be the minutes of the offset.
func (z *zone) expects(n int) bool { return z.hour != none && z.minute == none && n < 60 }

func (z *zone) write(to *Date) bool {
	to.Local = z.sign == 0
	to.Offset = z.sign * (max(z.hour, 0)*60 + max(z.minute, 0)) * 60
	return between(to.Offset, math.MinInt32, math.MaxInt32)
}
