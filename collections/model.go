package collections

import (
	"bytes"
	"encoding/json"

	postman "github.com/rbretecher/go-postman-collection"
	"github.com/tidwall/gjson"
)

// decode reads a strict document into the types of go-postman-collection.
func decode(doc gjson.Result) *postman.Collection {
	c, err := postman.ParseCollection(bytes.NewReader(modelForm(doc)))
	if err != nil {
		return nil
	}
	return c
}

// modelForm reduces a strict document to what go-postman-collection can hold:
// names, tree, events, requests and saved responses, with scalars as strings.
// The rest is read with gjson.
func modelForm(doc gjson.Result) []byte {
	name := lookup(doc, "info", "name")
	if !lookup(doc, "info").IsObject() {
		name = lookup(doc, "name")
	}
	info := map[string]any{
		"name":   text(name),
		"schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json",
	}
	out := map[string]any{"info": info, "item": modelItems(lookup(doc, "item"))}
	if d := description(lookup(doc, "info", "description")); d != "" {
		info["description"] = d
	}
	if ev := modelEvents(lookup(doc, "event")); ev != nil {
		out["event"] = ev
	}
	if vs := modelVariables(lookup(doc, "variable")); vs != nil {
		out["variable"] = vs
	}
	src, err := json.Marshal(out)
	if err != nil {
		return []byte(`{}`)
	}
	return src
}

func modelItems(list gjson.Result) []any {
	out := []any{}
	for it := range elements(list) {
		m := map[string]any{"name": text(lookup(it, "name"))}
		if d := description(lookup(it, "description")); d != "" {
			m["description"] = d
		}
		if ev := modelEvents(lookup(it, "event")); ev != nil {
			m["event"] = ev
		}
		if truthy(lookup(it, "item")) {
			m["item"] = modelItems(lookup(it, "item"))
		} else {
			m["request"] = modelRequest(lookup(it, "request"))
			m["response"] = modelResponses(lookup(it, "response"))
		}
		out = append(out, m)
	}
	return out
}

func modelEvents(list gjson.Result) []any {
	var out []any
	for e := range elements(list) {
		if !e.IsObject() {
			continue
		}
		out = append(out, map[string]any{
			"listen": text(lookup(e, "listen")), "disabled": truthy(lookup(e, "disabled")),
			"script": map[string]any{"id": text(lookup(e, "script", "id")), "type": "text/javascript", "exec": lines(lookup(e, "script", "exec"))},
		})
	}
	return out
}

func modelVariables(list gjson.Result) []any {
	var out []any
	for v := range elements(list) {
		out = append(out, map[string]any{"key": text(lookup(v, "key")), "value": text(lookup(v, "value")), "type": "string"})
	}
	return out
}

func modelRequest(r gjson.Result) any {
	headers := []any{}
	for h := range elements(lookup(r, "header")) {
		headers = append(headers, map[string]any{"key": text(lookup(h, "key")), "value": text(lookup(h, "value")),
			"disabled": truthy(lookup(h, "disabled"))})
	}
	out := map[string]any{"method": method(lookup(r, "method")), "header": headers, "url": modelURL(lookup(r, "url"))}
	if b := lookup(r, "body"); b.IsObject() {
		m := map[string]any{"mode": text(lookup(b, "mode")), "raw": text(lookup(b, "raw"))}
		for _, k := range []string{"urlencoded", "formdata", "file", "graphql"} {
			if v := lookup(b, k); v.Exists() {
				m[k] = json.RawMessage(v.Raw)
			}
		}
		out["body"] = m
	}
	return out
}

func modelURL(r gjson.Result) map[string]any {
	u := parseURLObject(r)
	query := []any{}
	for _, p := range u.Query {
		query = append(query, map[string]any{"key": deref(p.Key), "value": deref(p.Value)})
	}
	return map[string]any{"raw": text(lookup(r, "raw")), "protocol": u.Protocol, "host": u.Host, "path": u.Path, "port": u.Port,
		"query": query, "hash": deref(u.Hash)}
}

func modelResponses(list gjson.Result) []any {
	out := []any{}
	for r := range elements(list) {
		headers := []any{}
		for h := range elements(lookup(r, "header")) {
			headers = append(headers, map[string]any{"key": text(lookup(h, "key")), "value": text(lookup(h, "value"))})
		}
		out = append(out, map[string]any{"id": text(lookup(r, "id")), "name": text(lookup(r, "name")), "status": text(lookup(r, "status")),
			"code": int(lookup(r, "code").Int()), "header": headers, "body": text(lookup(r, "body"))})
	}
	return out
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// description returns a description that is a string, or the content of a
// description object.
func description(r gjson.Result) string {
	if r.IsObject() {
		return text(lookup(r, "content"))
	}
	return text(r)
}
