package load

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// The range of histograms, in microseconds, and their number of exact digits. A
// histogram begins with a small range and grows with the values. All ranges
// share their buckets, so earlier counts stay exact.
const (
	shortest = 1
	small    = int64(16 * time.Millisecond / time.Microsecond)
	longest  = int64(time.Hour / time.Microsecond)
	digits   = 3
)

// A Histogram counts times with three exact digits. Merging loses nothing. The
// zero value is empty. A Histogram is not safe for concurrent use. Its JSON
// form is an HdrHistogram V2 of microseconds, compressed, in base64; "" when
// empty.
type Histogram struct{ h *hdrhistogram.Histogram }

// Add counts a time; one above an hour counts as an hour.
func (h *Histogram) Add(d time.Duration) {
	v := min(max(int64(d/time.Microsecond), 0), longest)
	h.cover(v)
	_ = h.h.RecordValue(v) // cannot fail, because the range covers it
}

// cover extends the range to a value.
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

// Merge adds the counts of another histogram.
func (h *Histogram) Merge(o *Histogram) {
	if o.Len() == 0 {
		return
	}
	h.cover(min(o.h.Max(), longest))
	h.h.Merge(o.h)
}

// Len returns the number of counted times.
func (h *Histogram) Len() int64 {
	if h.h == nil {
		return 0
	}
	return h.h.TotalCount()
}

// At returns the time that p percent of all times do not exceed, or 0 when
// there are none.
func (h *Histogram) At(p float64) time.Duration {
	if h.h == nil {
		return 0
	}
	return time.Duration(h.h.ValueAtPercentile(p)) * time.Microsecond
}

// Mean returns the mean of all times, or 0 when there are none.
func (h *Histogram) Mean() time.Duration {
	if h.Len() == 0 {
		return 0
	}
	return time.Duration(h.h.Mean() * float64(time.Microsecond))
}

// Min returns the shortest time.
func (h *Histogram) Min() time.Duration {
	if h.Len() == 0 {
		return 0
	}
	return time.Duration(h.h.Min()) * time.Microsecond
}

// Max returns the longest time.
func (h *Histogram) Max() time.Duration {
	if h.Len() == 0 {
		return 0
	}
	return time.Duration(h.h.Max()) * time.Microsecond
}

// below returns how many times are at most each of some ascending bounds.
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
