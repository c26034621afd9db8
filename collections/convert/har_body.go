package convert

import (
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"strings"

	postman "github.com/rbretecher/go-postman-collection"

	"postie/collections"
)

// body writes the posted data into a request. lost says what the request does
// not have.
func (p *postHAR) body(req *postman.Request) (lost []string) {
	kind := header(req, "Content-Type")
	if kind == "" {
		kind = p.MimeType
	}
	sent := p.Text
	if p.Encoding == "base64" {
		raw, err := base64.StdEncoding.DecodeString(p.Text)
		if err != nil {
			return []string{"the body is not the base64 it says it is: left out"}
		}
		sent = string(raw)
	}
	switch low := strings.ToLower(kind); {
	case strings.HasPrefix(low, "multipart/form-data"):
		return p.multipart(req, sent, kind)
	case sent == "" && len(p.Params) > 0:
		req.Body = &postman.Body{Mode: "urlencoded", URLEncoded: paramsHAR(p.Params)}
		dropHeader(req, "Content-Type")
	case sent == "":
	case !isText(sent):
		req.Body = binaryBody(sent)
		addContentType(req, kind)
	default:
		if form := formBody(sent); strings.HasPrefix(low, formType) && form != nil && isForm(form, sent) {
			req.Body = form
			dropHeader(req, "Content-Type")
			return nil
		}
		req.Body = exactBody(sent, kind)
		addContentType(req, kind)
	}
	return nil
}

// addContentType adds the Content-Type of a body when a run would choose
// another one.
func addContentType(req *postman.Request, kind string) {
	r := collections.Request{Body: &collections.Body{Raw: &req.Body.Raw}}
	if o := req.Body.Options; o != nil {
		r.Body.Language = o.Raw.Language
	}
	if _, implied := r.RawText(); kind != "" && !hasHeader(req, "Content-Type") && (req.Body.Mode == "file" || implied != kind) {
		req.Header = append(req.Header, &postman.Header{Key: "Content-Type", Value: kind})
	}
}

func paramsHAR(list []pairHAR) []pair {
	var out []pair
	for _, f := range list {
		v := text(f.Value)
		out = append(out, pair{Key: text(f.Name), Value: &v})
	}
	return out
}

// multipart returns a form of parts: those of the text, which was sent, or
// those that the archive lists.
func (p *postHAR) multipart(req *postman.Request, sent, kind string) (lost []string) {
	list := partsOf(sent, kind)
	if list == nil && len(p.Params) > 0 {
		for _, f := range p.Params {
			v := text(f.Value)
			list = append(list, pair{Key: text(f.Name), Type: "text", Value: &v, ContentType: text(f.ContentType), FileName: text(f.FileName)})
		}
	}
	if list == nil {
		if sent != "" {
			req.Body = exactBody(sent, kind)
			addContentType(req, kind)
		}
		return nil
	}
	for i, f := range list {
		if f.FileName != "" && *f.Value == "" { // browsers leave the content of files out
			list[i].Type, list[i].Value, list[i].Src, list[i].FileName = "file", nil, &sources{list: []string{string(f.FileName)}}, ""
			lost = append(lost, "a file's content is not in the archive")
		}
	}
	req.Body = &postman.Body{Mode: "formdata", FormData: list}
	dropHeader(req, "Content-Type")
	return lost
}

// partsOf reads a multipart text. It returns nil when the text is not
// multipart, or has headers or bytes that a form cannot express.
func partsOf(sent, kind string) (list []pair) {
	_, params, err := mime.ParseMediaType(kind)
	if err != nil || params["boundary"] == "" || sent == "" {
		return nil
	}
	r := multipart.NewReader(strings.NewReader(sent), params["boundary"])
	for {
		part, err := r.NextRawPart()
		if err == io.EOF {
			return list
		}
		if err != nil {
			return nil
		}
		content, err := io.ReadAll(part)
		known := 1
		if part.Header.Get("Content-Type") != "" {
			known++
		}
		unnamed := strings.Contains(part.Header.Get("Content-Disposition"), `filename=""`) // no file was chosen in the form
		if err != nil || len(part.Header) != known || part.FormName() == "" || unnamed {
			return nil
		}
		p := pair{Key: text(part.FormName()), Type: "text", ContentType: text(part.Header.Get("Content-Type")), FileName: text(part.FileName())}
		v := text(content)
		if !isText(string(content)) {
			p.Type, v = "file", text(base64.StdEncoding.EncodeToString(content))
		}
		p.Value = &v
		list = append(list, p)
	}
}
