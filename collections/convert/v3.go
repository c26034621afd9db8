package convert

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"sort"
	"strconv"
	"strings"

	"postie/collections"
)

// Limits of a v3 directory.
const (
	maxV3Files = 100_000
	maxV3Bytes = 256 << 20
	maxV3Depth = 100
)

const resources = ".resources"

// IsV3 reports whether a folder holds a collection of Postman's v3 format: a
// definition file, or request files at any depth.
func IsV3(fsys fs.FS) bool {
	if _, err := definition(fsys, "."); err == nil {
		return true
	}
	if _, err := fs.Stat(fsys, "collection.yaml"); err == nil {
		return true // the name in early versions of the format
	}
	found := errors.New("found")
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && name != "." && strings.HasPrefix(d.Name(), "."):
			return fs.SkipDir
		case !d.IsDir() && requestStem(d.Name()) != "":
			return found
		}
		return nil
	})
	return errors.Is(err, found)
}

// FromV3 reads a collection of Postman's v3 format: a folder of YAML files.
// Errors are *collections.ParseError with dir before the file's name. Request
// kinds that are not HTTP are left out, each with a note.
func FromV3(dir string, fsys fs.FS) (*collections.Collection, []Note, error) {
	r := &v3Reader{dir: dir, fsys: fsys}
	doc, err := r.document()
	if err != nil {
		return nil, nil, err
	}
	src, err := marshal(doc)
	if err != nil {
		return nil, nil, &collections.ParseError{File: dir, Text: err.Error()}
	}
	c, err := collections.ParseConverted(dir, src, r.origin)
	return c, r.notes, err
}

type v3Reader struct {
	dir    string
	fsys   fs.FS
	files  int
	bytes  int
	notes  []Note
	origin collections.Origin

	graphQL []scopedEvent // scripts for GraphQL requests of the folders around
}

func (r *v3Reader) note(v *value, format string, args ...any) {
	r.notes = append(r.notes, Note{File: v.file, Line: v.Line, Text: fmt.Sprintf(format, args...)})
}

// read parses a file within the limits.
func (r *v3Reader) read(name string) (*value, error) {
	shown := path.Join(r.dir, name)
	if r.files++; r.files > maxV3Files {
		return nil, &collections.ParseError{File: r.dir, Text: fmt.Sprintf("more than %d files", maxV3Files)}
	}
	info, err := fs.Stat(r.fsys, name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, &collections.ParseError{File: shown, Text: "not a regular file"}
	}
	if r.bytes += int(info.Size()); r.bytes > maxV3Bytes {
		return nil, &collections.ParseError{File: shown, Text: fmt.Sprintf("the collection is larger than %d MB", maxV3Bytes>>20)}
	}
	src, err := fs.ReadFile(r.fsys, name)
	if err != nil {
		return nil, &collections.ParseError{File: shown, Text: err.Error()}
	}
	v, err := parseYAML(shown, src)
	if err != nil {
		return nil, err
	}
	if !v.isMap() {
		return nil, v.bad("not a mapping of keys")
	}
	return v, nil
}

// definition returns the name of a folder's definition file.
func definition(fsys fs.FS, dir string) (string, error) {
	for _, name := range []string{"definition.yaml", "definition.yml"} {
		name = path.Join(dir, resources, name)
		if _, err := fs.Stat(fsys, name); err == nil {
			return name, nil
		}
	}
	return "", fs.ErrNotExist
}

// requestStem returns the name of a request file without its suffix, or "" when
// the file is not a request.
func requestStem(name string) string {
	for _, suffix := range []string{".request.yaml", ".request.yml"} {
		if stem, ok := strings.CutSuffix(name, suffix); ok {
			return stem
		}
	}
	return ""
}

func (r *v3Reader) document() (*document, error) {
	for _, old := range []string{"collection.yaml", "collection.yml"} {
		if v, err := r.read(old); err == nil && v.get("type").text() == "collection" {
			return nil, v.bad("this is an early form of Postman's v3 format that Postman reads no longer: export the collection as v2.1")
		}
	}
	f, err := r.folder(".", path.Base(r.dir), 0)
	if err != nil {
		return nil, err
	}
	return &document{
		Info:  info{ID: f.ID, Name: f.Name, Description: f.Description, Schema: schemaV21},
		Event: f.Event, Variable: f.Variable, Auth: f.Auth, Behavior: f.Behavior, Item: f.Item,
	}, nil
}

// A sibling is a folder or request, with what decides on its place among the
// others.
type sibling struct {
	name    string
	order   float64
	ordered bool
	dir     bool
	doc     *value // the root of a request file; of a folder its definition, or nil
}

// siblings returns the children of a folder in the order of a run: by their
// order member, those without one after them, then by name.
func (r *v3Reader) siblings(dir string) ([]sibling, error) {
	entries, err := fs.ReadDir(r.fsys, dir)
	if err != nil {
		return nil, &collections.ParseError{File: path.Join(r.dir, dir), Text: err.Error()}
	}
	var out []sibling
	for _, e := range entries {
		s := sibling{name: e.Name(), dir: e.IsDir()}
		file := path.Join(dir, e.Name())
		switch {
		case s.dir && strings.HasPrefix(e.Name(), "."):
			continue
		case s.dir && strings.HasSuffix(e.Name(), ".resources"):
			continue // examples beside their request
		case s.dir:
			if file, err = definition(r.fsys, file); err != nil {
				out = append(out, s)
				continue
			}
		case requestStem(e.Name()) == "":
			continue
		}
		if s.doc, err = r.read(file); err != nil {
			return nil, err
		}
		if o := s.doc.get("order"); !o.isNull() {
			if s.order, err = strconv.ParseFloat(o.text(), 64); err != nil {
				return nil, o.bad("order %q is not a number", o.text())
			}
			s.ordered = true
		}
		out = append(out, s)
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].before(out[j]) })
	return out, nil
}

