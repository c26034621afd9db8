package convert

import (
	"crypto/sha1" //nolint:gosec // ids, no secrets
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"postie/collections"
	"postie/collections/regex"
	"postie/collections/vars"
)

// ToV3 writes a collection as the files of a v3 directory, by their paths in it
// with slashes. folder is the name of the directory, which becomes the
// collection's name unless a file has another one. The files are those that
// Postman's own migration writes, except where that loses something.
func ToV3(c *collections.Collection, folder string) (files map[string][]byte, notes []Note, err error) {
	w := &v3Writer{files: map[string][]byte{}}
	var doc document
	if err := json.Unmarshal(c.Strict(), &doc); err != nil {
		var te *json.UnmarshalTypeError
		if !errors.As(err, &te) {
			return nil, nil, &collections.ParseError{File: c.File(), Text: err.Error()}
		}
		w.note("", "%s is no %s: left out", te.Field, te.Type)
	}
	root := &item{ID: doc.Info.ID, Name: doc.Info.Name, Description: doc.Info.Description,
		Event: doc.Event, Variable: doc.Variable, Auth: doc.Auth, Behavior: doc.Behavior}
	w.define(".", root, folder, 0, hasGraphQL(doc.Item))
	w.items(".", doc.Item)
	return w.files, w.notes, nil
}

type v3Writer struct {
	files map[string][]byte
	notes []Note
}

func (w *v3Writer) note(file, format string, args ...any) {
	w.notes = append(w.notes, Note{File: file, Text: fmt.Sprintf(format, args...)})
}

func (w *v3Writer) write(name string, m *mapping) { w.files[name] = encodeYAML(m.node()) }

func (w *v3Writer) items(dir string, list []item) {
	folders, requests := stems{}, stems{}
	for i := range list {
		it := &list[i]
		order := (i + 1) * 1000
		if it.Item == nil {
			w.request(dir, it, requests.take(fileStem(string(it.Name), "http-request")), order)
			continue
		}
		stem := folders.take(folderStem(string(it.Name)))
		w.define(path.Join(dir, stem), it, stem, order, hasGraphQL(it.Item))
		w.items(path.Join(dir, stem), it.Item)
	}
}

// hasGraphQL reports whether a list has a GraphQL request at any depth.
func hasGraphQL(list []item) bool {
	return slices.ContainsFunc(list, func(it item) bool {
		return it.Item == nil && it.Request != nil && isGraphQL(it.Request) || hasGraphQL(it.Item)
	})
}

// stems are the names that are used in a directory, in lower case.
type stems map[string]bool

var forbidden = regex.Lazy(`[/\\:*?"<>|\x00-\x1f\x7f]+`)

// maxStem leaves room for suffixes in a file name of 255 bytes.
const maxStem = 200

// fileStem makes the name of a file from a name, as Postman does: characters
// that file systems do not allow become "-", and an empty name becomes that of
// the kind.
func fileStem(name, empty string) string {
	stem := strings.TrimSpace(forbidden().ReplaceAllString(name, "-"))
	for len(stem) > maxStem {
		_, size := utf8.DecodeLastRuneInString(stem)
		stem = stem[:len(stem)-size]
	}
	if stem == "" {
		return empty
	}
	return stem
}

// FolderName returns the name of the folder to which a collection of that name
// is written.
func FolderName(name string) string { return folderStem(name) }

// folderStem returns the name of a folder. A name that begins with a dot would
// be hidden or lead elsewhere, and .resources is Postman's own, so these are
// changed.
func folderStem(name string) string {
	stem := fileStem(name, "collection")
	if strings.HasPrefix(stem, ".") || strings.HasSuffix(stem, resources) {
		stem = "-" + strings.ReplaceAll(stem, ".", "-")
	}
	return stem
}

// take returns the stem, with a number when it is used already.
func (s stems) take(stem string) string {
	free := stem
	for n := 1; s[strings.ToLower(free)]; n++ {
		free = stem + " " + strconv.Itoa(n)
	}
	s[strings.ToLower(free)] = true
	return free
}

