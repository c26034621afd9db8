package mask

const (
	// shortestRun is the least number of base64 characters that are decoded.
	// Needles find a secret in fewer characters.
	shortestRun = 11

	// shortestLine is the least length of a base64 line that continues in the
	// next line.
	shortestLine = 20

	noSextet = 64
)

// sextets maps each character of both base64 alphabets to its six bits.
var sextets = func() (table [256]byte) {
	for i := range table {
		table[i] = noSextet
	}
	for i, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/") {
		table[c] = byte(i)
	}
	table['-'], table['_'] = 62, 63
	return table
}()

// base64 decodes all runs of base64. It tries each of the four possible starts
// of a group, because letters may stand before the base64.
func (d *decoder) base64() {
	for at := 0; at+shortestRun <= len(d.text); {
		end := at + shortestRun
		other := end - 1 // the last character of a window that is not base64
		for other >= at && sextets[d.text[other]] != noSextet {
			other--
		}
		if other >= at {
			if c := d.escaped(other); c.width == 0 || isLineEnd(c) {
				at = other + 1
				continue
			}
			end = other
			for at = other; at > 0 && sextets[d.text[at-1]] != noSextet; at-- {
			}
		}
		at = d.base64Run(at, end)
	}
}

// base64Run decodes a run, whose characters up to end are known, and returns
// where the run ends.
func (d *decoder) base64Run(start, end int) int {
	for end < len(d.text) && sextets[d.text[end]] != noSextet {
		end++
	}
	if d.escaped(end).width == 0 && !mixed(d.text[start:end]) {
		return end + 1
	}
	d.spare.reset()
	after := d.goOn(start, end)
	if len(d.spare.chars) >= shortestRun && mixed(view(d.spare.chars)) {
		r := d.take()
		for first := range 4 {
			d.add(r, first, 6, appendBase64)
		}
	}
	return max(after, end+1)
}

// escaped returns the escaped base64 character or line end at an index.
func (d *decoder) escaped(at int) symbol {
	if at+1 >= len(d.text) {
		return symbol{}
	}
	switch next := d.text[at+1]; d.text[at] {
	case '\n', '\r', '%':
	case '\\':
		if next == '"' || next == '\'' {
			return symbol{}
		}
	case '&':
		if next != '#' {
			return symbol{}
		}
	default:
		return symbol{}
	}
	return base64Symbol(d.text, at)
}

// mixed reports whether a run contains letters of both cases, as the base64 of
// any longer text does. Words, numbers and UUIDs are not decoded.
func mixed(chars string) bool {
	upper, lower := false, false
	for i := range len(chars) {
		switch c := chars[i] &^ 0x20; {
		case c < 'A' || c > 'Z':
		case c == chars[i]:
			upper = true
		default:
			lower = true
		}
		if upper && lower {
			return true
		}
	}
	return false
}

// goOn reads base64 characters, also escaped ones and those in the following
// lines, into the spare run. It returns where they end.
func (d *decoder) goOn(start, end int) int {
	line := 0
	for {
		for end < len(d.text) && sextets[d.text[end]] != noSextet {
			end++
		}
		d.spare.addText(d.text, start, end)
		line += end - start
		c := d.escaped(end)
		switch {
		case c.width == 0 || isLineEnd(c) && line < shortestLine:
			return end
		case isLineEnd(c):
			line = 0
			for ; isLineEnd(c); c = d.escaped(end) {
				end += c.width
			}
		default:
			d.spare.add(byte(c.value), end, c.width)
			line++
			end += c.width
		}
		start = end
	}
}

// base64Symbol returns the next symbol, escaped or not, if it is a base64
// character or a line end. Otherwise the width is 0.
func base64Symbol(text string, at int) symbol {
	for level := range maxLevels + 1 {
		c := symbolAt(text, at, level)
		if isLineEnd(c) || c.width > 0 && c.value >= 0 && c.value < 256 && sextets[c.value] != noSextet {
			return c
		}
	}
	return symbol{}
}

func isLineEnd(c symbol) bool { return c.width > 0 && (c.value == '\n' || c.value == '\r') }

func appendBase64(out, chars []byte) []byte {
	for ; len(chars) >= 4; chars = chars[4:] {
		a, b, c, d := sextets[chars[0]], sextets[chars[1]], sextets[chars[2]], sextets[chars[3]]
		out = append(out, a<<2|b>>4, b<<4|c>>2, c<<6|d)
	}
	if len(chars) >= 2 {
		out = append(out, sextets[chars[0]]<<2|sextets[chars[1]]>>4)
	}
	if len(chars) == 3 {
		out = append(out, sextets[chars[1]]<<4|sextets[chars[2]]>>2)
	}
	return out
}
