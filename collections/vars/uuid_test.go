package vars_test

import (
	"bytes"
	"testing"

	"postie/collections/vars"
)

func TestUUID(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		version byte
		b       byte
		want    string
	}{
		{4, 0x00, "00000000-0000-4000-8000-000000000000"},
		{4, 0xff, "ffffffff-ffff-4fff-bfff-ffffffffffff"},
		{5, 0xff, "ffffffff-ffff-5fff-bfff-ffffffffffff"},
	} {
		in := bytes.Repeat([]byte{tt.b}, 20)
		if got := vars.UUID(tt.version, in); got != tt.want {
			t.Errorf("%d %x: %s; want %s", tt.version, tt.b, got, tt.want)
		}
		if in[6] != tt.b {
			t.Error("the bytes were changed")
		}
	}
}
