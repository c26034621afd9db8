package replay

import (
	"strings"

	"postie/collections"
	"postie/collections/convert"
	"postie/runner/drift"
)

// FromHAR reads an HTTP archive: its entries become the requests of a
// collection, and their answers are the recorded ones, as they came. Notes say
// what a collection cannot hold.
func FromHAR(name string, src []byte) (*collections.Collection, drift.List, []convert.Note, error) {
	archive, err := convert.ReadHAR(name, src)
	if err != nil {
		return nil, nil, nil, err
	}
	c, err := collections.Parse(name, archive.Collection)
	if err != nil {
		return nil, nil, nil, err
	}
	var list drift.List
	tries := map[string]int{}
	i := 0
	for n := range c.All() {
		item := strings.Join(n.Path()[1:], " / ")
		list = append(list, answer(archive.Answers[i], drift.Key{Item: item, Try: tries[item]}))
		tries[item]++
		i++
	}
	return c, list, archive.Notes, nil
}

// answer is a recorded answer as it is compared: what the archive does not hold
// agrees with anything.
func answer(r convert.Answer, at drift.Key) drift.Answer {
	a := drift.Answer{Key: at, Code: r.Code, Header: map[string][]string{}, Body: r.Body, Unknown: r.Code == 0, NoBody: !r.HasBody}
	for _, h := range r.Header {
		key := strings.ToLower(h.Key)
		a.Header[key] = append(a.Header[key], h.Value)
	}
	return a
}
