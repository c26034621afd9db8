package values_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/spf13/pflag"

	"postie/cmd/internal/values"
)

func TestSet(t *testing.T) {
	t.Parallel()
	var count values.Count
	var times values.Times
	var limit values.Limit
	var millis values.Millis
	var rate values.Rate
	tests := []struct {
		value pflag.Value
		in    string
		want  string // or the error
	}{
		{&count, "3", "3"}, {&count, "0", "must be a positive number"}, {&count, "x", "must be a positive number"},
		{&times, "3", "3"}, {&times, "0", "0"}, {&times, "-1", "want 0, 1 or more"}, {&times, "x", "want 0, 1 or more"},
		{&limit, "3", "3"}, {&limit, "0", "-1"}, {&limit, "-1", "must be a number from 0 on"},
		{&millis, "1500", "1.5s"}, {&millis, "2m", "2m0s"}, {&millis, "0", "must be a positive number"}, {&millis, "-1s", "must be a positive number"},
		{&millis, "99999999999999999", "must be a positive number"}, {&millis, "10sec", "want milliseconds or 10s"}, {&millis, "ten", "want milliseconds or 10s"},
		{&rate, "10", "10"}, {&rate, "600/m", "10"}, {&rate, "10/x", "want a rate such as 10/s or 600/m"}, {&rate, "nan", "want a rate such as 10/s or 600/m"},
	}
	for _, tt := range tests {
		err := tt.value.Set(tt.in)
		got := fmt.Sprint(err)
		if err == nil {
			got = map[pflag.Value]string{&count: fmt.Sprint(int(count)), &times: fmt.Sprint(int(times)), &limit: fmt.Sprint(int(limit)), &millis: time.Duration(millis).String(),
				&rate: fmt.Sprint(float64(rate))}[tt.value]
		}
		if got != tt.want {
			t.Errorf("%T %q: got %s, want %s", tt.value, tt.in, got, tt.want)
		}
	}
}

// A list has each value that was given, and nothing else.
func TestList(t *testing.T) {
	t.Parallel()
	var got []string
	fs := pflag.NewFlagSet("", pflag.ContinueOnError)
	fs.Var((*values.List)(&got), "name", "")
	if err := fs.Parse([]string{"--name", "a,b", "--name=c"}); err != nil {
		t.Fatal(err)
	}
	if want := []string{"a,b", "c"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
