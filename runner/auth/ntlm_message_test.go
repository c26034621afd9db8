package auth

import (
	"bytes"
	"encoding/hex"
	"testing"
	"time"
)

// The values of MS-NLMP section 4.2.
func TestNTLMValues(t *testing.T) {
	t.Parallel()
	server, client := unhex(t, "0123456789abcdef"), unhex(t, "aaaaaaaaaaaaaaaa")
	info := bytes.Join([][]byte{{2, 0, 12, 0}, utf16LE("Domain"), {1, 0, 12, 0}, utf16LE("Server"), {0, 0, 0, 0}}, nil)
	hash := ntHash("Password")
	key := hmacMD5(hash, utf16LE("USER"+"Domain"))
	lm2, nt2 := ntlmV2(key, server, client, make([]byte, 8), info)
	lm1, nt1 := ntlmSession(hash, server, client)
	for _, c := range []struct {
		name string
		got  []byte
		want string
	}{
		{"4.2.2.1.2 NTOWFv1", hash, "a4f49c406510bdcab6824ee7c30fd852"},
		{"4.2.2.2.1 NTLMv1 response", desl(hash, server), "67c43011f30298a2ad35ece64f16331c44bdbed927841f94"},
		{"4.2.4.1.1 NTOWFv2", key, "0c868a403bfd7a93a3001ef22ef02e3f"},
		{"4.2.4.2.1 LMv2 response", lm2, "86c35097ac9cec102554764a57cccc19aaaaaaaaaaaaaaaa"},
		{"4.2.4.2.2 NTProofStr", nt2[:16], "68cd0ab851e51c96aabc927bebef6a1c"},
		{"4.2.3.2.1 LM response", lm1, "aaaaaaaaaaaaaaaa00000000000000000000000000000000"},
		{"4.2.3.2.2 NTLM response", nt1, "7537f803ae367128ca458204bde7caf81e97ed2683267232"},
	} {
		if got := hex.EncodeToString(c.got); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// The server's own time counts; a short or broken list of names does no harm.
func TestNTLMTime(t *testing.T) {
	t.Parallel()
	stamp := []byte{1, 2, 3, 4, 5, 6, 7, 8}
	if got := ntlmTime(append([]byte{7, 0, 8, 0}, stamp...), time.Unix(0, 0)); !bytes.Equal(got, stamp) {
		t.Errorf("%x", got)
	}
	for _, info := range [][]byte{nil, {7, 0}, {7, 0, 8, 0, 1}, {0, 0, 0, 0}} {
		if got := hex.EncodeToString(ntlmTime(info, time.Unix(0, 0))); got != "00803ed5deb19d01" {
			t.Errorf("%x: %s", info, got)
		}
	}
}

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
