package auth

// State is what a scheme keeps between requests: a server's challenge, the
// progress of a handshake, a fetched token. The caller owns it, one per auth
// block. The zero value is ready. It is not safe for concurrent use.
type State struct {
	values map[string]string
}

func (s *State) get(key string) string { return s.values[key] }

func (s *State) set(key, value string) {
	if s.values == nil {
		s.values = map[string]string{}
	}
	s.values[key] = value
}

func (s *State) clear() { s.values = nil }
