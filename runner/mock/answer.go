package mock

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
)

// An answer is a response: a JSON value, or no body when value is nil.
type answer struct {
	status int
	value  any
}

// A problem is the error envelope of every endpoint.
type problem struct {
	Code    int    `json:"code"`
	Reason  string `json:"reason"`
	Message string `json:"message"`
	Detail  any    `json:"detail,omitempty"`
}

func success(value any) answer { return answer{http.StatusOK, value} }

func failure(status int, message string) answer {
	return answer{status, problem{Code: status, Reason: http.StatusText(status), Message: message}}
}

func refuse(status int, message string) *answer {
	a := failure(status, message)
	return &a
}

// accessDenied is for a session token that is missing or dead.
func accessDenied() answer { return failure(http.StatusUnauthorized, "Access Denied") }

func (a answer) write(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("X-Frame-Options", "SAMEORIGIN")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-cache, no-store, must-revalidate")
	h.Set("Pragma", "no-cache")
	h.Set("Expires", "0")
	if a.value == nil {
		w.WriteHeader(a.status)
		return
	}
	body, err := a.render(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	h.Set("Content-Type", "application/json;charset=UTF-8")
	w.WriteHeader(a.status)
	_, _ = w.Write(body) // a client that left is no concern of ours
}

// render obeys the query's _fields and _prettyPrint. An error is never cut.
func (a answer) render(r *http.Request) ([]byte, error) {
	query := r.URL.Query()
	value := a.value
	if fields := query.Get("_fields"); fields != "" && a.status < 400 {
		cut, err := keep(value, strings.Split(fields, ","))
		if err != nil {
			return nil, err
		}
		value = cut
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if query.Get("_prettyPrint") == "true" {
		enc.SetIndent("", "  ")
	}
	if err := enc.Encode(value); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// keep returns the members of value that the JSON pointers name.
func keep(value any, pointers []string) (map[string]any, error) {
	raw, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	var whole map[string]any
	if err := json.Unmarshal(raw, &whole); err != nil {
		return nil, err
	}
	kept := make(map[string]any)
	for _, pointer := range pointers {
		path := strings.Split(strings.Trim(strings.TrimSpace(pointer), "/"), "/")
		move(kept, whole, path)
	}
	return kept, nil
}

func move(dst, src map[string]any, path []string) {
	v, ok := src[path[0]]
	if !ok {
		return
	}
	if len(path) == 1 {
		dst[path[0]] = v
		return
	}
	inner, ok := v.(map[string]any)
	if !ok {
		return
	}
	target, ok := dst[path[0]].(map[string]any)
	if !ok {
		target = make(map[string]any)
		dst[path[0]] = target
	}
	move(target, inner, path[1:])
}

// maxBody is far more than any call needs.
const maxBody = 1 << 20

// read takes in the body; it returns the answer to one that cannot be taken.
func (c *call) read(w http.ResponseWriter) *answer {
	body, err := io.ReadAll(http.MaxBytesReader(w, c.Body, maxBody))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return refuse(http.StatusRequestEntityTooLarge, "Request Entity Too Large")
	case err != nil:
		return refuse(http.StatusBadRequest, "the body could not be read")
	}
	c.body = bytes.TrimSpace(body)
	return nil
}

// object decodes the body, which may be empty, as a JSON object.
func (c *call) object(v any) *answer {
	if len(c.body) == 0 {
		return nil
	}
	kind := strings.ToLower(c.Header.Get("Content-Type"))
	if kind != "" && !strings.HasPrefix(kind, "application/json") {
		return refuse(http.StatusUnsupportedMediaType, "Unsupported Media Type")
	}
	if err := json.Unmarshal(c.body, v); err != nil || c.body[0] != '{' {
		return refuse(http.StatusBadRequest, "The request could not be processed because the provided content is not valid JSON")
	}
	return nil
}
