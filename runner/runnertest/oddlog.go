package runnertest

import (
	"bytes"
	"encoding/json"
	"maps"
	"math/rand/v2"
	"slices"
)

// OddLog is a run log with up to three things wrong: lines that are missing,
// doubled or in another order, members that are missing or of another type. What
// is wrong depends on r alone.
func OddLog(log []byte, r *rand.Rand) []byte {
	lines := bytes.Split(bytes.TrimSpace(log), []byte("\n"))
	for range 1 + r.IntN(3) {
		i, j := r.IntN(len(lines)), r.IntN(len(lines))
		switch r.IntN(6) {
		case 0:
			if len(lines) > 1 {
				lines = slices.Delete(lines, i, i+1)
			}
		case 1:
			lines[i], lines[j] = lines[j], lines[i]
		case 2:
			lines = slices.Insert(lines, i, lines[j])
		default:
			lines[i] = oddLine(lines[i], r)
		}
	}
	return bytes.Join(lines, []byte("\n"))
}

// oddLine has another value somewhere.
func oddLine(line []byte, r *rand.Rand) []byte {
	var members map[string]any
	if json.Unmarshal(line, &members) != nil {
		return line
	}
	v, kind := members["v"], members["event"]
	odd, ok := oddValue(members, r, true).(map[string]any)
	if !ok {
		return line
	}
	odd["v"], odd["event"] = v, kind // else it is no line of a log
	out, err := json.Marshal(odd)
	if err != nil {
		return line
	}
	return out
}

func oddValue(v any, r *rand.Rand, inside bool) any {
	odd := []any{nil, 7.0, -1.0, 1e300, "", "x", true, []any{}, []any{nil}, map[string]any{}, map[string]any{"a": nil}}
	switch v := v.(type) {
	case map[string]any:
		if len(v) == 0 || !inside && r.IntN(4) == 0 {
			break
		}
		keys := slices.Sorted(maps.Keys(v))
		key := keys[r.IntN(len(keys))]
		if r.IntN(6) == 0 {
			delete(v, key)
		} else {
			v[key] = oddValue(v[key], r, false)
		}
		return v
	case []any:
		if len(v) == 0 || r.IntN(3) == 0 {
			break
		}
		i := r.IntN(len(v))
		v[i] = oddValue(v[i], r, false)
		return v
	}
	return odd[r.IntN(len(odd))]
}
