package mask

const (
	// longestSearched bounds how much of a text is looked at for what patterns
	// match in it, to be hidden in other encodings, too.
	longestSearched = 1 << 20

	// manyMatches bounds what is learned of one text by one pattern.
	manyMatches = 100

	// longestMatch is the length from which on a match is no secret but the text
	// around it: patterns may match to the end of a line.
	longestMatch = 4 << 10
)

// Matches learns what the patterns match in a text that is sent or received, so
// that it is hidden in other encodings too.
func (m *Masker) Matches(text string, until Scope) {
	if m.options.Off || len(m.options.Patterns) == 0 {
		return
	}
	text = text[:min(len(text), longestSearched)]
	for _, p := range m.options.Patterns {
		for _, found := range p.FindAllString(text, manyMatches) {
			if len(found) < longestMatch {
				m.found(found, until)
			}
		}
	}
}
