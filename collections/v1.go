package collections

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"github.com/tidwall/gjson"
)

// isV1 recognises a v1 collection: it lists its requests flat, with an order.
func isV1(top object) bool {
	return truthy(top.get("name")) && truthy(top.get("order")) && truthy(top.get("requests"))
}

// fromV1 converts a v1 collection to v2.1: folders first, then the requests
// at the top.
func fromV1(doc gjson.Result) []byte {
	v := &v1{requests: map[string]gjson.Result{}, folders: map[string]gjson.Result{}, placed: map[string]bool{}}
	for r := range elements(lookup(doc, "requests")) {
		v.requests[text(lookup(r, "id"))] = r
	}
	for f := range elements(lookup(doc, "folders")) {
		v.folders[text(lookup(f, "id"))] = f
		v.folderIDs = append(v.folderIDs, text(lookup(f, "id")))
	}
	order := texts(lookup(doc, "folders_order"))
	if len(order) == 0 {
		order = v.topFolders()
	}
	out := map[string]any{
		"info": map[string]any{"name": text(lookup(doc, "name")), "description": description(lookup(doc, "description")),
			"_postman_id": text(lookup(doc, "id")),
			"schema":      "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"},
		"item": v.items(order, texts(lookup(doc, "order"))),
	}
	if ev := v1Events(doc); ev != nil {
		out["event"] = ev
	}
	if vs := lookup(doc, "variables"); vs.IsArray() {
		out["variable"] = json.RawMessage(vs.Raw)
	}
	if a := v1Auth(doc); a != nil {
		out["auth"] = a
	}
	return marshal(out)
}

func marshal(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if e.Encode(v) != nil {
		return []byte("{}")
	}
	return b.Bytes()
}

type v1 struct {
	requests  map[string]gjson.Result
	folders   map[string]gjson.Result
	folderIDs []string
	placed    map[string]bool // folders that are already in the tree
}

// topFolders returns the folders that no other folder lists, in document order.
func (v *v1) topFolders() []string {
	inner := map[string]bool{}
	for _, f := range v.folders {
		for _, id := range texts(lookup(f, "folders_order")) {
			inner[id] = true
		}
	}
	var out []string
	for _, id := range v.folderIDs {
		if !inner[id] {
			out = append(out, id)
		}
	}
	return out
}

func (v *v1) items(folders, requests []string) []any {
	out := []any{}
	for _, id := range folders {
		f, ok := v.folders[id]
		if !ok || v.placed[id] {
			continue // the folder is unknown, or the folders list each other
		}
		v.placed[id] = true
		m := map[string]any{"name": text(lookup(f, "name")), "id": id,
			"item": v.items(texts(lookup(f, "folders_order")), texts(lookup(f, "order")))}
		if d := description(lookup(f, "description")); d != "" {
			m["description"] = d
		}
		if ev := v1Events(f); ev != nil {
			m["event"] = ev
		}
		if a := v1Auth(f); a != nil {
			m["auth"] = a
		}
		out = append(out, m)
	}
	for _, id := range requests {
		if r, ok := v.requests[id]; ok {
			out = append(out, v1Item(r))
		}
	}
	return out
}

func v1Item(r gjson.Result) any {
	req := map[string]any{"method": method(lookup(r, "method")), "url": v1URL(r), "header": v1Headers(r)}
	if d := description(lookup(r, "description")); d != "" {
		req["description"] = d
	}
	if b := v1Body(r); b != nil {
		req["body"] = b
	}
	if a := v1Auth(r); a != nil {
		req["auth"] = a
	}
	m := map[string]any{"name": text(lookup(r, "name")), "request": req}
	if id := text(lookup(r, "id")); id != "" {
		m["id"] = id
	}
	if ev := v1Events(r); ev != nil {
		m["event"] = ev
	}
	if p := lookup(r, "protocolProfileBehavior"); p.IsObject() {
		m["protocolProfileBehavior"] = json.RawMessage(p.Raw)
	}
	return m
}

func v1URL(r gjson.Result) any {
	raw := text(lookup(r, "url"))
	u := ParseURL(raw)
	if q := lookup(r, "queryParams"); q.IsArray() && len(q.Array()) > 0 {
		u.Query = nil
		for _, p := range q.Array() {
			qp := parseQueryParam(p)
			qp.Disabled = v1Disabled(p)
			u.Query = append(u.Query, qp)
		}
	}
	variables := lookup(r, "pathVariableData").Raw
	if pv := lookup(r, "pathVariables"); variables == "" && pv.IsObject() {
		c := &canonicaliser{}
		c.pairs(pv)
		variables = c.out.String()
	}
	return json.RawMessage(u.canonical(raw, variables))
}

func v1Disabled(r gjson.Result) bool {
	return truthy(lookup(r, "disabled")) || lookup(r, "enabled").Type == gjson.False
}

// v1Entry returns an entry of a list; off means that it is disabled.
func v1Entry(off bool, members map[string]any) map[string]any {
	if off {
		members["disabled"] = true
	}
	return members
}

func v1Headers(r gjson.Result) []any {
	out := []any{}
	if data := lookup(r, "headerData"); data.IsArray() && len(data.Array()) > 0 {
		for h := range elements(data) {
			key := text(lookup(h, "key"))
			off := v1Disabled(h) || strings.HasPrefix(key, "//")
			out = append(out, v1Entry(off, map[string]any{"key": strings.TrimPrefix(key, "//"), "value": text(lookup(h, "value"))}))
		}
		return out
	}
	for line := range strings.SplitSeq(text(lookup(r, "headers")), "\n") {
		key, val, _ := strings.Cut(strings.TrimRight(line, "\r"), ":")
		if strings.TrimSpace(key) == "" {
			continue
		}
		off := strings.HasPrefix(key, "//")
		out = append(out, v1Entry(off, map[string]any{"key": strings.TrimSpace(strings.TrimPrefix(key, "//")), "value": strings.TrimSpace(val)}))
	}
	return out
}

