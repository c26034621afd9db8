package collections

// An Example is a saved response, with the request that it answered.
type Example struct {
	ID, Name string
	Code     int
	Status   string
	Header   []Header
	Body     string
	Request  *Request // as saved, with its templates; the item's request when the example has none
}

// Examples returns the saved responses of a request, in document order.
func (n *Node) Examples() []Example {
	if n.folder {
		return nil
	}
	var out []Example
	for r := range elements(n.member("response")) {
		if !r.IsObject() {
			continue
		}
		e := Example{ID: firstText(lookup(r, "id"), lookup(r, "_postman_id"), lookup(r, "uid")), Name: text(lookup(r, "name")),
			Code: int(lookup(r, "code").Int()), Status: text(lookup(r, "status")),
			Header: parseHeaders(lookup(r, "header")), Body: text(lookup(r, "body"))}
		e.Request = n.Request()
		if original := lookup(r, "originalRequest"); original.Exists() {
			if req, err := ParseRequest([]byte(original.Raw)); err == nil {
				e.Request = req
			}
		}
		out = append(out, e)
	}
	return out
}
