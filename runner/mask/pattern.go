package mask

const (
	// longestSearched limits how much of a text is searched for matches of
	// patterns, which are then hidden in other encodings, too.
	longestSearched = 1 << 20

	// manyMatches limits how many matches of one pattern are learned from one
	// text.
	manyMatches = 100

	// longestMatch is the length above which a match is not learned: patterns
	// may match to the end of a line.
	longestMatch = 4 << 10
)

// Matches learns the matches of the patterns in a text that is sent or
// received, so that they are hidden in other encodings, too.
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
