package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// millis prints milliseconds as newman does, cut and not rounded: 20µs,
// 33ms, 1.9s, 1m 1.5s.
func millis(ms float64) string {
	switch {
	case ms < 1:
		return strconv.Itoa(int(ms*1000)) + "µs"
	case ms < 1998:
		return strconv.Itoa(int(ms)) + "ms"
	}
	total := int64(ms) / 100 // tenths of a second
	days, total := total/864000, total%864000
	hours, total := total/36000, total%36000
	minutes, tenths := total/600, total%600
	var parts []string
	for _, p := range []struct {
		n    int64
		unit string
	}{{days, "d"}, {hours, "h"}, {minutes, "m"}} {
		if p.n > 0 {
			parts = append(parts, strconv.FormatInt(p.n, 10)+p.unit)
		}
	}
	if tenths > 0 || len(parts) == 0 {
		parts = append(parts, strings.TrimSuffix(fmt.Sprintf("%d.%d", tenths/10, tenths%10), ".0")+"s")
	}
	return strings.Join(parts, " ")
}

func took(d time.Duration) string { return millis(float64(d) / float64(time.Millisecond)) }

// size prints bytes in decimal units: 194B, 1.02kB.
func size(n int64) string {
	v, units := float64(n), []string{"B", "kB", "MB", "GB", "TB"}
	for len(units) > 1 && v >= 1000 {
		v, units = v/1000, units[1:]
	}
	return strconv.FormatFloat(math.Round(v*100)/100, 'f', -1, 64) + units[0]
}
