package collections

import (
	"bytes"
	"encoding/json"
)

// members writes an object, member by member.
type members struct {
	b    *bytes.Buffer
	some bool // one was written
	open bool // and a comma after it
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

// notes writes members that end in a comma.
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

// text adds a text, or what the document has in its place when it is empty.
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
	out, _ := json.Marshal(append([]string{}, list...)) // strings always encode
	return out
}

// printRaw writes a value as it is; none stands for null and for nothing.
func printRaw(b *bytes.Buffer, raw, none string) {
	if raw == "" || raw == "null" {
		raw = none
	}
	b.WriteString(raw)
}
