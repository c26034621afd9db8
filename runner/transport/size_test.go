package transport

import "testing"

func TestParseSize(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]int64{
		"50MB": 50e6, " 1.5 kB ": 1500, "2GiB": 2 << 30, "7": 7, "7b": 7, "10kib": 10240, "0.5MB": 500_000,
		"": 0, "nan": 0, "NaN": 0, "inf": 0, "+Inf": 0, "infinity": 0, "-1": 0, "0": 0, "0MB": 0, "0.1": 0, "1e3": 0, "0x10": 0, "1_000": 0,
		"MB": 0, "5 parsecs": 0, "5MB5": 0, "99999999999999999999": 0, "99999999999GB": 0, "1,5MB": 0, "５MB": 0,
	} {
		got, err := ParseSize(in)
		if got != want || (err == nil) != (want > 0) {
			t.Errorf("%q: %d, %v", in, got, err)
		}
	}
}
