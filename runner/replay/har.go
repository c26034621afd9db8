package replay

import (
	"strings"

	"postie/collections"
	"postie/collections/convert"
	"postie/runner/drift"
)

// FromHAR reads an HTTP archive: its entries become the requests of a
// collection, and their answers are the recorded ones. Notes say what a
// collection cannot hold.
func FromHAR(name string, src []byte) (*collections.Collection, drift.List, []convert.Note, error) {
	made, notes, err := convert.FromHAR(name, src)
	if err != nil {
		return nil, nil, nil, err
	}
	c, err := collections.Parse(name, made)
	if err != nil {
		return nil, nil, nil, err
	}
	var list drift.List
	tries := map[string]int{}
	for n := range c.All() {
		for _, e := range n.Examples() {
			item := strings.Join(n.Path()[1:], " / ")
			a := drift.Answer{Key: drift.Key{Item: item, Try: tries[item]}, Code: e.Code, Header: map[string][]string{}, Body: []byte(e.Body)}
			for _, h := range e.Header {
				key := strings.ToLower(h.Key)
				a.Header[key] = append(a.Header[key], h.Value)
			}
			list = append(list, a)
			tries[item]++
		}
	}
	return c, list, notes, nil
}