func (s sibling) before(o sibling) bool {
	switch {
	case s.ordered != o.ordered:
		return s.ordered
	case s.order != o.order:
		return s.order < o.order
	}
	return strings.ToLower(s.name) < strings.ToLower(o.name)
}

// folder reads a directory; its definition is optional.
func (r *v3Reader) folder(dir, name string, depth int) (*item, error) {
	if depth > maxV3Depth {
		return nil, &collections.ParseError{File: path.Join(r.dir, dir), Text: fmt.Sprintf("nested deeper than %d folders", maxV3Depth)}
	}
	f := &item{Name: text(name), Item: []item{}}
	place := collections.Place{File: path.Join(r.dir, dir)}
	outer := len(r.graphQL)
	defer func() { r.graphQL = r.graphQL[:outer] }()
	if file, err := definition(r.fsys, dir); err == nil {
		v, err := r.read(file)
		if err != nil {
			return nil, err
		}
		place = placeOf(v)
		r.origin.Items = append(r.origin.Items, place)
		if err := r.define(f, v); err != nil {
			return nil, err
		}
	} else {
		r.origin.Items = append(r.origin.Items, place)
	}
	list, err := r.siblings(dir)
	if err != nil {
		return nil, err
	}
	for _, s := range list {
		var child *item
		if s.dir {
			child, err = r.folder(path.Join(dir, s.name), s.name, depth+1)
		} else {
			child, err = r.request(dir, s)
		}
		if err != nil {
			return nil, err
		}
		if child != nil {
			f.Item = append(f.Item, *child)
		}
	}
	return f, nil
}

func placeOf(v *value) collections.Place {
	return collections.Place{File: v.file, Line: v.Line, Col: v.Column}
}

// define reads a folder's definition.
func (r *v3Reader) define(f *item, v *value) error {
	switch kind := v.get("$kind"); {
	case kind == nil:
		return v.bad("no $kind; a definition has $kind: collection")
	case kind.text() != "collection":
		return kind.bad("$kind %q in a definition; want collection", kind.text())
	}
	if name := v.get("name").text(); name != "" {
		f.Name = text(name)
	}
	f.ID = text(v.get("id").text())
	f.Description = text(v.get("description").text())
	f.Variable = r.variables(v.get("variables"))
	f.Auth = r.auth(v.get("auth"))
	f.Behavior = behavior(v.get("settings"), false)
	list, graphQL, err := r.scripts(v.get("scripts"), "http:")
	f.Event = r.events(list)
	r.graphQL = append(r.graphQL, graphQL...)
	return err
}

func (r *v3Reader) variables(v *value) []variable {
	var out []variable
	for _, e := range v.entries() {
		x := variable{Key: text(e.key), Value: quote(string(e.text())), Type: "string",
			Description: text(e.spec.get("description").text()), Disabled: flag(e.spec.get("disabled").flag())}
		if e.spec.get("secret").flag() {
			x.Type = "secret"
		}
		out = append(out, x)
	}
	return out
}

// auth reads the scheme. When there are several, the first one counts.
func (r *v3Reader) auth(v *value) *auth {
	if list := v.list(); len(list) > 0 {
		if len(list) > 1 {
			r.note(v, "%d auth entries: the first is used", len(list))
		}
		v = list[0]
	}
	kind := v.get("type").text()
	if kind == "" || kind == "inherit" {
		return nil
	}
	a := &auth{Type: kind, Params: []param{}}
	for _, e := range v.get("credentials").entries() {
		p := param{Key: text(e.key), Value: e.value.json(), Type: "string"}
		switch p.Value[0] {
		case '"':
		case 'n':
			p.Value = json.RawMessage(`""`)
		case 't', 'f':
			p.Type = "boolean"
		default:
			p.Type = "any"
		}
		a.Params = append(a.Params, p)
	}
	return a
}

// behavior makes protocolProfileBehavior of a request's settings. v3 sends a
// body with every method, for which v2.1 needs a setting.
func behavior(v *value, sendBody bool) json.RawMessage {
	var b strings.Builder
	for _, e := range v.entries() {
		value := e.value.json()
		if e.key == "disabledSystemHeaders" && e.value.isList() {
			off := map[string]bool{}
			for _, h := range e.value.list() {
				off[h.text()] = true
			}
			value, _ = marshal(off) // booleans can always be encoded
		}
		b.WriteByte(',')
		b.Write(quote(e.key))
		b.WriteByte(':')
		b.Write(value)
	}
	if sendBody && v.get("disableBodyPruning") == nil {
		b.WriteString(`,"disableBodyPruning":true`)
	}
	if b.Len() == 0 {
		return nil
	}
	return json.RawMessage("{" + b.String()[1:] + "}")
}

func optional(v *value) json.RawMessage {
	if v.isNull() {
		return nil
	}
	return v.json()
}
