package convert_test

import (
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"postie/collections"
	"postie/collections/convert"
	"postie/collections/vars"
	"postie/runner"
	"postie/runner/runnertest"
)

// What an archive recorded, a run of the collection sends.
func TestHARIsSentAsRecorded(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, entry, want string }{
		{"params without a text", `{"method":"POST","url":"URL/f","headers":[{"name":"Content-Type","value":"application/x-www-form-urlencoded"}],"postData":{"mimeType":"application/x-www-form-urlencoded","params":[{"name":"a","value":"b c"},{"name":"d","value":"1&2"}]}}`,
			"POST /f\ncontent-type: application/x-www-form-urlencoded\n\na=b%20c&d=1%262"},
		{"a text wins over params", `{"method":"POST","url":"URL/f","headers":[{"name":"content-type","value":"application/x-www-form-urlencoded; charset=UTF-8"}],"postData":{"mimeType":"application/x-www-form-urlencoded","text":"a=b+c&d","params":[{"name":"a","value":"b+c"}]}}`,
			"POST /f\ncontent-type: application/x-www-form-urlencoded; charset=UTF-8\n\na=b+c&d"},
		{"GET with a body", `{"method":"GET","url":"URL/g?x=1","headers":[],"postData":{"mimeType":"application/json","text":"{\"q\":1}"}}`,
			"GET /g?x=1\ncontent-type: application/json\n\n{\"q\":1}"},
		{"comments stay", `{"method":"PUT","url":"URL/c","headers":[{"name":"Content-Type","value":"application/json"}],"postData":{"mimeType":"application/json","text":"{} // x"}}`,
			"PUT /c\ncontent-type: application/json\n\n{} // x"},
		{"a type that only the body's record names", `{"method":"POST","url":"URL/t","headers":[],"postData":{"mimeType":"text/csv","text":"a,b"}}`,
			"POST /t\ncontent-type: text/csv\n\na,b"},
		{"bytes", `{"method":"POST","url":"URL/b","headers":[{"name":"Content-Type","value":"image/png"}],"postData":{"mimeType":"image/png","encoding":"base64","text":"/wD+"}}`,
			"POST /b\ncontent-type: image/png\n\n\xff\x00\xfe"},
		{"parts of a text", `{"method":"POST","url":"URL/m","headers":[{"name":"Content-Type","value":"multipart/form-data; boundary=XX"}],"postData":{"mimeType":"multipart/form-data; boundary=XX","text":"--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n2\r\n--XX\r\nContent-Disposition: form-data; name=\"f\"; filename=\"f.json\"\r\nContent-Type: text/x\r\n\r\n{}\r\n--XX--\r\n"}}`,
			"POST /m\ncontent-type: multipart/form-data; boundary=BOUNDARY\n\n--BOUNDARY\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n2\r\n--BOUNDARY\r\nContent-Disposition: form-data; name=\"f\"; filename=\"f.json\"\r\nContent-Type: text/x\r\n\r\n{}\r\n--BOUNDARY--\r\n"},
		{"parts that are listed", `{"method":"POST","url":"URL/m","headers":[{"name":"Content-Type","value":"multipart/form-data; boundary=XX"}],"postData":{"mimeType":"multipart/form-data","params":[{"name":"a","value":"é"},{"name":"j","value":"{}","contentType":"application/json"}]}}`,
			"POST /m\ncontent-type: multipart/form-data; boundary=BOUNDARY\n\n--BOUNDARY\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\né\r\n--BOUNDARY\r\nContent-Disposition: form-data; name=\"j\"\r\nContent-Type: application/json\r\n\r\n{}\r\n--BOUNDARY--\r\n"},
		{"cookies that no header has", `{"method":"GET","url":"URL/k","headers":[{"name":"X-A","value":"1"}],"cookies":[{"name":"a","value":"1"},{"name":"b","value":"2"}]}`,
			"GET /k\ncookie: a=1; b=2\nx-a: 1\n\n"},
		{"characters of an address", `{"method":"GET","url":"URL/p|{x}?q='a'&r=\"b\"","headers":[]}`, "GET /p|{x}?q='a'&r=\"b\"\n\n"},
		{"HTTP/2's own headers", `{"method":"GET","url":"URL/2","headers":[{"name":":path","value":"/2"},{"name":"content-length","value":"0"},{"name":"accept-language","value":"de"}]}`,
			"GET /2\naccept-language: de\n\n"},
		{"another host", `{"method":"GET","url":"URL/h","headers":[{"name":"Host","value":"other.test"}]}`, "GET /h\nhost: other.test\n\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			srv := runnertest.Serve(t, nil)
			doc, notes, err := convert.FromHAR("a.har", []byte(`{"log":{"entries":[{"request":`+strings.ReplaceAll(tt.entry, "URL", srv.URL)+`,"response":{"status":200}}]}}`))
			if err != nil {
				t.Fatal(err)
			}
			for _, n := range notes {
				if !strings.Contains(n.Text, "carry credentials") {
					t.Error(n)
				}
			}
			runDocument(t, doc)
			list := srv.Requests()
			if len(list) != 1 {
				t.Fatalf("%d requests", len(list))
			}
			if diff := gocmp.Diff(tt.want, plain(list[0], srv.Addr)); diff != "" {
				t.Errorf("(-recorded +sent):\n%s", diff)
			}
		})
	}
}

// Where a redirect leads is an entry of its own, so it is not followed.
func TestHARRedirectsAreEntries(t *testing.T) {
	t.Parallel()
	srv := runnertest.Serve(t, nil)
	doc, _, err := convert.FromHAR("a.har", []byte(`{"log":{"entries":[
		{"request":{"method":"GET","url":"`+srv.URL+`/redirect?to=/new"},"response":{"status":302}},
		{"request":{"method":"GET","url":"`+srv.URL+`/new"},"response":{"status":200}}]}}`))
	if err != nil {
		t.Fatal(err)
	}
	runDocument(t, doc)
	if n := len(srv.Requests()); n != 2 {
		t.Errorf("%d requests, want those of the archive", n)
	}
}

func runDocument(t *testing.T, doc []byte) {
	t.Helper()
	col, err := collections.Parse("a.json", doc)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := runner.Run(t.Context(), runner.Options{Documents: runner.Documents{Collection: col, Environment: &vars.Scope{}}}); err != nil {
		t.Fatal(err)
	}
}

// plain is a request without what every request of a run has.
func plain(w runnertest.Wire, host string) string {
	text := comparable(w)
	for _, own := range []string{"accept: */*\n", "host: " + host + "\n", "user-agent: its own\n", "user-agent: its own"} {
		text = strings.Replace(text, own, "", 1)
	}
	head, _, _ := strings.Cut(text, "\n\n\"")
	head = strings.TrimRight(head, "\n")
	body := w.Body
	if m := boundaryParam.FindStringSubmatch(w.Get("Content-Type")); m != nil {
		body = strings.ReplaceAll(body, m[1], "BOUNDARY")
	}
	return head + "\n\n" + body
}
