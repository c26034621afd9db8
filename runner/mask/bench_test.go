package mask_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"postie/runner/event"
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

// BenchmarkSigned is the time for the events of one signed request to an echo
// server, as a run has them, beside one secret of the run.
func BenchmarkSigned(b *testing.B) {
	m := mask.New(mask.Options{})
	m.Learn("consumer-secret-1", mask.Run)
	item := json.RawMessage(`{"id":"6f1c8d2e-77ab-4f5a-9c3e-1b2d3e4f5a6b","name":"a","request":{"url":{"protocol":"http","port":"41313","host":["127","0","0","1"]},"method":"GET","auth":{"type":"oauth1","oauth1":[{"type":"any","value":"consumer-key","key":"consumerKey"},{"type":"any","value":"consumer-secret-1","key":"consumerSecret"},{"type":"any","value":"HMAC-SHA1","key":"signatureMethod"},{"type":"any","value":true,"key":"addParamsToHeader"},{"type":"any","value":"1.0","key":"version"}]}},"response":[],"event":[]}`)
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		n++
		signed := fmt.Sprintf(`OAuth realm="",oauth_consumer_key="consumer-key",oauth_signature_method="HMAC-SHA1",oauth_version="1.0",oauth_timestamp="1700000000",oauth_nonce="abcdefghijk",oauth_signature="%dD%%2BabcdEFGHIJKLmnopqrstuv%%3D"`, n)
		scope := m.Item()
		m.Hide(&event.ItemStarted{Item: event.ItemRef{Name: "a", Path: []string{"C", "a"}}, JSON: item})
		scope.Learn(signed)
		header := []event.Field{{Name: "Authorization", Value: signed}, {Name: "User-Agent", Value: "postie/dev"}, {Name: "Accept", Value: "*/*"}, {Name: "Cache-Control", Value: "no-cache"},
			{Name: "Postman-Token", Value: "6f1c8d2e-77ab-4f5a-9c3e-1b2d3e4f5a6b"}, {Name: "Host", Value: "127.0.0.1:41313"}, {Name: "Accept-Encoding", Value: "gzip, deflate, br"}, {Name: "Connection", Value: "keep-alive"}}
		list, _ := json.Marshal(header)
		m.Hide(&event.RequestFinished{Item: event.ItemRef{Name: "a", Path: []string{"C", "a"}}, Source: "item",
			Request:  event.Request{Method: "GET", URL: "http://127.0.0.1:41313/", Display: "http://127.0.0.1:41313/", Header: header, JSON: append(append([]byte(`{"url":{"protocol":"http","port":"41313","host":["127","0","0","1"]},"method":"GET","header":`), list...), '}')},
			Response: &event.Response{Proto: "HTTP/1.1", Code: 200, Status: "OK", Header: []event.Field{{Name: "Content-Type", Value: "application/json"}, {Name: "Date", Value: "Sun, 29 Nov 2026 02:48:13 GMT"}}, Body: append(append([]byte(`{"headers":`), list...), '}')}})
		m.Hide(&event.ItemFinished{Item: event.ItemRef{Name: "a", Path: []string{"C", "a"}}})
		scope.End()
	}
}
