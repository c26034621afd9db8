package vars

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
)

// Cast converts a value as Postman does for a variable of a type: "string",
// "number" and "boolean" by JavaScript's rules (so the string "false" is
// true), "array" and "object" from their JSON text, Undefined when the text is
// something else. Every other type leaves the value as it is.
func Cast(v Value, typ string) Value {
	switch strings.ToLower(typ) {
	case "string":
		return toString(v)
	case "number":
		return toNumber(v)
	case "boolean":
		return truthy(v)
	case "array":
		return parsed(v, '[')
	case "object":
		return parsed(v, '{')
	}
	return v
}

// toString is JavaScript's String, which unlike Text spells undefined out.
func toString(v Value) string {
	if _, ok := v.(Undefined); ok {
		return "undefined"
	}
	return Text(v)
}

// toNumber is JavaScript's Number.
func toNumber(v Value) float64 {
	switch v := v.(type) {
	case nil:
		return 0
	case bool:
		if v {
			return 1
		}
		return 0
	case float64:
		return v
	case string:
		return parseNumber(v)
	case json.RawMessage:
		return parseNumber(Text(v)) // [7] is 7, [] is 0, {} is NaN
	}
	return math.NaN()
}

func parseNumber(s string) float64 {
	s = strings.TrimSpace(s)
	switch s {
	case "":
		return 0
	case "Infinity", "+Infinity":
		return math.Inf(1)
	case "-Infinity":
		return math.Inf(-1)
	}
	if len(s) > 2 && s[0] == '0' && strings.ContainsRune("xXoObB", rune(s[1])) {
		return parsePrefixed(s)
	}
	// ParseFloat also takes hexadecimal, underscores, inf and nan.
	if strings.Trim(s, "0123456789.eE+-") != "" {
		return math.NaN()
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil && !math.IsInf(f, 0) {
		return math.NaN()
	}
	return f
}

// parsePrefixed reads 0x1F, 0o17 and 0b11.
func parsePrefixed(s string) float64 {
	base := map[byte]int{'x': 16, 'o': 8, 'b': 2}[s[1]|0x20]
	f := 0.0
	for _, c := range s[2:] {
		d, err := strconv.ParseUint(string(c), base, 8)
		if err != nil {
			return math.NaN()
		}
		f = f*float64(base) + float64(d)
	}
	return f
}

// truthy is JavaScript's Boolean.
func truthy(v Value) bool {
	switch v := v.(type) {
	case nil, Undefined:
		return false
	case bool:
		return v
	case float64:
		return v != 0 && !math.IsNaN(v)
	case string:
		return v != ""
	}
	return true
}

// parsed is the array or object that v is or that its text holds.
func parsed(v Value, open byte) Value {
	if s, ok := v.(string); ok {
		decoded, err := FromJSON([]byte(s))
		if err != nil {
			return Undefined{}
		}
		v = decoded
	}
	if raw, ok := v.(json.RawMessage); ok && len(raw) > 0 && raw[0] == open {
		return raw
	}
	return Undefined{}
}
