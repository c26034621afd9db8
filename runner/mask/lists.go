package mask

const (
	// shortestList is the least number of bytes in a list that is decoded.
	shortestList = shortest

	// shortestDigits is the least number of hexadecimal digits without
	// separators that are decoded. Needles find a secret in fewer digits.
	shortestDigits = 16

	// longestBetween limits the white space between two bytes of a list.
	longestBetween = 40
)

// listBytes are the characters of lists of bytes.
var listBytes = func() (table [256]bool) {
	for _, c := range []byte("0123456789abcdefABCDEFxX:,- \t\r\n") {
		table[c] = true
	}
	return table
}()

// shortestListText is the length of the shortest list, which has four numbers.
const shortestListText = 2*shortestList - 1

// lists decodes lists of bytes: hexadecimal digits separated by colons, spaces
// or commas, as in fingerprints and in node's output of a Buffer, and decimal
// numbers, as in the JSON of a Buffer. Hexadecimal digits without separators
// are also such a list.
func (d *decoder) lists() {
	for at := 0; at+shortestListText <= len(d.text); {
		other := at + shortestListText - 1 // the last byte of a window that cannot be in a list
		for other >= at && listBytes[d.text[other]] {
			other--
		}
		if other >= at {
			at = other + 1
			continue
		}
		for at < len(d.text) && listBytes[d.text[at]] {
			at = d.list(at)
		}
	}
}

// list decodes a list that begins at an index. It returns where to continue.
func (d *decoder) list(at int) int {
	if !isHexDigit(d.text[at]) || at > 0 && isAlphanumeric(rune(d.text[at-1])) && d.text[at-1] != 'x' {
		return at + 1
	}
	end := at + 1
	if hex := d.hexList(at); len(d.spare.chars) >= 2*shortestList {
		d.add(d.take(), 0, 4, appendHex)
		end = max(end, hex)
	}
	if decimal := d.decimalList(at); len(d.spare.chars) >= shortestList {
		d.add(d.take(), 0, 8, appendBytes)
		end = max(end, decimal)
	}
	return end
}

func isHexDigit(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

func appendHex(out, chars []byte) []byte {
	for ; len(chars) >= 2; chars = chars[2:] {
		high, _ := hexDigit(rune(chars[0]))
		low, _ := hexDigit(rune(chars[1]))
		out = append(out, byte(high<<4|low))
	}
	return out
}

func appendBytes(out, chars []byte) []byte { return append(out, chars...) }

// hexList reads a list of pairs of hexadecimal digits into the spare run, and
// returns its end. Groups of several pairs, as in dumps, may be separated only
// by spaces, so a UUID is no list.
func (d *decoder) hexList(at int) int {
	d.spare.reset()
	for end := at; ; {
		n := at
		for n < len(d.text) && isHexDigit(d.text[n]) {
			n++
		}
		if n == at || (n-at)%2 != 0 || n < len(d.text) && isAlphanumeric(rune(d.text[n])) {
			return end
		}
		next := d.betweenBytes(n, n-at == 2)
		if next < len(d.text)-2 && d.text[next] == '0' && d.text[next+1]|0x20 == 'x' {
			next += 2
		}
		if len(d.spare.chars) == 0 && n-at < shortestDigits && !(next > n && next < len(d.text) && isHexDigit(d.text[next])) {
			return end
		}
		d.spare.addText(d.text, at, n)
		if end = n; next == n {
			return end
		}
		at = next
	}
}

// decimalList reads a list of numbers below 256 into the spare run, and returns
// its end.
func (d *decoder) decimalList(at int) int {
	d.spare.reset()
	for end := at; ; {
		n, value := at, 0
		for n < len(d.text) && value < 256 && d.text[n] >= '0' && d.text[n] <= '9' {
			value = value*10 + int(d.text[n]-'0')
			n++
		}
		if n == at || value > 255 || n < len(d.text) && (isAlphanumeric(rune(d.text[n])) || d.text[n] == '.') {
			return end
		}
		next := d.betweenBytes(n, true)
		if len(d.spare.chars) == 0 && !(next > n && next < len(d.text) && isHexDigit(d.text[next])) {
			return end
		}
		d.spare.add(byte(value), at, n-at)
		if end = n; next == n {
			return end
		}
		at = next
	}
}

// betweenBytes returns the end of the separator between two bytes of a list: an
// optional sign, if sign allows it, and spaces.
func (d *decoder) betweenBytes(at int, sign bool) int {
	text := d.text
	if sign && at < len(text) && (text[at] == ':' || text[at] == '-' || text[at] == ',') {
		at++
	}
	for range longestBetween {
		if at == len(text) || text[at] != ' ' && text[at] != '\t' && text[at] != '\r' && text[at] != '\n' {
			break
		}
		at++
	}
	return at
}
