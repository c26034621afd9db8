package convert

import (
	"bytes"
	"fmt"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"go.yaml.in/yaml/v4"

	"postie/collections"
)

// parseDescription reads the text of an OpenAPI description, as JSON or as
// YAML. A byte order mark is skipped.
func parseDescription(name string, src []byte) (*value, error) {
	src = bytes.TrimPrefix(src, []byte("\xef\xbb\xbf"))
	if head := bytes.TrimLeft(src, " \t\r\n"); len(head) == 0 || head[0] != '{' {
		return parseMerged(name, src)
	}
	v, err := parseJSON(name, src)
	if err == nil {
		return v, nil
	}
	if v, yamlErr := parseMerged(name, src); yamlErr == nil {
		return v, nil // it is YAML in braces
	}
	return nil, err
}

func parseMerged(name string, src []byte) (*value, error) {
	v, err := parseYAML(name, src)
	if err == nil {
		merge(v.Node, map[*yaml.Node]bool{})
	}
	return v, err
}

// load lets kin-openapi build its model of the description. The library would
// refuse the whole document for mistakes such as a version that is a number, or
// a reference that leads nowhere. Such parts are repaired or left out before,
// with a note.
func (r *openAPI) load() error {
	p := &openAPIPrinter{openAPI: r}
	kind := "document"
	if r.swagger {
		kind = "swagger"
	}
	p.object(r.root, kind)
	if err := r.model(p.out.Bytes()); err != nil {
		return &collections.ParseError{File: r.name, Line: 1, Col: 1, Text: "not an OpenAPI description: " + strings.Join(strings.Fields(err.Error()), " ")}
	}
	return nil
}

// model lets the library read the text. The library panics at some
// contradictions; to the user that is a bad document like any other.
func (r *openAPI) model(src []byte) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("%v", cause)
		}
	}()
	if r.swagger {
		return r.loadSwagger(src)
	}
	r.doc, err = openapi3.NewLoader().LoadFromData(src)
	return err
}

