package convert

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	postman "github.com/rbretecher/go-postman-collection"

	"postie/collections"
)

// FromHAR makes a collection of an HTTP archive: each entry becomes a request,
// with its answer as a saved example. Headers that a connection adds by itself
// (HTTP/2's own headers, Content-Length, Host) are left out, and so are entries
// that are not HTTP requests or were never sent.
func FromHAR(name string, src []byte) ([]byte, []Note, error) {
	a, err := ReadHAR(name, src)
	if err != nil {
		return nil, nil, err
	}
	return a.Collection, a.Notes, nil
}

// An Archive is the content of an HTTP archive: a collection, and the answers
// to its requests in the same order.
type Archive struct {
	Collection []byte
	Answers    []Answer
	Notes      []Note
}

// An Answer is a recorded answer. Code is 0 when there is none.
type Answer struct {
	Code    int
	Header  []collections.Header
	Body    []byte
	HasBody bool // the archive has the body, which may be empty
}

// ReadHAR reads an HTTP archive as FromHAR does. Errors are
// *collections.ParseError.
func ReadHAR(name string, src []byte) (*Archive, error) {
	entries, err := parseHAR(name, src)
	if err != nil {
		return nil, err
	}
	out := newCollection(strings.TrimSuffix(path.Base(name), path.Ext(name)))
	a := &Archive{}
	var notes entryNotes
	answered := slices.ContainsFunc(entries, func(e entryHAR) bool { return e.Response.Status > 0 })
	for i, e := range entries {
		if why := e.unsent(answered); why != "" {
			notes.add(i+1, why+": left out")
			continue
		}
		item, lost := e.item()
		for _, what := range lost {
			notes.add(i+1, what)
		}
		if hasHeader(item.Request, "Authorization") || hasHeader(item.Request, "Cookie") {
			notes.secret++
		}
		out.AddItem(item)
		a.Answers = append(a.Answers, e.answer())
	}
	if len(out.Items) == 0 {
		return nil, &collections.ParseError{File: name, Line: 1, Col: 1, Text: "none of the entries is a request that can be sent: " + notes.list[0].text}
	}
	a.Notes = notes.notes(name)
	a.Collection, err = write(name, out)
	return a, err
}

func parseHAR(name string, src []byte) ([]entryHAR, error) {
	src = []byte(strings.TrimPrefix(string(src), "\ufeff"))
	var doc struct {
		Log struct {
			Entries []entryHAR `json:"entries"`
		} `json:"log"`
	}
	if err := json.Unmarshal(src, &doc); err != nil {
		var te *json.UnmarshalTypeError
		if !errors.As(err, &te) {
			if _, perr := collections.Parse(name, src); perr != nil {
				return nil, perr // the error has the position
			}
			return nil, &collections.ParseError{File: name, Line: 1, Col: 1, Text: err.Error()}
		}
	}
	if len(doc.Log.Entries) == 0 {
		return nil, &collections.ParseError{File: name, Line: 1, Col: 1, Text: "not an HTTP archive: it has no log with entries"}
	}
	return doc.Log.Entries, nil
}

// An entryHAR has those members of an entry of HAR 1.2 that a collection can
// express, and those by which browsers mark kinds of entries.
type entryHAR struct {
	Request  requestHAR `json:"request"`
	Response struct {
		Status     int       `json:"status"`
		StatusText string    `json:"statusText"`
		Headers    []pairHAR `json:"headers"`
		Error      string    `json:"_error"`
		Content    struct {
			Size     *int64  `json:"size"`
			MimeType string  `json:"mimeType"`
			Text     *string `json:"text"`
			Encoding string  `json:"encoding"`
		} `json:"content"`
	} `json:"response"`
	ResourceType string            `json:"_resourceType"`
	Messages     []json.RawMessage `json:"_webSocketMessages"`
}

