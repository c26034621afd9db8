package collections

import "testing"

func TestRawText(t *testing.T) {
	t.Parallel()
	commented := "{\n  \"a\": 1, // first\r\n  /* b */ \"u\": \"http://h/*x*/\"\n}"
	stripped := "{\n  \"a\": 1, \n   \"u\": \"http://h/*x*/\"\n}"
	for _, tt := range []struct{ name, request, text, contentType string }{
		{"JSON loses its comments", `{"body":{"mode":"raw","raw":` + quoted(commented) + `,"options":{"raw":{"language":"json"}}}}`, stripped, "application/json"},
		{"so does a text that the header types", `{"header":[{"key":"content-type","value":"application/vnd.a+json"}],"body":{"mode":"raw","raw":` + quoted(commented) + `}}`, stripped, "text/plain"},
		{"a text keeps them", `{"body":{"mode":"raw","raw":"a // b"}}`, "a // b", "text/plain"},
		{"XML keeps them", `{"header":[{"key":"content-type","value":"application/json"}],"body":{"mode":"raw","raw":"<a>//</a>","options":{"raw":{"language":"xml"}}}}`, "<a>//</a>", "application/xml"},
		{"a comment that never ends", `{"body":{"mode":"raw","raw":"{} /* x","options":{"raw":{"language":"json"}}}}`, "{} ", "application/json"},
		{"no body", `{}`, "", ""},
	} {
		r, err := ParseRequest([]byte(tt.request))
		if err != nil {
			t.Fatal(err)
		}
		if text, contentType := r.RawText(); text != tt.text || contentType != tt.contentType {
			t.Errorf("%s: got %q, %s", tt.name, text, contentType)
		}
	}
}

func quoted(s string) string { return string(quoteJSON(s)) }

func TestMediaType(t *testing.T) {
	t.Parallel()
	for in, want := range map[[2]string]string{
		{"a/pic.PNG", ""}:      "image/png",
		{"x", ""}:              "application/octet-stream",
		{"a.unknown", ""}:      "application/octet-stream",
		{"d.json", "e.pdf"}:    "application/json",
		{"upload", "my.pdf"}:   "application/pdf",
		{"a.unknown", "b.csv"}: "text/csv",
		{"upload", "json"}:     "application/json",
		{"json", ""}:           "application/octet-stream",
		{"x", "dir.d/json"}:    "application/octet-stream",
	} {
		if got := MediaType(in[0], in[1]); got != want {
			t.Errorf("%s: got %s, want %s", in, got, want)
		}
	}
	if got := NamedMediaType("a.unknown"); got != "" {
		t.Errorf("got %s", got)
	}
}
