package mask_test

import (
	"fmt"
	"strings"
	"testing"

	"postie/runner/mask"
)

// BenchmarkMask is the time for texts without and with secrets: twice the bytes
// or twice the secrets take at most twice as long.
func BenchmarkMask(b *testing.B) {
	line := `{"id":"6f1c8d2e-77ab-4f5a-9c3e-1b2d3e4f5a6b","name":"Lorem ipsum dolor","url":"https://example.com/a?b=c&d=e","price":"12.50"},` + "\n"
	texts := map[string]func(n int) string{
		"plain":   func(n int) string { return strings.Repeat(line, n/len(line)) },
		"percent": func(n int) string { return "%" + strings.Repeat(line, n/len(line)) },
		"escaped": func(n int) string { return strings.Repeat("%73ecret-value-%31 ", n/18) },
		"secrets": func(n int) string { return strings.Repeat("some text, then secret-value-1, and more ", n/41) },
		"almost":  func(n int) string { return strings.Repeat("secret-value", n/12) },
	}
	for _, kind := range []string{"plain", "percent", "escaped", "secrets", "almost"} {
		for _, size := range []int{1_100_000, 2_200_000, 4_400_000} {
			for _, secrets := range []int{50, 100, 200} {
				b.Run(fmt.Sprintf("%s/bytes=%d/secrets=%d", kind, size, secrets), func(b *testing.B) {
					m := mask.New(mask.Options{})
					for i := range secrets {
						m.Learn(fmt.Sprintf("secret-value-%d-%x", i, i*i*7919), mask.Run)
						m.Learn("secret-value-1", mask.Run)
					}
					text := texts[kind](size)
					b.SetBytes(int64(len(text)))
					b.ReportAllocs()
					for b.Loop() {
						m.Text(text)
					}
				})
			}
		}
	}
}

// BenchmarkLearn is the time to learn a secret, hide a text and forget the
// secret again, as for a request that is signed, beside a hundred that stay.
func BenchmarkLearn(b *testing.B) {
	m := mask.New(mask.Options{})
	for i := range 100 {
		m.Learn(fmt.Sprintf("secret-value-%d", i), mask.Run)
	}
	text := strings.Repeat("a short text about nothing. ", 40)
	signature := `oauth_consumer_key="consumer-key",oauth_signature_method="HMAC-SHA1",oauth_version="1.0",oauth_timestamp="1700000000",oauth_nonce="abcdefghijk",oauth_signature="%d3D%%2BabcdEFGHIJKLmnopqrstuv"`
	n := 0
	b.ReportAllocs()
	for b.Loop() {
		n++
		item := m.Item()
		item.Learn(fmt.Sprintf(signature, n))
		m.Text(text)
		item.End()
	}
}

// BenchmarkRotate is the time to learn a secret that stays, of very many.
func BenchmarkRotate(b *testing.B) {
	m := mask.New(mask.Options{})
	n := 0
	b.ReportAllocs()
	for b.Loop() {
		n++
		m.Learn(fmt.Sprintf("rotated-secret-%d", n), mask.Recent)
		m.Text("a short text about nothing")
	}
}
