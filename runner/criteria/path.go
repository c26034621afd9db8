package criteria

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"postie/collections/vars"
	"postie/runner/event"
	"postie/runner/script"
)

// checkPath refuses paths that lead nowhere in any response.
func checkPath(path string) error {
	root, rest, more := strings.Cut(path, ".")
	switch root {
	case "status", "reason", "time", "size", "text":
		if more {
			return fmt.Errorf("%s is a single value: %q leads into it", root, path)
		}
		return nil
	case "header":
		if rest == "" {
			return fmt.Errorf("header needs a name, as in header.Content-Type")
		}
		return nil
	case "body":
		return nil
	}
	return fmt.Errorf("unknown path %q: it starts with status, reason, time, size, header, text or body; did you mean %s?", path, meant(path))
}

// roots are what paths start with.
var roots = []string{"status", "reason", "time", "size", "header", "text", "body"}

// otherRoots are what people write in their place: in scripts, in JSONPath, in
// other tools.
var otherRoots = map[string]string{"$": "body", "json": "body", "jsonbody": "body", "response": "body", "data": "body", "headers": "header",
	"code": "status", "statuscode": "status", "responsecode": "status", "responsetime": "time", "duration": "time", "statustext": "reason"}

// meant is the path that was probably meant; what is nothing else is a member of
// the body.
func meant(path string) string {
	for _, before := range []string{"pm.response.", "response.", "pm."} {
		path = strings.TrimPrefix(path, before)
	}
	if inner, ok := strings.CutPrefix(path, "$["); ok {
		path = "$." + strings.Replace(inner, "]", "", 1)
	}
	path = strings.Replace(path, "json().", "body.", 1)
	root, rest, more := strings.Cut(path, ".")
	root = cmp.Or(otherRoots[strings.ToLower(root)], root)
	if !slices.Contains(roots, root) {
		near := vars.Closest(root, slices.Values(roots))
		if near == "" {
			return "body." + path
		}
		root = near
	}
	if more && (root == "header" || root == "body") {
		root += "." + rest
	}
	return root
}

// at reads a path of a response.
func at(r *script.Response, path string) gjson.Result {
	root, rest, more := strings.Cut(path, ".")
	switch root {
	case "status":
		return number(float64(r.Code))
	case "reason":
		return text(r.Status)
	case "time":
		return number(event.Milliseconds(r.Time))
	case "size":
		return number(float64(len(r.Body)))
	case "text":
		return text(string(r.Body))
	case "header":
		return headerAt(r, rest)
	}
	body, ok := jsonBody(r)
	if !ok || !more {
		return body
	}
	return body.Get(rest)
}

// jsonBody is the body as scripts read it; not ok when it is no JSON.
func jsonBody(r *script.Response) (body gjson.Result, ok bool) {
	src := bytes.TrimPrefix(r.Body, []byte("\ufeff"))
	if !json.Valid(src) {
		return gjson.Result{}, false
	}
	return gjson.Parse(lastMembers(string(src))), true
}

// collects reports whether a path gathers a list of what it finds, which may be
// nothing: with #.name, or with #(query)#.
func collects(path string) bool {
	depth, start := 0, 0
	for i := 0; i < len(path); i++ {
		switch path[i] {
		case '\\': // the next is itself
			i++
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			depth--
		case '.', '|':
			if depth == 0 {
				if part := path[start:i]; part == "#" || strings.HasSuffix(part, ")#") {
					return true
				}
				start = i + 1
			}
		}
	}
	return strings.HasSuffix(path[start:], ")#")
}

// headerAt is the last header line of a name.
func headerAt(r *script.Response, name string) gjson.Result {
	for i := len(r.Header) - 1; i >= 0; i-- {
		if strings.EqualFold(r.Header[i].Name, name) {
			return text(r.Header[i].Value)
		}
	}
	return gjson.Result{}
}

func number(f float64) gjson.Result {
	return gjson.Result{Type: gjson.Number, Num: f, Raw: strconv.FormatFloat(f, 'g', -1, 64)}
}

func text(s string) gjson.Result {
	raw, err := json.Marshal(s)
	if err != nil {
		raw = []byte(`""`)
	}
	return gjson.Result{Type: gjson.String, Str: s, Raw: string(raw)}
}
