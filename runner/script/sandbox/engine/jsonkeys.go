package engine

import (
	"strings"

	lib "modernc.org/libquickjs"
)

// objectKeys are the keys of objects in their order, as a tree: each key follows
// those before it. Objects with the same keys are made of one template.
type objectKeys struct {
	before *objectKeys
	key    string
	count  int           // of keys, this one included
	after  []*objectKeys // the one found last is the first

	template template // its shape is 0 when there is none
	known    bool     // it was looked for

	document *Document // the last that has these keys, under a number
	number   int
}

// Objects with more keys than that, or whose keys are followed by more others,
// are tables rather than records: they get their properties one by one.
const (
	maxRecord = 64
	maxAfter  = 16
	maxKeys   = 4096 // in the tree
)

// jsonKeys are the keys a machine has met.
type jsonKeys struct {
	root  *objectKeys
	count int
}

// next is what follows with a key, nil for a table.
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

// list is all the keys, in order.
func (k *objectKeys) list() []string {
	out := make([]string, k.count)
	for ; k.before != nil; k = k.before {
		out[k.count-1] = k.key
	}
	return out
}

// record reports whether objects can be made of these keys' template: not when a
// key is there twice.
func (m *Machine) record(k *objectKeys) bool {
	if !k.known {
		k.known = true
		k.template = m.sample(k.list())
	}
	return k.template.shape != 0
}

// sample is the template of an object with these keys.
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

// limitKeys starts over when most of the room for keys is used.
func (m *Machine) limitKeys() {
	if m.keys.root == nil || m.keys.count > maxKeys/2 {
		m.freeKeys()
		m.keys.root = &objectKeys{}
	}
}

// freeKeys gives up the shapes the machine holds.
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
