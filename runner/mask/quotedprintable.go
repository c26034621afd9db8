package mask

import "strings"

// quotedPrintable decodes a text with escapes of quoted-printable (RFC 2045,
// section 6.7).
func (d *decoder) quotedPrintable() {
	last := 0
	d.spare.reset()
	for at := 0; ; {
		n := strings.IndexByte(d.text[at:], '=')
		if n < 0 {
			break
		}
		at += n
		value, width := quotedPrintable(d.text[at:])
		if width == 0 {
			at++
			continue
		}
		d.spare.addText(d.text, last, at)
		if value >= 0 {
			d.spare.add(byte(value), at, width)
		}
		at += width
		last = at
	}
	if last > 0 {
		d.spare.addText(d.text, last, len(d.text))
		d.add(d.take(), 0, 8, appendBytes)
	}
}

// quotedPrintable reads an escaped byte, or an escaped line end, for which the
// value is negative. The width is 0 when there is no escape.
func quotedPrintable(s string) (value, width int) {
	if len(s) > 2 {
		high, ok1 := hexDigit(rune(s[1]))
		low, ok2 := hexDigit(rune(s[2]))
		if ok1 && ok2 {
			return int(high<<4 | low), 3
		}
	}
	for _, end := range []string{"=\r\n", "=\n", `=\r\n`, `=\n`} {
		if strings.HasPrefix(s, end) {
			return -1, len(end)
		}
	}
	return 0, 0
}
