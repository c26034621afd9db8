package convert

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"strings"

	postman "github.com/rbretecher/go-postman-collection"

	"postie/collections"
)

// FromHAR makes a collection of an HTTP archive: each entry is a request with
// its answer as a saved example. What a connection says for itself (HTTP/2's
// own headers, Content-Length, Host) is left out.
func FromHAR(name string, src []byte) ([]byte, []Note, error) {
	var doc archive
	if err := json.Unmarshal(src, &doc); err != nil {
		var te *json.UnmarshalTypeError
		if !errors.As(err, &te) {
			if _, perr := collections.Parse(name, src); perr != nil {
				return nil, nil, perr // says where
			}
			return nil, nil, &collections.ParseError{File: name, Line: 1, Col: 1, Text: err.Error()}
		}
	}
	if len(doc.Log.Entries) == 0 {
		return nil, nil, &collections.ParseError{File: name, Line: 1, Col: 1, Text: "not an HTTP archive: it has no log with entries"}
	}
	out := newCollection(strings.TrimSuffix(path.Base(name), path.Ext(name)))
	var notes []Note
	secret := 0
	for i, e := range doc.Log.Entries {
		if e.Request.URL == "" {
			notes = append(notes, Note{File: name, Text: fmt.Sprintf("entry %d has no URL: left out", i+1)})
			continue
		}
		item, lost := e.item()
		for _, what := range lost {
			notes = append(notes, Note{File: name, Text: fmt.Sprintf("entry %d: %s", i+1, what)})
		}
		if header(item.Request, "Authorization") != "" || header(item.Request, "Cookie") != "" {
			secret++
		}
		out.AddItem(item)
	}
	if secret > 0 {
		notes = append(notes, Note{File: name, Text: fmt.Sprintf("%d requests carry credentials in clear", secret)})
	}
	converted, err := write(name, out)
	return converted, notes, err
}

// An archive is what of HAR 1.2 a collection has a place for.
type archive struct {
	Log struct {
		Entries []entryHAR `json:"entries"`
	} `json:"log"`
}

type entryHAR struct {
	Request struct {
		Method   string    `json:"method"`
		URL      string    `json:"url"`
		Headers  []pairHAR `json:"headers"`
		PostData *struct {
			MimeType string    `json:"mimeType"`
			Text     string    `json:"text"`
			Encoding string    `json:"encoding"`
			Params   []pairHAR `json:"params"`
		} `json:"postData"`
	} `json:"request"`
	Response struct {
		Status     int       `json:"status"`
		StatusText string    `json:"statusText"`
		Headers    []pairHAR `json:"headers"`
		Content    struct {
			MimeType string `json:"mimeType"`
			Text     string `json:"text"`
			Encoding string `json:"encoding"`
		} `json:"content"`
	} `json:"response"`
}

type pairHAR struct {
	Name        string `json:"name"`
	Value       string `json:"value"`
	FileName    string `json:"fileName"`
	ContentType string `json:"contentType"`
}

// item is the entry as a request; lost tells what is not in it.
func (e *entryHAR) item() (item *postman.Items, lost []string) {
	req := newRequest(strings.ToUpper(e.Request.Method), e.Request.URL)
	req.Header = append(req.Header, headersHAR(e.Request.Headers)...)
	if p := e.Request.PostData; p != nil {
		kind := header(req, "Content-Type")
		if kind == "" {
			kind = p.MimeType
		}
		switch {
		case strings.HasPrefix(kind, "multipart/form-data") && len(p.Params) > 0:
			var list []pair
			for _, f := range p.Params {
				x := pair{Key: text(f.Name), Type: "text", ContentType: text(f.ContentType)}
				if f.FileName != "" {
					x.Type, x.Src = "file", &sources{list: []string{f.FileName}}
					lost = append(lost, "a file's content is not in the archive")
				} else {
					v := text(f.Value)
					x.Value = &v
				}
				list = append(list, x)
			}
			req.Body = &postman.Body{Mode: "formdata", FormData: list}
			dropHeader(req, "Content-Type")
		case p.Encoding == "base64":
			lost = append(lost, "the body is binary: left out")
		default:
			if strings.HasPrefix(kind, formType) {
				if req.Body = formBody(p.Text); req.Body != nil {
					dropHeader(req, "Content-Type")
				}
			}
			if req.Body == nil && p.Text != "" {
				req.Body = rawBody(p.Text, kind)
			}
		}
	}
	item = postman.CreateItem(postman.Item{Name: itemName(req), Request: req})
	if r := e.Response; r.Status > 0 {
		body := r.Content.Text
		if r.Content.Encoding == "base64" {
			raw, err := base64.StdEncoding.DecodeString(body)
			if body = string(raw); err != nil || !printableText(body) {
				body, lost = "", append(lost, "the answer is binary: left out")
			}
		}
		answer := &postman.Response{Name: strings.TrimSpace(fmt.Sprintf("%d %s", r.Status, r.StatusText)), OriginalRequest: req, Code: r.Status, Status: r.StatusText,
			Body: body, Headers: &postman.HeaderList{Headers: headersHAR(r.Headers)}}
		item.Responses = append(item.Responses, answer)
	}
	return item, lost
}

func printableText(s string) bool { return !strings.ContainsRune(strings.ToValidUTF8(s, "\x00"), 0) }

// headersHAR leaves out what the connection adds by itself.
func headersHAR(list []pairHAR) []*postman.Header {
	out := []*postman.Header{}
	for _, h := range list {
		switch low := strings.ToLower(h.Name); {
		case strings.HasPrefix(h.Name, ":"), low == "content-length", low == "host", low == "connection", low == "accept-encoding",
			low == "content-encoding", low == "transfer-encoding":
			continue
		}
		out = append(out, &postman.Header{Key: h.Name, Value: h.Value})
	}
	return out
}