// define writes the definition of a folder. Scripts for HTTP do not run for
// GraphQL requests; when there are some below, each script is written twice.
func (w *v3Writer) define(dir string, f *item, stem string, order int, graphQL bool) {
	file := path.Join(dir, resources, "definition.yaml")
	m := newMapping("collection")
	m.text("id", f.ID)
	m.name(f.Name, stem)
	m.text("description", f.Description)
	m.set("variables", w.variables(file, f.Variable))
	kinds := []map[text]string{{"prerequest": "http:beforeRequest", "test": "http:afterResponse"}}
	if graphQL {
		kinds = append(kinds, map[text]string{"prerequest": "graphql:beforeQuery", "test": "graphql:afterResponse"})
	}
	m.set("scripts", w.scripts(file, f.Event, kinds...))
	m.set("auth", w.scopeAuth(file, f.Auth))
	if settings := w.settings(file, f.Behavior); settings != nil {
		w.note(file, "Postman's v3 has settings for requests only; these are kept for postie")
		m.set("settings", settings)
	}
	if order > 0 {
		m.set("order", number(order))
	}
	w.write(file, m)
}

// variables returns a map, or a list when a variable has more than a value.
func (w *v3Writer) variables(file string, list []variable) *yaml.Node {
	var rows []row
	plain := true
	for _, v := range list {
		r := row{key: &v.Key, value: str(string(jsonText(v.Value))), description: v.Description, disabled: bool(v.Disabled)}
		if v.Type == "secret" {
			w.note(file, "variable %q is secret: postie hides it, Postman's CLI reads it as empty", v.Key)
			r.secret = true
		}
		if len(v.Value) > 0 && v.Value[0] != '"' && v.Value[0] != 'n' {
			w.note(file, "variable %q becomes a text", v.Key)
		}
		plain = plain && !r.disabled && r.description == "" && !r.secret
		rows = append(rows, r)
	}
	if plain {
		return keyList(rows)
	}
	out := &yaml.Node{Kind: yaml.SequenceNode}
	for _, r := range rows {
		m := &mapping{}
		m.set("key", str(string(*r.key)))
		m.set("value", r.value)
		m.set("disabled", boolean(r.disabled))
		m.text("description", r.description)
		if r.secret {
			m.set("secret", boolean(true))
		}
		out.Content = append(out.Content, m.node())
	}
	return out
}

// jsonText returns a value as text: strings without their quotes, anything else
// as JSON.
func jsonText(raw json.RawMessage) text {
	var t text
	if len(raw) == 0 || t.UnmarshalJSON(raw) != nil {
		return ""
	}
	return t
}

// scopeAuth returns the auth of a folder: a list of one auth with a name and an
// id. The id is computed from the place, so that the same collection always
// gives the same file.
func (w *v3Writer) scopeAuth(file string, a *auth) *yaml.Node {
	if a == nil || a.Type == "" {
		return nil
	}
	id, name := placeID(file+" "+a.Type), a.Type+" auth"
	if a.Type == "noauth" {
		id, name = "", "No Auth"
	}
	m := &mapping{}
	m.set("id", str(id))
	m.set("type", str(a.Type))
	m.set("name", str(name))
	m.set("credentials", credentialNode(a))
	return &yaml.Node{Kind: yaml.SequenceNode, Content: []*yaml.Node{m.node()}}
}

// placeID returns a UUID for a name, in the form of version 5.
func placeID(name string) string {
	sum := sha1.Sum([]byte("postie v3 auth " + name)) //nolint:gosec // an id, no secret
	return vars.UUID(5, sum[:])
}

func authNode(a *auth) *yaml.Node {
	if a == nil || a.Type == "" {
		return nil
	}
	m := &mapping{}
	m.set("type", str(a.Type))
	m.set("credentials", credentialNode(a))
	return m.node()
}

func credentialNode(a *auth) *yaml.Node {
	m := &mapping{}
	for _, p := range a.Params {
		if len(p.Value) > 0 && string(p.Value) != "null" {
			m.set(string(p.Key), jsonNode(p.Value))
		}
	}
	if len(m.content) == 0 {
		return nil
	}
	return m.node()
}