type requestHAR struct {
	Method   string    `json:"method"`
	URL      string    `json:"url"`
	Headers  []pairHAR `json:"headers"`
	Cookies  []pairHAR `json:"cookies"`
	PostData *postHAR  `json:"postData"`
}

// templated reports whether a request contains text that a collection would
// take as a variable.
func (r *requestHAR) templated() bool {
	return anyTemplate().MatchString(r.URL) || r.PostData != nil && anyTemplate().MatchString(r.PostData.Text) ||
		slices.ContainsFunc(r.Headers, func(h pairHAR) bool { return anyTemplate().MatchString(h.Value) })
}

type postHAR struct {
	MimeType string    `json:"mimeType"`
	Text     string    `json:"text"`
	Encoding string    `json:"encoding"`
	Params   []pairHAR `json:"params"`
}

type pairHAR struct {
	Name        string `json:"name"`
	Value       string `json:"value"`
	FileName    string `json:"fileName"`
	ContentType string `json:"contentType"`
}

// unsent returns the reason why an entry was not sent as a request, or "" when
// it was. In an archive with answers, an entry without an answer was blocked or
// cut off; an archive without any answer is a list of requests.
func (e *entryHAR) unsent(answered bool) string {
	scheme, _, ok := strings.Cut(e.Request.URL, ":")
	scheme = strings.ToLower(scheme)
	upgrade := slices.ContainsFunc(e.Request.Headers, func(h pairHAR) bool {
		return strings.EqualFold(h.Name, "Upgrade") && strings.EqualFold(h.Value, "websocket")
	})
	switch r := e.Response; {
	case e.Request.URL == "":
		return "it has no URL"
	case ok && scheme != "http" && scheme != "https":
		return scheme + ": is not http"
	case upgrade || e.ResourceType == "websocket" || len(e.Messages) > 0 || r.Status == 101:
		return "it is a socket"
	case strings.EqualFold(e.Request.Method, "CONNECT"):
		return "it is a tunnel"
	case r.Status == 0 && r.Error != "" && (answered || strings.Contains(strings.ToLower(r.Error), "blocked")):
		return "it got no answer (" + r.Error + ")"
	case r.Status == 0 && answered:
		return "it got no answer, so it was blocked or cut off"
	}
	return ""
}

// item returns the entry as a request. lost says what the request does not
// have.
func (e *entryHAR) item() (item *postman.Items, lost []string) {
	req := newRequest(strings.ToUpper(e.Request.Method), e.Request.URL)
	if req.Method == "" {
		req.Method = "GET"
	}
	behavior := map[string]any{}
	if plainURL(e.Request.URL) {
		behavior["disableUrlEncoding"] = true
	}
	req.Header = append(req.Header, headersHAR(e.Request.Headers, e.Request.URL)...)
	if len(e.Request.Cookies) > 0 && !hasHeader(req, "Cookie") {
		req.Header = append(req.Header, &postman.Header{Key: "Cookie", Value: cookiesHAR(e.Request.Cookies)})
	}
	if p := e.Request.PostData; p != nil {
		lost = p.body(req)
	}
	if e.Request.templated() {
		lost = append(lost, "it holds {{…}}, which a run takes for a variable")
	}
	if req.Body != nil && slices.Contains(bodyless, string(req.Method)) {
		behavior["disableBodyPruning"] = true
	}
	if e.Response.Status/100 == 3 {
		behavior["followRedirects"] = false // the request after the redirect is an entry of its own
	}
	item = postman.CreateItem(postman.Item{Name: itemName(req), Request: req})
	if len(behavior) > 0 {
		item.ProtocolProfileBehavior = behavior
	}
	if example, why := e.example(req); example != nil {
		item.Responses = append(item.Responses, example)
		if why != "" {
			lost = append(lost, why)
		}
	}
	return item, lost
}

