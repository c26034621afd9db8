package convert

import (
	"encoding/json"
	"strings"
	"testing"

	"postie/collections"
)

// Entries that cannot be sent, or never were, are left out with a note.
func TestHARLeavesOut(t *testing.T) {
	t.Parallel()
	const good = `{"request":{"method":"GET","url":"http://h/good"},"response":{"status":200}}`
	for _, tt := range []struct{ name, entries, notes string }{
		{"data: addresses, together", `{"request":{"url":"data:,x"},"response":{"status":200}},` + good + `,{"request":{"url":"data:,y"}}`, "a.har: entries 1, 3: data: is not http: left out"},
		{"many", strings.Repeat(`{"request":{"url":"blob:x"}},`, 7) + good, "a.har: entries 1, 2, 3, 4, 5 and 2 more: blob: is not http: left out"},
		{"sockets, by address", `{"request":{"url":"WSS://h/"}},` + good, "a.har: entry 1: wss: is not http: left out"},
		{"sockets, by kind", `{"request":{"url":"https://h/"},"_resourceType":"websocket"},` + good, "a.har: entry 1: it is a socket: left out"},
		{"sockets, by header", `{"request":{"url":"https://h/","headers":[{"name":"upgrade","value":"WebSocket"}]}},` + good, "a.har: entry 1: it is a socket: left out"},
		{"sockets, by answer", `{"request":{"url":"https://h/"},"response":{"status":101}},` + good, "a.har: entry 1: it is a socket: left out"},
		{"extensions", `{"request":{"url":"chrome-extension://x/y.js"},"response":{"status":200}},` + good, "a.har: entry 1: chrome-extension: is not http: left out"},
		{"tunnels", `{"request":{"method":"CONNECT","url":"http://h:443"},"response":{"status":200}},` + good, "a.har: entry 1: it is a tunnel: left out"},
		{"blocked", `{"request":{"url":"http://h/ad"},"response":{"status":0,"_error":"net::ERR_BLOCKED_BY_CLIENT"}},` + good, "a.har: entry 1: it got no answer (net::ERR_BLOCKED_BY_CLIENT): left out"},
		{"blocked, without a reason", `{"request":{"url":"http://h/ad"},"response":{"status":0}},` + good, "a.har: entry 1: it got no answer, so it was blocked or cut off: left out"},
		{"without answers it is a list of requests", `{"request":{"method":"GET","url":"http://h/good"},"response":{"status":0}}`, ""},
	} {
		a, err := ReadHAR("a.har", []byte(`{"log":{"entries":[`+tt.entries+`]}}`))
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		var notes []string
		for _, n := range a.Notes {
			notes = append(notes, n.String())
		}
		if got := strings.Join(notes, "\n"); got != tt.notes {
			t.Errorf("%s:\ngot  %s\nwant %s", tt.name, got, tt.notes)
		}
		c, err := collections.Parse("a.json", a.Collection)
		if err != nil {
			t.Fatal(err)
		}
		if n := len(c.Root().Children()); n != 1 || len(a.Answers) != 1 || c.Root().Children()[0].Name() != "GET /good" {
			t.Errorf("%s: %d requests, %d answers", tt.name, n, len(a.Answers))
		}
	}
	if _, err := ReadHAR("a.har", []byte(`{"log":{"entries":[{"request":{"url":"data:,"}}]}}`)); err == nil || !strings.Contains(err.Error(), "data: is not http") {
		t.Errorf("nothing to send: %v", err)
	}
}

// What is recorded of an answer, and whether its body is known.
func TestHARAnswers(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, response, body string
		known                bool
	}{
		{"text", `{"status":200,"content":{"text":"x"}}`, "x", true},
		{"no text, though there was one", `{"status":200,"content":{"size":7}}`, "", false},
		{"empty", `{"status":200,"content":{"size":0}}`, "", true},
		{"not said", `{"status":200}`, "", false},
		{"binary", `{"status":200,"content":{"size":2,"encoding":"base64","text":"/wA="}}`, "\xff\x00", true},
		{"not the base64 it says", `{"status":200,"content":{"encoding":"base64","text":"?"}}`, "", false},
	} {
		a, err := ReadHAR("a.har", []byte(`{"log":{"entries":[{"request":{"url":"http://h/"},"response":`+tt.response+`}]}}`))
		if err != nil {
			t.Fatal(err)
		}
		if got := a.Answers[0]; string(got.Body) != tt.body || got.HasBody != tt.known {
			t.Errorf("%s: got %q, known %v", tt.name, got.Body, got.HasBody)
		}
	}
}

// FuzzHAR holds that an archive is refused or becomes a collection with an
// answer for each request.
func FuzzHAR(f *testing.F) {
	for _, entry := range []string{
		`{"request":{"method":"POST","url":"http://h/a?b='","headers":[{"name":"Content-Type","value":"multipart/form-data; boundary=x"}],"postData":{"text":"--x\r\nContent-Disposition: form-data; name=\"a\"; filename=\"b\"\r\n\r\nc\r\n--x--\r\n"}},"response":{"status":302}}`,
		`{"request":{"url":"http://h","cookies":[{"name":"a","value":"b"}],"postData":{"mimeType":"application/x-www-form-urlencoded","params":[{"name":"a","value":"b c"}]}},"response":{"status":200,"content":{"encoding":"base64","text":"eA=="}}}`,
		`{"request":{"url":"wss://h"},"_webSocketMessages":[{}]},{"request":{"url":"http://h","postData":{"encoding":"base64","text":"/w=="}}}`,
	} {
		f.Add([]byte(`{"log":{"entries":[` + entry + `]}}`))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		a, err := ReadHAR("a.har", src)
		if err != nil {
			return
		}
		c, err := collections.Parse("a.json", a.Collection)
		if err != nil {
			t.Fatalf("%v\n%s", err, a.Collection)
		}
		n := 0
		for node := range c.All() {
			node.Request()
			node.Examples()
			n++
		}
		if n != len(a.Answers) {
			t.Fatalf("%d requests, %d answers", n, len(a.Answers))
		}
		if _, err := json.Marshal(a.Notes); err != nil {
			t.Fatal(err)
		}
	})
}