// fields are what a collection can use of the objects of a description: their
// members, and what each is. "[]x" is a list and "{}x" a map of x; "raw" is
// taken as it is. Members that are not here (links, extensions) are not read.
// Values without a type, such as examples, are taken from the source: the
// library would lose the order of their keys and the digits of long numbers.
var fields = map[string]map[string]string{
	"document": {"openapi": "text", "info": "info", "servers": "[]server", "security": "[]requirement",
		"paths": "{}path", "components": "components"},
	"info": {"title": "text", "description": "text", "version": "text"},
	"components": {"schemas": "{}schema", "responses": "{}response", "parameters": "{}parameter", "examples": "{}example",
		"requestBodies": "{}requestBody", "headers": "{}header", "securitySchemes": "{}scheme", "pathItems": "{}path"},
	"server":   {"url": "text", "description": "text", "variables": "{}variable"},
	"variable": {"default": "text", "description": "text", "enum": "[]text"},
	"path": {"parameters": "[]parameter", "servers": "[]server", "get": "operation", "put": "operation", "post": "operation",
		"delete": "operation", "options": "operation", "head": "operation", "patch": "operation", "trace": "operation", "query": "operation"},
	"operation": {"tags": "[]text", "summary": "text", "description": "text", "operationId": "text", "deprecated": "flag",
		"parameters": "[]parameter", "requestBody": "requestBody", "responses": "{}response", "security": "[]requirement", "servers": "[]server"},
	"parameter": {"name": "text", "in": "text", "description": "text", "required": "flag", "style": "text", "explode": "flag",
		"allowReserved": "flag", "schema": "schema", "examples": "{}example", "content": "{}media"},
	"requestBody": {"description": "text", "required": "flag", "content": "{}media"},
	"media":       {"schema": "schema", "itemSchema": "schema", "examples": "{}example", "encoding": "{}encoding"},
	"encoding":    {"contentType": "text", "headers": "{}header", "style": "text", "explode": "flag", "allowReserved": "flag"},
	"response":    {"description": "text", "headers": "{}header", "content": "{}media"},
	"example":     {"summary": "text", "externalValue": "text"},
	"header":      {"description": "text", "required": "flag", "explode": "flag", "schema": "schema", "examples": "{}example", "content": "{}media"},
	"scheme": {"type": "text", "description": "text", "name": "text", "in": "text", "scheme": "text", "flows": "flows",
		"openIdConnectUrl": "text", "flow": "text", "authorizationUrl": "text", "tokenUrl": "text", "scopes": "{}text"},
	"flows": {"implicit": "flow", "password": "flow", "clientCredentials": "flow", "authorizationCode": "flow"},
	"flow":  {"authorizationUrl": "text", "tokenUrl": "text", "refreshUrl": "text", "scopes": "{}text"},
	"schema": {"type": "types", "title": "text", "format": "text", "description": "text", "enum": "list", "const": "raw",
		"oneOf": "[]schema", "anyOf": "[]schema", "allOf": "[]schema", "not": "schema", "items": "schema", "prefixItems": "[]schema",
		"properties": "{}schema", "additionalProperties": "schemaOrFlag", "required": "[]text", "uniqueItems": "flag", "nullable": "flag",
		"readOnly": "flag", "writeOnly": "flag", "minimum": "number", "maximum": "number", "exclusiveMinimum": "bound", "exclusiveMaximum": "bound",
		"multipleOf": "number", "minLength": "count", "maxLength": "count", "pattern": "text", "minItems": "count", "maxItems": "count",
		"minProperties": "count", "maxProperties": "count", "xml": "xml", "discriminator": "discriminator",
		"contentEncoding": "text", "contentMediaType": "text"},
	"xml":           {"name": "text", "namespace": "text", "prefix": "text", "attribute": "flag", "wrapped": "flag"},
	"discriminator": {"propertyName": "text"},

	"swagger": {"swagger": "text", "info": "info", "host": "text", "basePath": "text", "schemes": "[]text", "consumes": "[]text", "produces": "[]text",
		"paths": "{}path2", "definitions": "{}schema2", "parameters": "{}parameter2", "responses": "{}response2",
		"securityDefinitions": "{}scheme", "security": "[]requirement"},
	"path2": {"parameters": "[]parameter2", "get": "operation2", "put": "operation2", "post": "operation2",
		"delete": "operation2", "options": "operation2", "head": "operation2", "patch": "operation2"},
	"operation2": {"tags": "[]text", "summary": "text", "description": "text", "operationId": "text", "deprecated": "flag", "schemes": "[]text",
		"consumes": "[]text", "produces": "[]text", "parameters": "[]parameter2", "responses": "{}response2", "security": "[]requirement"},
	"parameter2": {"name": "text", "in": "text", "description": "text", "required": "flag", "collectionFormat": "text", "type": "types",
		"format": "text", "schema": "schema2", "items": "schema2", "enum": "list", "minimum": "number", "maximum": "number",
		"exclusiveMinimum": "flag", "exclusiveMaximum": "flag", "multipleOf": "number", "minLength": "count", "maxLength": "count",
		"pattern": "text", "minItems": "count", "maxItems": "count", "uniqueItems": "flag"},
	"response2": {"description": "text", "schema": "schema2"},
	"schema2": {"type": "types", "title": "text", "format": "text", "description": "text", "enum": "list",
		"allOf": "[]schema2", "items": "schema2", "properties": "{}schema2", "additionalProperties": "schemaOrFlag2", "required": "[]text",
		"uniqueItems": "flag", "readOnly": "flag", "minimum": "number", "maximum": "number", "exclusiveMinimum": "flag", "exclusiveMaximum": "flag",
		"multipleOf": "number", "minLength": "count", "maxLength": "count", "pattern": "text", "minItems": "count", "maxItems": "count",
		"minProperties": "count", "maxProperties": "count", "xml": "xml"},
}

// sections are the sections to which a $ref of each kind of object leads.
var sections = map[string]string{
	"schema": "components/schemas", "response": "components/responses", "parameter": "components/parameters", "example": "components/examples",
	"requestBody": "components/requestBodies", "header": "components/headers", "scheme": "components/securitySchemes",
	"schema2": "definitions", "parameter2": "parameters", "response2": "responses",
}

// nodeKey is the member that says which node of the source an object of the
// library's model is.
const nodeKey = "x-postie-node"

// An openAPIPrinter writes a description as the JSON that the library reads.
type openAPIPrinter struct {
	*openAPI
	out  bytes.Buffer
	open []*value // the objects that are being written, the outermost first
}

// object writes the known members of an object of the given kind.
func (p *openAPIPrinter) object(v *value, kind string) {
	switch {
	case v.get("$ref").text() != "":
		p.reference(v, kind)
	case v.isFlag() && strings.HasPrefix(kind, "schema"): // a schema may be true or false in JSON Schema
		p.out.WriteString(map[bool]string{true: "{}", false: `{"not":{}}`}[v.flag()])
	case v.isMap():
		p.inline(v, kind, "")
	default:
		if !v.isNull() {
			p.note(v, "this is no %s: left out", strings.TrimSuffix(kind, "2"))
		}
		p.out.WriteString("{}")
	}
}