// plainURL matches an address with characters that were sent as they are, but
// that a run would percent-encode.
func plainURL(address string) bool {
	address, _, _ = strings.Cut(address, "#")
	pathname, query, _ := strings.Cut(address, "?")
	return strings.ContainsAny(pathname, "\"<>`{}") || strings.ContainsAny(query, `"'<>`)
}

func cookiesHAR(list []pairHAR) string {
	var parts []string
	for _, c := range list {
		parts = append(parts, c.Name+"="+c.Value)
	}
	return strings.Join(parts, "; ")
}

// answer returns the recorded answer, so that it can be compared with another
// one.
func (e *entryHAR) answer() Answer {
	a := Answer{Code: e.Response.Status}
	for _, h := range headersHAR(e.Response.Headers, "") {
		a.Header = append(a.Header, collections.Header{Key: h.Key, Value: h.Value})
	}
	c := e.Response.Content
	if c.Text == nil {
		a.HasBody = c.Size != nil && *c.Size == 0
		return a
	}
	a.Body, a.HasBody = []byte(*c.Text), true
	if c.Encoding == "base64" {
		raw, err := base64.StdEncoding.DecodeString(*c.Text)
		a.Body, a.HasBody = raw, err == nil
	}
	return a
}

// example returns the answer as a saved example; nil when there is none.
func (e *entryHAR) example(req *postman.Request) (example *postman.Response, lost string) {
	r := e.Response
	if r.Status == 0 {
		return nil, ""
	}
	body := string(e.answer().Body)
	if !printableText(body) {
		body, lost = "", "the answer is binary: left out"
	}
	return &postman.Response{Name: strings.TrimSpace(fmt.Sprintf("%d %s", r.Status, r.StatusText)), OriginalRequest: req, Code: r.Status, Status: r.StatusText,
		Body: body, Headers: &postman.HeaderList{Headers: headersHAR(r.Headers, "")}}, lost
}

func printableText(s string) bool { return !strings.ContainsRune(strings.ToValidUTF8(s, "\x00"), 0) }

// headersHAR leaves out headers that the connection adds by itself. It keeps a
// Host that differs from the address.
func headersHAR(list []pairHAR, address string) []*postman.Header {
	out := []*postman.Header{}
	for _, h := range list {
		switch low := strings.ToLower(h.Name); {
		case strings.HasPrefix(h.Name, ":"), h.Name == "", low == "content-length", low == "connection", low == "accept-encoding",
			low == "content-encoding", low == "transfer-encoding":
			continue
		case low == "host" && (address == "" || strings.Contains(strings.ToLower(address)+"/", "//"+strings.ToLower(h.Value)+"/")):
			continue
		}
		out = append(out, &postman.Header{Key: h.Name, Value: h.Value})
	}
	return out
}

// entryNotes collects notes about entries, so that equal notes are printed
// once.
type entryNotes struct {
	list   []*entryNote
	secret int // numbers of the requests with credentials
}

type entryNote struct {
	text    string
	entries []int
}

func (n *entryNotes) add(entry int, text string) {
	for _, known := range n.list {
		if known.text == text {
			known.entries = append(known.entries, entry)
			return
		}
	}
	n.list = append(n.list, &entryNote{text, []int{entry}})
}

// maxNamed is the largest number of entries that one note lists.
const maxNamed = 5

func (n *entryNotes) notes(file string) (out []Note) {
	for _, e := range n.list {
		var numbers []string
		for _, i := range e.entries[:min(len(e.entries), maxNamed)] {
			numbers = append(numbers, fmt.Sprint(i))
		}
		where := "entry "
		if len(e.entries) > 1 {
			where = "entries "
		}
		where += strings.Join(numbers, ", ")
		if more := len(e.entries) - len(numbers); more > 0 {
			where += fmt.Sprintf(" and %d more", more)
		}
		out = append(out, Note{File: file, Text: where + ": " + e.text})
	}
	if n.secret > 0 {
		out = append(out, Note{File: file, Text: fmt.Sprintf("%d requests carry credentials in clear", n.secret)})
	}
	return out
}
