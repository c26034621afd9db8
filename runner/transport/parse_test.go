package transport

import (
	"crypto/tls"
	"fmt"
	"testing"
)

func TestParse(t *testing.T) {
	t.Parallel()
	connect := func(s string) (any, error) { return ParseConnectTo(s) }
	resolve := func(s string) (any, error) { return ParseResolve(s) }
	version := func(s string) (any, error) { return ParseTLSVersion(s) }
	size := func(s string) (any, error) { return ParseSize(s) }
	for _, tt := range []struct {
		parse    func(string) (any, error)
		in, want string // or the error
	}{
		{connect, "Am.example:443:127.0.0.1:8443", "{am.example 443 127.0.0.1:8443}"},
		{connect, "::[::1]:80", "{  [::1]:80}"},
		{connect, "a:b", `"a:b": want HOST:PORT:ADDR`},
		{resolve, "h:80:127.0.0.1,[::1]", "{h 80 [127.0.0.1 ::1]}"},
		{resolve, "h:*:127.0.0.1", "{h  [127.0.0.1]}"},
		{resolve, "h:80:name", `"h:80:name": want HOST:PORT:ADDRESS`},
		{resolve, ":80:127.0.0.1", `":80:127.0.0.1": want HOST:PORT:ADDRESS`},
		{resolve, "h:80:", `"h:80:": want HOST:PORT:ADDRESS`},
		{version, "", "0"},
		{version, "1.2", fmt.Sprint(tls.VersionTLS12)},
		{version, "3", "3: want 1.0, 1.1, 1.2 or 1.3"},
		{size, "50MB", "50000000"},
		{size, " 1.5 KiB ", "1536"},
		{size, "7", "7"},
		{size, "nan", `"nan": want a size such as 50MB`},
		{size, "0", `"0": want a size such as 50MB`},
		{size, "9e9GB", `"9e9GB": want a size such as 50MB`},
	} {
		v, err := tt.parse(tt.in)
		got := fmt.Sprint(v)
		if err != nil {
			got = err.Error()
		}
		if got != tt.want {
			t.Errorf("%q: got %s, want %s", tt.in, got, tt.want)
		}
	}
}
