package criteria

import "testing"

func TestStatusMatches(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		code int
		want bool
	}{{"5xx", 503, true}, {"5XX", 500, true}, {"5xx", 404, false}, {"404", 404, true}, {"40x", 409, true}, {"40x", 410, false}, {"5xx", 0, false}} {
		s, err := ParseStatus(c.text)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.Matches(c.code); got != c.want {
			t.Errorf("%s, %d: %v", c.text, c.code, got)
		}
	}
	for _, bad := range []string{"", "5", "6xx", "abc", "5xxx", "xx5"} {
		if _, err := ParseStatus(bad); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}