// inline writes an object's members after those of its reference.
func (p *openAPIPrinter) inline(v *value, kind, ref string) {
	p.open = append(p.open, v)
	defer func() { p.open = p.open[:len(p.open)-1] }()
	p.out.WriteString(`{"` + nodeKey + `":` + strconv.Itoa(len(p.nodes)))
	p.nodes = append(p.nodes, v)
	if ref != "" {
		p.out.WriteString(`,"$ref":`)
		p.out.Write(quote(ref))
	}
	p.members(v, kind)
	p.out.WriteByte('}')
}

// reference writes a $ref to a component as it is, and replaces any other $ref
// by the object to which it leads.
func (p *openAPIPrinter) reference(v *value, kind string) {
	target, pointer := p.follow(v)
	section, name, _ := cutLast(pointer, "/")
	switch {
	case target == nil:
		p.out.WriteString("{}")
	case sections[kind] == section && section != "":
		ref := "#/" + section + "/" + name
		if kind == "schema" && p.siblingsCount && hasSiblings(v) {
			p.inline(v, kind, ref)
			return
		}
		p.out.WriteString(`{"$ref":`)
		p.out.Write(quote(ref))
		p.out.WriteByte('}')
	case slices.ContainsFunc(p.open, func(o *value) bool { return o.Node == target.Node }):
		p.note(v, "%q is inside itself and no component: cut here", v.get("$ref").text())
		p.out.WriteString("{}")
	default:
		p.object(target, kind)
	}
}

// hasSiblings reports whether a reference has members besides the $ref and a
// description. From OpenAPI 3.1 on they count.
func hasSiblings(v *value) bool {
	return slices.ContainsFunc(v.entries(), func(e entry) bool {
		return !slices.Contains([]string{"$ref", "description", "summary"}, e.key)
	})
}

