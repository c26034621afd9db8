package report

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"postie/runner/event"
	"postie/runner/runlog"
)

// MissingParts says which parts of a run that was spread over several machines
// are not among the logs; "" when all are, or nothing was spread. A log without a
// run is that of a part that had nothing to do, whichever it was.
func MissingParts(logs ...Log) (string, error) {
	counts := map[int][]int{} // by the number of parts, how often each is there
	empty := 0
	for _, log := range logs {
		parts, runs, err := partsOf(log)
		if err != nil {
			return "", err
		}
		if runs == 0 {
			empty++
		}
		for p := range parts {
			if counts[p.of] == nil {
				counts[p.of] = make([]int, p.of)
			}
			counts[p.of][p.number-1]++
		}
	}
	var missing []string
	for _, of := range slices.Sorted(maps.Keys(counts)) {
		most := slices.Max(counts[of])
		for i, n := range counts[of] {
			if n < most {
				missing = append(missing, fmt.Sprintf("%d/%d", i+1, of))
			}
		}
	}
	if len(missing) <= empty {
		return "", nil
	}
	return strings.Join(missing, ", "), nil
}

// A part of a run is one of several machines'.
type part struct{ number, of int }

// partsOf are the parts that a log is of, and how many runs it has.
func partsOf(log Log) (parts map[part]bool, runs int, err error) {
	parts = map[part]bool{}
	for e, err := range log.Events(runlog.RunStarted) {
		if err != nil {
			return nil, 0, err
		}
		start, ok := e.(*event.RunStarted)
		if !ok {
			continue
		}
		runs++
		var p part
		if n, _ := fmt.Sscanf(start.Part, "%d/%d", &p.number, &p.of); n == 2 && p.number >= 1 && p.number <= p.of {
			parts[p] = true
		}
	}
	return parts, runs, nil
}
