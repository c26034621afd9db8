package engine

import (
	"strings"

	lib "modernc.org/libquickjs"
)

// objectKeys is a list of keys of an object, as a node of a tree: each key has
// a link to the keys before it. Objects with the same keys are created from one
// template.
type objectKeys struct {
	before *objectKeys
	key    string
	count  int           // number of keys, with this one
	after  []*objectKeys // the one that was used last comes first

	template template // shape is 0 when there is no template
	known    bool     // the template was looked for

	document *Document // the last document that uses these keys, as its keys with this number
	number   int
}

// Objects with more keys than maxRecord, or with many different keys after the
// same keys, are tables and not records: they get their properties one by one.
const (
	maxRecord = 64
	maxAfter  = 16
	maxKeys   = 4096 // in the tree
)

// jsonKeys are all keys that a machine has parsed.
type jsonKeys struct {
	root  *objectKeys
	count int
}

// next returns the keys of k followed by key, or nil when the object is a
// table.
func (m *Machine) next(k *objectKeys, key string) *objectKeys {
	for i, found := range k.after {
		if found.key == key {
			k.after[0], k.after[i] = found, k.after[0]
			return found
		}
	}
	if k.count == maxRecord || len(k.after) == maxAfter || m.keys.count == maxKeys {
		return nil
	}
	m.keys.count++
	added := &objectKeys{before: k, key: strings.Clone(key), count: k.count + 1}
	k.after = append(k.after, added)
	return added
}

// list returns all the keys, in order.
func (k *objectKeys) list() []string {
	out := make([]string, k.count)
	for ; k.before != nil; k = k.before {
		out[k.count-1] = k.key
	}
	return out
}

// record reports whether objects with these keys can be created from a
// template. They cannot when a key occurs twice.
func (m *Machine) record(k *objectKeys) bool {
	if !k.known {
		k.known = true
		k.template = m.sample(k.list())
	}
	return k.template.shape != 0
}

// sample returns the template of an object with these keys.
func (m *Machine) sample(keys []string) (t template) {
	v := lib.XJS_NewObject(m.tls, m.context)
	defer m.Free(v)
	for _, key := range keys {
		text := m.String(key)
		atom := lib.XJS_ValueToAtom(m.tls, m.context, text)
		m.Free(text)
		done := lib.XJS_DefinePropertyValue(m.tls, m.context, v, atom, Undefined, lib.MJS_PROP_C_W_E)
		lib.XJS_FreeAtom(m.tls, m.context, atom)
		if done < 0 {
			m.drop()
			return template{}
		}
	}
	found, ok := templateOf(v, lib.EJS_CLASS_OBJECT)
	if !ok || !found.plain || found.count != len(keys) {
		return template{}
	}
	hold(found.shape)
	return found
}

// limitKeys frees the keys when more than half of the allowed number is used.
func (m *Machine) limitKeys() {
	if m.keys.root == nil || m.keys.count > maxKeys/2 {
		m.freeKeys()
		m.keys.root = &objectKeys{}
	}
}

// freeKeys releases the shapes that the machine holds for templates.
func (m *Machine) freeKeys() {
	if m.keys.root != nil {
		m.keys.root.free(m)
	}
	m.keys = jsonKeys{}
}

func (k *objectKeys) free(m *Machine) {
	if k.template.shape != 0 {
		freeShape(m.tls, m.runtime, k.template.shape)
	}
	for _, after := range k.after {
		after.free(m)
	}
}