func v1Body(r gjson.Result) map[string]any {
	out := map[string]any{}
	if truthy(lookup(r, "dataDisabled")) {
		out["disabled"] = true
	}
	raw := v1Raw(r)
	form := lookup(r, "data")
	if !truthy(form) {
		form = lookup(r, "rawModeData")
	}
	switch v1Mode(r, raw, form) {
	case "raw":
		out["mode"], out["raw"] = "raw", cmp.Or(raw, lookup(r, "data").Str)
	case "urlencoded":
		out["mode"], out["urlencoded"] = "urlencoded", v1Form(form)
	case "params":
		out["mode"], out["formdata"] = "formdata", v1Form(form)
	case "binary":
		out["mode"], out["file"] = "file", map[string]any{"src": raw}
	case "graphql":
		out["mode"] = "graphql"
		if g := lookup(r, "graphqlModeData"); g.IsObject() {
			out["graphql"] = json.RawMessage(g.Raw)
		}
	default:
		if lookup(r, "dataMode").Raw == "null" {
			return nil
		}
		return map[string]any{} // like Postman's own converter
	}
	if o := lookup(r, "dataOptions"); o.IsObject() {
		out["options"] = json.RawMessage(o.Raw)
	}
	return out
}

// v1Raw returns the text of a body, or its file: a string or an array with one
// string.
func v1Raw(r gjson.Result) string {
	raw := lookup(r, "rawModeData")
	if raw.IsArray() && len(raw.Array()) > 0 {
		raw = raw.Array()[0]
	}
	if raw.Type != gjson.String {
		return ""
	}
	return raw.Str
}

// v1Mode returns the mode of a body, or "" when there is no body. When the
// request does not name the mode, it is derived from what the request has, as
// Postman's own converter does.
func v1Mode(r gjson.Result, raw string, form gjson.Result) string {
	mode := text(lookup(r, "dataMode"))
	switch {
	case slices.Contains([]string{"raw", "urlencoded", "params", "binary", "graphql"}, mode):
		return mode
	case lookup(r, "dataMode").Raw == "null":
		return ""
	case raw == "" && form.IsArray() && len(form.Array()) > 0:
		return "params"
	case raw == "" && len(lookup(r, "graphqlModeData").Map()) > 0:
		return "graphql"
	case raw != "" || lookup(r, "data").Str != "":
		return "raw"
	}
	return ""
}

func v1Form(list gjson.Result) []any {
	out := []any{}
	for p := range elements(list) {
		m := v1Entry(v1Disabled(p), map[string]any{"key": text(lookup(p, "key")), "type": text(lookup(p, "type"))})
		v := lookup(p, "value")
		if v.Exists() {
			m["value"] = json.RawMessage(v.Raw)
		}
		if m["type"] == "file" {
			if src := lookup(p, "src"); src.Exists() {
				m["src"] = json.RawMessage(src.Raw)
			} else if v.Type == gjson.String || v.IsArray() {
				m["src"] = json.RawMessage(v.Raw)
				delete(m, "value")
			}
		}
		out = append(out, m)
	}
	return out
}

func v1Events(r gjson.Result) []any {
	if ev := lookup(r, "events"); ev.IsArray() && len(ev.Array()) > 0 {
		var out []any
		for _, e := range ev.Array() {
			out = append(out, json.RawMessage(e.Raw))
		}
		return out
	}
	var out []any
	add := func(listen, source string) {
		if source != "" {
			out = append(out, map[string]any{"listen": listen, "script": map[string]any{"type": "text/javascript",
				"exec": strings.Split(strings.ReplaceAll(source, "\r\n", "\n"), "\n")}})
		}
	}
	add("prerequest", text(lookup(r, "preRequestScript")))
	add("test", text(lookup(r, "tests")))
	return out
}

func v1Auth(r gjson.Result) any {
	if a := lookup(r, "auth"); a.IsObject() {
		return json.RawMessage(a.Raw)
	}
	kind := text(lookup(r, "currentHelper"))
	attrs := lookup(r, "helperAttributes")
	if kind == "" || kind == "normal" || !attrs.IsObject() {
		return nil
	}
	names := map[string]string{"basicAuth": "basic", "digestAuth": "digest", "oAuth1": "oauth1", "oAuth2": "oauth2",
		"hawkAuth": "hawk", "awsSigV4": "awsv4", "bearerAuth": "bearer", "ntlmAuth": "ntlm"}
	typ := names[kind]
	if typ == "" {
		return nil
	}
	params := []any{}
	attrs.ForEach(func(k, v gjson.Result) bool {
		if key := v1Param(typ, k.Str); key != "" {
			params = append(params, map[string]any{"key": key, "value": json.RawMessage(v.Raw)})
		}
		return true
	})
	return map[string]any{"type": typ, typ: params}
}

// v1Param returns today's name of an auth helper's attribute, or "" to leave
// the attribute out.
func v1Param(typ, key string) string {
	switch {
	case key == "id" || key == "saveToRequest" || key == "save":
		if typ == "hawk" {
			return map[string]string{}[key]
		}
		return ""
	case typ == "digest" && key == "algo":
		return "algorithm"
	case typ == "hawk":
		if to := map[string]string{"hawk_id": "authId", "hawk_key": "authKey", "ext": "extraData"}[key]; to != "" {
			return to
		}
	case typ == "awsv4" && key == "serviceName":
		return "service"
	case typ == "oauth1" && key == "autoAddParam", typ == "oauth1" && key == "encodeOAuthSign":
		return key
	}
	return key
}
