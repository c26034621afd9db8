package collections

import (
	"iter"
	"strings"

	"github.com/tidwall/gjson"
)

// elements yields the elements of an array, each with its offset in the
// document; nothing when r is not an array.
func elements(r gjson.Result) iter.Seq[gjson.Result] {
	return func(yield func(gjson.Result) bool) {
		if !r.IsArray() {
			return
		}
		for at, ok := nextToken(r.Raw, 1); ok; {
			v, end := valueAt(r, at)
			if !yield(v) {
				return
			}
			at, ok = nextToken(r.Raw, end)
		}
	}
}

// appendMembers appends the members of an object; nothing when r is not an
// object.
func appendMembers(list object, r gjson.Result) object {
	if !r.IsObject() {
		return list
	}
	for at, ok := nextToken(r.Raw, 1); ok; {
		key := valueOf(r.Raw[at:stringEnd(r.Raw, at)])
		at = afterColon(r.Raw, at+len(key.Raw))
		v, end := valueAt(r, at)
		list = append(list, property{key.Str, key.Raw, v})
		at, ok = nextToken(r.Raw, end)
	}
	return list
}

// valueAt returns the value that begins at an offset of an object or array, and
// the offset of its end.
func valueAt(r gjson.Result, at int) (v gjson.Result, end int) {
	end = valueEnd(r.Raw, at)
	v = valueOf(r.Raw[at:end])
	v.Index = r.Index + at
	return v, end
}

// valueOf returns the value of a text whose end is known; gjson.Parse would
// look for the end again.
func valueOf(raw string) gjson.Result {
	last := len(raw) - 1
	switch {
	case last > 0 && (raw[0] == '{' || raw[0] == '['):
		return gjson.Result{Type: gjson.JSON, Raw: raw}
	case last > 0 && raw[0] == '"' && raw[last] == '"' && strings.IndexByte(raw, '\\') < 0:
		return gjson.Result{Type: gjson.String, Raw: raw, Str: raw[1:last]}
	}
	return gjson.Parse(raw)
}

// nextToken returns the offset at which the next key or element begins. It
// reports false at the end of the object or array. Like all functions here it
// expects JSON, but ends also when the text is not JSON.
func nextToken(src string, at int) (int, bool) {
	if at = skipSpace(src, at); at < len(src) && src[at] == ',' {
		at = skipSpace(src, at+1)
	}
	return at, at < len(src) && src[at] != ']' && src[at] != '}'
}

// afterColon returns where the value begins whose key ends at an offset.
func afterColon(src string, at int) int {
	return min(skipSpace(src, skipSpace(src, at)+1), len(src))
}

func skipSpace(src string, at int) int {
	for at < len(src) && (src[at] == ' ' || src[at] == '\n' || src[at] == '\r' || src[at] == '\t') {
		at++
	}
	return at
}

// valueEnd returns where the value ends that begins at an offset.
func valueEnd(src string, at int) int {
	switch {
	case at == len(src):
		return at
	case src[at] == '"':
		return stringEnd(src, at)
	case src[at] == '{' || src[at] == '[':
		return compoundEnd(src, at)
	}
	for at < len(src) && strings.IndexByte(",]} \n\r\t", src[at]) < 0 {
		at++
	}
	return at
}

func stringEnd(src string, at int) int {
	for at++; at < len(src); at++ {
		switch src[at] {
		case '\\':
			at++
		case '"':
			return at + 1
		}
	}
	return len(src)
}

// compoundEnd returns where the object or array ends that begins at an offset.
func compoundEnd(src string, at int) int {
	for depth := 0; at < len(src); at++ {
		switch src[at] {
		case '"':
			at = stringEnd(src, at) - 1
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return at + 1
			}
		}
	}
	return len(src)
}
