package collections

import (
	"bytes"
	"encoding/json"
)

// members writes an object, member by member.
type members struct {
	b    *bytes.Buffer
	some bool // a member was written
	open bool // a comma was written after it
}

func (m *members) next() {
	switch {
	case !m.some:
		m.b.WriteByte('{')
	case !m.open:
		m.b.WriteByte(',')
	}
	m.some, m.open = true, false
}

// notes writes members that end with a comma.
func (m *members) notes(text Notes) {
	if text != "" {
		m.next()
		m.b.WriteString(string(text))
		m.open = true
	}
}

func (m *members) add(key string, value []byte) {
	m.next()
	writeText(m.b, key)
	m.b.WriteByte(':')
	m.b.Write(value)
}

// text adds a string member. When the string is empty it writes what the
// document has in its place.
func (m *members) text(key, value, empty string) {
	switch {
	case value != "":
		m.add(key, quoteJSON(value))
	case empty != "":
		m.add(key, []byte(empty))
	}
}

func (m *members) end() {
	if !m.some {
		m.b.WriteByte('{')
	}
	if m.open {
		m.b.Truncate(m.b.Len() - 1)
	}
	m.b.WriteByte('}')
}

func listJSON(list []string) []byte {
	out, _ := json.Marshal(append([]string{}, list...)) // strings can always be encoded
	return out
}

// printRaw writes a JSON value as it is, or none when it is null or missing.
func printRaw(b *bytes.Buffer, raw, none string) {
	if raw == "" || raw == "null" {
		raw = none
	}
	b.WriteString(raw)
}
