package report

import (
	"fmt"
	"hash/maphash"
	"strings"

	"github.com/tidwall/gjson"

	"postie/runner/event"
)

// identities give each test of a report a name of its own: readers of reports
// keep the last of two that have the same, so that a failure would vanish. The
// second test of one name is "name #2".
//
// A report's names include the iteration and the run's label, so what was seen
// is forgotten with the iteration. With all it is not: runs share a name.
type identities struct {
	all  bool
	at   event.Cursor
	seed maphash.Seed
	seen map[uint64]int // how often a name was used, by the name's hash
}

// of returns the name for a test in a place, such as its class.
func (ids *identities) of(at event.Cursor, place, name string) string {
	if ids.seen == nil || !ids.all && (at.Run != ids.at.Run || at.Iteration != ids.at.Iteration) {
		ids.at, ids.seen, ids.seed = at, map[uint64]int{}, maphash.MakeSeed()
	}
	key := func(name string) uint64 { return maphash.String(ids.seed, place+"\x00"+name) }
	n := ids.seen[key(name)]
	unique := name
	for n > 0 {
		n++
		unique = fmt.Sprintf("%s #%d", name, n)
		if ids.seen[key(unique)] == 0 {
			break
		}
	}
	ids.seen[key(name)] = max(n, 1)
	ids.seen[key(unique)] = max(ids.seen[key(unique)], 1)
	return unique
}

// id returns an id that is used only once. The first use keeps the id as it is.
func (ids *identities) id(id string) string {
	unique := ids.of(event.Cursor{}, "", id)
	if unique == id {
		return id
	}
	return derivedID(unique)
}

// itemNames maps ids to the names of the items of a collection, folders
// included. An item without a name has its id in its place, as in newman.
type itemNames map[string][]string

func newItemNames(collection []byte) itemNames {
	out := itemNames{}
	var walk func(list gjson.Result, above []string)
	walk = func(list gjson.Result, above []string) {
		for _, it := range list.Array() {
			id := it.Get("id").String()
			path := append(above[:len(above):len(above)], first(it.Get("name").String(), id))
			out[id] = path
			walk(it.Get("item"), path)
		}
	}
	walk(gjson.GetBytes(collection, "item"), nil)
	return out
}

// fullName returns an item's name with those of its folders, below the
// collection. An item without a name has its id there, as in newman.
func (x *Execution) fullName() string {
	name := fullName(x.Item)
	if !hasGap(x.Item.Path) && name != "" {
		return name
	}
	if path := x.names()[x.Item.ID]; len(path) > 0 {
		return strings.Join(path, " / ")
	}
	return first(name, x.Item.ID)
}

// hasGap reports whether a name is missing.
func hasGap(path []string) bool {
	for _, name := range path {
		if name == "" {
			return true
		}
	}
	return len(path) == 0
}
