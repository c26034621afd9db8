package mask

import (
	"encoding/json"

	"postie/collections/vars"
)

// Scope returns a copy of a scope for output. In the copy, secret variables are
// empty, and secrets in other values are hidden.
func (m *Masker) Scope(s *vars.Scope) *vars.Scope {
	if s == nil || m.options.Off {
		return s
	}
	h := m.view()
	out := vars.NewScope(s.Name)
	out.ID, out.Meta = s.ID, s.Meta
	for v := range s.All() {
		switch value := v.Value.(type) {
		case json.RawMessage:
			v.Value = h.json(value, anywhere)
		case string:
			v.Value = h.text(value)
		case float64:
			if text := vars.Text(value); h.text(text) == Masked {
				v.Value, v.Type = Masked, ""
			}
		}
		if m.options.IsSecret(v) {
			v.Value = ""
		}
		out.Add(v)
	}
	return out
}
