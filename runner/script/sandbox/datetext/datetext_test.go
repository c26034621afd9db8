package datetext_test

import (
	"encoding/json"
	"os"
	"testing"
	"time"

	"postie/runner/script/sandbox/datetext"
)

// testdata/v8.json has texts and what Date.parse makes of them in newman, where the
// zone of the machine is UTC; null is an invalid date.
func TestDatesOfV8(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/v8.json")
	if err != nil {
		t.Fatal(err)
	}
	var rows [][2]any
	if err := json.Unmarshal(data, &rows); err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		text, _ := row[0].(string)
		want, valid := row[1].(float64)
		d, ok := datetext.Parse(text)
		at := time.Date(d.Year, time.Month(d.Month), d.Day, d.Hour, d.Minute, d.Second-d.Offset, d.Millisecond*1e6, time.UTC).UnixMilli()
		const last = 8.64e15 // the end of the time that dates have
		if ok = ok && -last <= at && at <= last; ok != valid || ok && at != int64(want) {
			t.Errorf("%q: %+v, %v (%d), want %v (%.0f)", text, d, ok, at, valid, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{"2020-01-02T03:04:05.678Z", "Thu, 02 Jan 2020 03:04:05 GMT+0100 (CET)", "1/2/20 3:04 pm", "+002020-01-02", "((", "12::5.001"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, ok := datetext.Parse(text)
		if ok && (d.Month < 1 || d.Month > 12 || d.Day < 1 || d.Day > 31 || d.Hour > 24 || d.Minute > 59 || d.Second > 59 || d.Millisecond > 999) {
			t.Errorf("%q: %+v", text, d)
		}
	})
}
