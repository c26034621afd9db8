package mask

const (
	// shortestRun is how many characters of base64 are decoded at least. Needles
	// find a secret in fewer.
	shortestRun = 11

	// shortestLine is how many characters of base64 a line has at least to go on
	// in the next one.
	shortestLine = 20

	noSextet = 64
)

// sextets are the six bits of each character of both alphabets of base64.
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

// base64 decodes the runs of base64, from each of the four characters on with
// which a group may begin: letters may stand before it.
func (d *decoder) base64() {
	for at := 0; at+shortestRun <= len(d.text); {
		end := at + shortestRun
		other := end - 1 // the last character of a window that is not of base64
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

// base64Run decodes a run of which the characters up to end are known, and
// returns where it ends.
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

// escaped is the escaped character of base64, or end of a line, at a place.
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

// mixed reports whether there are letters of both cases, as in the base64 of
// any text of some length. Words, numbers and UUIDs are not decoded.
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

// goOn reads characters of base64, and those that follow them escaped or in
// further lines, into the spare run. It returns where they end.
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

// base64Symbol is the character of base64 or the end of a line that comes next,
// escaped or not; of width 0 for anything else.
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
