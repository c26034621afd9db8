package load

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// The range of histograms, in microseconds, and the digits that they promise.
// A histogram starts with a small range and grows with what it counts: ranges
// share their buckets, so what was counted stays exact.
const (
	shortest = 1
	small    = int64(16 * time.Millisecond / time.Microsecond)
	longest  = int64(time.Hour / time.Microsecond)
	digits   = 3
)

// A Histogram counts times with three digits, exactly under merging. The zero
// value is empty; it is not safe for concurrent use. Its JSON form is a
// HdrHistogram V2, compressed, in base64, of microseconds; "" when empty.
type Histogram struct{ h *hdrhistogram.Histogram }

// Add counts a time; one above an hour counts as an hour.
func (h *Histogram) Add(d time.Duration) {
	v := min(max(int64(d/time.Microsecond), 0), longest)
	h.cover(v)
	_ = h.h.RecordValue(v) // covered
}

// cover makes the range hold a value.
func (h *Histogram) cover(v int64) {
	most := small
	if h.h != nil {
		if most = h.h.HighestTrackableValue(); v <= most {
			return
		}
	}
	for most < v {
		most *= 8
	}
	wider := hdrhistogram.New(shortest, min(most, longest), digits)
	if h.h != nil {
		wider.Merge(h.h)
	}
	h.h = wider
}

// Merge adds what another histogram has counted.
func (h *Histogram) Merge(o *Histogram) {
	if o.Len() == 0 {
		return
	}
	h.cover(min(o.h.Max(), longest))
	h.h.Merge(o.h)
}

// Len is how many times were counted.
func (h *Histogram) Len() int64 {
	if h.h == nil {
		return 0
	}
	return h.h.TotalCount()
}

// At is the time that p percent of all are not above; 0 when there are none.
func (h *Histogram) At(p float64) time.Duration {
	if h.h == nil {
		return 0
	}
	return time.Duration(h.h.ValueAtPercentile(p)) * time.Microsecond
}

// Mean is that of all times; 0 when there are none.
func (h *Histogram) Mean() time.Duration {
	if h.Len() == 0 {
		return 0
	}
	return time.Duration(h.h.Mean() * float64(time.Microsecond))
}

// Min is the shortest time.
func (h *Histogram) Min() time.Duration {
	if h.Len() == 0 {
		return 0
	}
	return time.Duration(h.h.Min()) * time.Microsecond
}

// Max is the longest time.
func (h *Histogram) Max() time.Duration {
	if h.Len() == 0 {
		return 0
	}
	return time.Duration(h.h.Max()) * time.Microsecond
}

// below counts the times up to each of some bounds, which rise.
func (h *Histogram) below(bounds []time.Duration) []int64 {
	out := make([]int64, len(bounds))
	if h.Len() == 0 {
		return out
	}
	n, i := int64(0), 0
	for _, bar := range h.h.Distribution() {
		for i < len(bounds) && time.Duration(bar.To)*time.Microsecond > bounds[i] {
			out[i] = n
			i++
		}
		n += bar.Count
	}
	for ; i < len(bounds); i++ {
		out[i] = n
	}
	return out
}

func (h *Histogram) reset() {
	if h.Len() > 0 {
		h.h.Reset()
	}
}

// IsZero reports whether nothing was counted.
func (h Histogram) IsZero() bool { return h.Len() == 0 }

// MarshalJSON implements json.Marshaler.
func (h Histogram) MarshalJSON() ([]byte, error) { return json.Marshal(h.encode()) }

// UnmarshalJSON implements json.Unmarshaler.
func (h *Histogram) UnmarshalJSON(src []byte) error {
	var text string
	if err := json.Unmarshal(src, &text); err != nil {
		return err
	}
	h.h = nil
	if text == "" {
		return nil
	}
	return h.decode(text)
}

func (h *Histogram) encode() string {
	if h.Len() == 0 {
		return ""
	}
	b, err := h.h.Encode(hdrhistogram.V2CompressedEncodingCookieBase)
	if err != nil {
		return ""
	}
	return base64.StdEncoding.EncodeToString(b)
}

func (h *Histogram) decode(text string) error {
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return err
	}
	read, err := hdrhistogram.Decode(raw)
	if err != nil {
		return err
	}
	if read.LowestTrackableValue() != shortest || read.SignificantFigures() != digits || read.HighestTrackableValue() > longest {
		return fmt.Errorf("a histogram of %d to %d with %d digits", read.LowestTrackableValue(), read.HighestTrackableValue(), read.SignificantFigures())
	}
	h.h = read
	return nil
}

func millis(d time.Duration) float64 { return float64(d/time.Microsecond) / 1000 }
