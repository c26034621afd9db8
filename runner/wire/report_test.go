package wire

import (
	"strings"
	"testing"

	"postie/collections"
	"postie/runner/transport"
)

// What files of the document hold is sent, and not repeated in reports.
func TestReportsLeaveOutFileContents(t *testing.T) {
	t.Parallel()
	content := "aGk="
	for _, tt := range []struct {
		body collections.Body
		want string
	}{
		{collections.Body{Mode: "file", File: &collections.File{Src: "a.txt", Content: &content}}, `{"mode":"file","file":{"src":"a.txt"}}`},
		{collections.Body{Mode: "formdata", FormData: []collections.FormParam{{Key: "f", Type: "file", Value: content}, {Key: "t", Type: "text", Value: content}}},
			`{"mode":"formdata","formdata":[{"key":"f","type":"file"},{"key":"t","value":"aGk=","type":"text"}]}`},
	} {
		r := collections.Request{Method: "POST", Body: withoutContents(&tt.body)}
		if !strings.Contains(string(r.JSON()), `"body":`+tt.want) {
			t.Errorf("%s\nwant %s", r.JSON(), tt.want)
		}
	}
}

// A client certificate that was offered is reported by its files.
func TestReportsNameTheCertificate(t *testing.T) {
	t.Parallel()
	p := &Plan{Wire: &transport.Request{}, Request: &collections.Request{Method: "GET"}}
	p.RecordSent(&transport.Hop{Offered: &transport.ClientCert{Name: "c", Matches: []string{"https://h/*"}, Key: "k.pem", Cert: "c.pem"}})
	got := string(p.Request.JSON())
	if want := `"name":"c","matches":[{"pattern":"https://h/*"}],"key":{"src":"k.pem"},"cert":{"src":"c.pem"},"pfx":{}}`; !strings.Contains(got, want) {
		t.Errorf("%s\nlacks %s", got, want)
	}
}

// Files that the document does not name are marked, as newman has it.
func TestReportsMarkFilesWithoutAName(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		`{"mode":"file","file":{"src":null}}`: `{"mode":"file","file":{"src":null,"value":null}}`,
		`{"mode":"file","file":{}}`:           `{"mode":"file","file":{"value":null}}`,
		`{"mode":"formdata","formdata":[{"key":"f","type":"file","src":[]},{"key":"g","type":"file","value":"aGk="}]}`: `{"mode":"formdata","formdata":[{"key":"f","type":"file","src":[],"fileName":""},{"key":"g","type":"file"}]}`,
	} {
		r, err := collections.ParseRequest([]byte(`{"method":"POST","url":"http://h/","body":` + in + `}`))
		if err != nil {
			t.Fatal(err)
		}
		p, err := Build(r, collections.Profile{}, Defaults{Token: func() string { return "" }, Boundary: func() string { return "b" }})
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(p.Request.JSON()), `"body":`+want) {
			t.Errorf("%s\nlacks %s", p.Request.JSON(), want)
		}
	}
}

// A line without a name, as an API key makes it that has none, is reported and
// not sent.
func TestReportsShowLinesWithoutName(t *testing.T) {
	t.Parallel()
	r, err := collections.ParseRequest([]byte(`{"method":"GET","url":"http://h/"}`))
	if err != nil {
		t.Fatal(err)
	}
	sign := func(w *transport.Request) { w.Header = append(w.Header, transport.Field{Value: "v"}) }
	p, err := Build(r, collections.Profile{}, Defaults{Token: func() string { return "" }, Boundary: func() string { return "b" }, Sign: sign})
	if err != nil {
		t.Fatal(err)
	}
	if want := `"header":[{"key":"","value":"v","system":true},`; !strings.Contains(string(p.Request.JSON()), want) {
		t.Errorf("%s\nlacks %s", p.Request.JSON(), want)
	}
	for _, f := range p.Wire.Header {
		if f.Name == "" {
			t.Errorf("%+v is sent", f)
		}
	}
}