func cutLast(s, sep string) (before, after string, ok bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

// maxReferences limits references that lead to references.
const maxReferences = 50

// follow returns the object to which a $ref leads, and its pointer. The object
// is nil, with a note, when it is not in the document.
func (r *openAPI) follow(v *value) (target *value, pointer string) {
	ref := v.get("$ref").text()
	pointer, ok := strings.CutPrefix(ref, "#/")
	if !ok {
		r.note(v.get("$ref"), "%q is in another file: left out", ref)
		return nil, ""
	}
	target = r.find(pointer)
	end := target
	for range maxReferences {
		next, ok := strings.CutPrefix(end.get("$ref").text(), "#/")
		if !ok {
			break
		}
		end = r.find(next)
	}
	if end == nil || strings.HasPrefix(end.get("$ref").text(), "#/") {
		r.note(v.get("$ref"), "%q leads nowhere", ref)
		return nil, ""
	}
	return target, pointer
}

// find returns the object to which a JSON pointer leads in the document.
func (r *openAPI) find(pointer string) *value {
	at := r.root
	for key := range strings.SplitSeq(pointer, "/") {
		at = at.at(unescapePointer(key))
	}
	return at
}

// at returns a member of a map, or an element of a list by its number.
func (v *value) at(key string) *value {
	if n, err := strconv.Atoi(key); err == nil && v.isList() && n >= 0 && n < len(v.Content) {
		return v.wrap(v.Content[n])
	}
	return v.get(key)
}

// unescapePointer decodes a part of a JSON pointer in the fragment of a URL.
func unescapePointer(key string) string {
	if s, err := url.PathUnescape(key); err == nil {
		key = s
	}
	return strings.NewReplacer("~1", "/", "~0", "~").Replace(key)
}

// members writes the members that the kind has, each after a comma.
func (p *openAPIPrinter) members(v *value, kind string) {
	instead := p.instead(v, kind)
	p.out.WriteString(instead)
	for _, e := range v.entries() {
		rule := fields[kind][e.key]
		switch {
		case rule == "" || e.value.isNull() && rule != "raw" || v.get(e.key).Node != e.value.Node:
			continue
		case instead != "" && (e.key == "consumes" || e.key == "collectionFormat"):
			continue
		case e.key == "schema" && v.get("content").isMap(): // a parameter has either schema or content
			p.note(e.value, "a parameter has schema and content: its content is used")
			continue
		}
		start := p.out.Len()
		p.out.WriteByte(',')
		p.out.Write(quote(e.key))
		p.out.WriteByte(':')
		if !p.member(e.value, rule) {
			p.out.Truncate(start)
			p.note(e.value, "%s is not what it should be: left out", e.key)
		}
	}
}

// instead returns a replacement for a member of a Swagger 2.0 object that the
// library would read wrongly.
func (p *openAPIPrinter) instead(v *value, kind string) string {
	switch kind {
	case "operation2":
		if media := p.formType(v, p.open[len(p.open)-2]); media != "" {
			return `,"consumes":["` + media + `"]`
		}
	case "parameter2":
		if format := p.listFormat(v); format != "" && v.get("in").text() == "query" {
			return `,"collectionFormat":` + string(quote(format))
		}
	}
	return ""
}

// member writes a value by a rule. It reports false when the value does not
// fit.
func (p *openAPIPrinter) member(v *value, rule string) bool {
	if kind, ok := strings.CutPrefix(rule, "[]"); ok {
		return p.list(v, kind)
	}
	if kind, ok := strings.CutPrefix(rule, "{}"); ok {
		return p.named(v, kind)
	}
	if kind, ok := strings.CutPrefix(rule, "schemaOrFlag"); ok && !v.isFlag() {
		p.object(v, "schema"+kind)
		return true
	}
	if fields[rule] != nil {
		p.object(v, rule)
		return true
	}
	return p.simple(v, rule)
}

// simple writes a value that is not an object.
func (p *openAPIPrinter) simple(v *value, rule string) bool {
	switch rule {
	case "text":
		p.out.Write(quote(v.text()))
		return !v.isMap() && !v.isList()
	case "flag", "schemaOrFlag", "schemaOrFlag2":
		p.out.WriteString(strconv.FormatBool(v.flag()))
		return v.isFlag()
	case "bound": // a boolean in OpenAPI 3.0, a number since 3.1
		if v.isFlag() {
			return p.simple(v, "flag")
		}
		return p.simple(v, "number")
	case "number":
		f, err := strconv.ParseFloat(v.text(), 64)
		p.out.Write(strconv.AppendFloat(nil, f, 'g', -1, 64))
		return err == nil && !math.IsInf(f, 0) && !math.IsNaN(f)
	case "count":
		f, err := strconv.ParseFloat(v.text(), 64)
		p.out.Write(strconv.AppendUint(nil, uint64(max(f, 0)), 10))
		return err == nil && f >= 0 && f < 1<<53
	case "types":
		if v.isList() {
			return p.list(v, "text")
		}
		return p.simple(v, "text")
	case "requirement":
		return p.requirement(v)
	case "list":
		p.out.Write(v.json())
		return v.isList()
	}
	p.out.Write(v.json())
	return true
}

// requirement writes the schemes that must be used together.
func (p *openAPIPrinter) requirement(v *value) bool {
	if !v.isMap() {
		return false
	}
	return p.each(v, false, func(e *value) { p.list(e, "text") })
}

// list writes the objects or strings of a list. References that lead nowhere
// are left out.
func (p *openAPIPrinter) list(v *value, kind string) bool {
	p.out.WriteByte('[')
	first := true
	for _, e := range v.list() {
		if ref := e.get("$ref"); e.isNull() || ref != nil && p.leadsNowhere(e) {
			continue
		}
		start := p.out.Len()
		if !first {
			p.out.WriteByte(',')
		}
		if !p.member(e, kind) {
			p.out.Truncate(start)
			continue
		}
		first = false
	}
	p.out.WriteByte(']')
	return v.isList()
}

func (p *openAPIPrinter) leadsNowhere(v *value) bool {
	target, _ := p.follow(v)
	return target == nil
}

// named writes a map of names to objects.
func (p *openAPIPrinter) named(v *value, kind string) bool {
	extensible := strings.HasPrefix(kind, "path") || strings.HasPrefix(kind, "response")
	return v.isMap() && p.each(v, extensible, func(e *value) {
		start := p.out.Len()
		if !p.member(e, kind) {
			p.out.Truncate(start)
			p.out.WriteString("{}")
		}
	})
}

// each writes the members of a map. When a name occurs more than once, the last
// one counts. Where names are given by the specification, extensions are left
// out.
func (p *openAPIPrinter) each(v *value, extensible bool, member func(*value)) bool {
	last := map[string]int{}
	list := v.entries()
	for i, e := range list {
		last[e.key] = i
	}
	p.out.WriteByte('{')
	first := true
	for i, e := range list {
		if last[e.key] != i || extensible && strings.HasPrefix(e.key, "x-") {
			continue
		}
		if !first {
			p.out.WriteByte(',')
		}
		first = false
		p.out.Write(quote(e.key))
		p.out.WriteByte(':')
		member(e.value)
	}
	p.out.WriteByte('}')
	return true
}
