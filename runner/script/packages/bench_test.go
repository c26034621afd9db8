package packages_test

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"postie/runner/script"
	"postie/runner/script/sandbox"
)

// repeated runs a script again and again in one sandbox with the libraries.
func repeated(b *testing.B, source, body string) {
	b.Helper()
	host := &bench{packages: store(b)}
	box, err := sandbox.New().Open(b.Context(), host, script.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer box.Close()
	sc := &script.Script{Name: "bench", Listen: script.Test, Source: source}
	c := &script.Context{Response: &script.Response{Code: 200, Status: "OK", Body: []byte(body)}}
	b.ReportAllocs()
	for b.Loop() {
		out, err := box.Run(b.Context(), sc, c)
		if err != nil || out.Err != nil {
			b.Fatal(err, out)
		}
	}
}

// BenchmarkRunScriptLodash is a script that groups a list with lodash.
func BenchmarkRunScriptLodash(b *testing.B) {
	repeated(b, `const _ = require('lodash'); _.groupBy(pm.response.json(), 'kind')`, `[{"kind":"a"},{"kind":"b"},{"kind":"a"}]`)
}

// BenchmarkSha256_1MB hashes a text of 1 MB: in Go alone, and through CryptoJS.
func BenchmarkSha256_1MB(b *testing.B) {
	text := strings.Repeat("0123456789abcdef", 1<<16)
	b.Run("go", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			sha256.Sum256([]byte(text))
		}
	})
	b.Run("cryptojs", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		repeated(b, `CryptoJS.SHA256(text ||= '0123456789abcdef'.repeat(65536)).toString(); var text`, "")
	})
}

// BenchmarkJson10MB has a response of 10 MB parsed by a script.
func BenchmarkJson10MB(b *testing.B) {
	var list []string
	for i := range 100_000 {
		list = append(list, fmt.Sprintf(`{"id":%d,"name":"a name of some length, no. %d","tags":["a","b"],"price":%d.5,"open":true}`, i, i, i))
	}
	body := "[" + strings.Join(list, ",") + "]"
	if !json.Valid([]byte(body)) {
		b.Fatal("not JSON")
	}
	b.SetBytes(int64(len(body)))
	repeated(b, `pm.test('n', () => pm.expect(pm.response.json().length).to.equal(100000))`, body)
}

// BenchmarkEval300KB evaluates a library of 300 KB that a variable might hold;
// it is compiled the first time.
func BenchmarkEval300KB(b *testing.B) {
	var src strings.Builder
	for i := 0; src.Len() < 300<<10; i++ {
		fmt.Fprintf(&src, "function f%d(a, b) { if (a > b) { return { sum: a + b, text: 'number ' + a }; } return [a, b, %d].map((n) => n * 2); }\n", i, i)
	}
	b.SetBytes(int64(src.Len()))
	repeated(b, `eval(pm.response.text()); f7(1, 2)`, src.String())
}
