package engine

// A timSort sorts with the same sequence of comparisons as V8: with an
// inconsistent comparator, the result depends on which elements are compared in
// which order. The names are those of V8's array-sort.tq, which follows
// listsort.txt of CPython.
type timSort[T any] struct {
	list      []T
	compare   func(a, b T) float64 // panics to stop the sort
	minGallop int
	runs      []run // runs that are not merged yet
}

type run struct{ base, length int }

// minGallopWins is how often in a row one run must win before galloping is
// tried.
const minGallopWins = 7

func sortLikeV8[T any](list []T, compare func(a, b T) float64) {
	s := timSort[T]{list: list, compare: compare, minGallop: minGallopWins}
	low, remaining := 0, len(list)
	if remaining < 2 {
		return
	}
	for minRun := minRunLength(remaining); remaining > 0; {
		length := s.countAndMakeRun(low, low+remaining)
		if length < minRun {
			forced := min(minRun, remaining)
			s.binaryInsertion(low, low+length, low+forced)
			length = forced
		}
		s.runs = append(s.runs, run{low, length})
		s.mergeCollapse()
		low, remaining = low+length, remaining-length
	}
	for len(s.runs) > 1 {
		n := len(s.runs) - 2
		if n > 0 && s.runs[n-1].length < s.runs[n+1].length {
			n--
		}
		s.mergeAt(n)
	}
}

// minRunLength returns the least length of a run. Below 64 that is n itself:
// binary insertion sorts the whole list.
func minRunLength(n int) int {
	rest := 0
	for n >= 64 {
		rest |= n & 1
		n >>= 1
	}
	return n + rest
}

// countAndMakeRun returns the length of the run that begins at low. It reverses
// a descending run.
func (s *timSort[T]) countAndMakeRun(low, high int) int {
	if low+1 == high {
		return 1
	}
	falls := s.compare(s.list[low+1], s.list[low]) < 0
	end := low + 2
	for ; end < high; end++ {
		if below := s.compare(s.list[end], s.list[end-1]) < 0; below != falls {
			break
		}
	}
	if falls {
		for i, j := low, end-1; i < j; i, j = i+1, j-1 {
			s.list[i], s.list[j] = s.list[j], s.list[i]
		}
	}
	return end - low
}

// binaryInsertion sorts the elements from low to high. Those before start are
// sorted already.
func (s *timSort[T]) binaryInsertion(low, start, high int) {
	if start == low {
		start++
	}
	for ; start < high; start++ {
		pivot := s.list[start]
		left, right := low, start
		for left < right {
			middle := left + (right-left)>>1
			if s.compare(pivot, s.list[middle]) < 0 {
				right = middle
			} else {
				left = middle + 1
			}
		}
		copy(s.list[left+1:start+1], s.list[left:start])
		s.list[left] = pivot
	}
}

// mergeCollapse merges runs until each is longer than the two after it.
func (s *timSort[T]) mergeCollapse() {
	for len(s.runs) > 1 {
		n := len(s.runs) - 2
		switch {
		case !s.established(n+1) || !s.established(n):
			if s.runs[n-1].length < s.runs[n+1].length {
				n--
			}
			s.mergeAt(n)
		case s.runs[n].length <= s.runs[n+1].length:
			s.mergeAt(n)
		default:
			return
		}
	}
}

func (s *timSort[T]) established(n int) bool {
	return n < 2 || s.runs[n-2].length > s.runs[n-1].length+s.runs[n].length
}

// mergeAt merges run i with the next run.
func (s *timSort[T]) mergeAt(i int) {
	a, b := s.runs[i], s.runs[i+1]
	s.runs[i].length += b.length
	s.runs = append(s.runs[:i+1], s.runs[i+2:]...)
	skip := s.gallopRight(s.list, s.list[b.base], a.base, a.length, 0)
	if a.base, a.length = a.base+skip, a.length-skip; a.length == 0 {
		return
	}
	if b.length = s.gallopLeft(s.list, s.list[a.base+a.length-1], b.base, b.length, b.length-1); b.length == 0 {
		return
	}
	if a.length <= b.length {
		s.mergeLow(a, b)
	} else {
		s.mergeHigh(a, b)
	}
}

// gallopLeft returns where key belongs in a sorted part, before equal elements.
// The search begins at hint.
func (s *timSort[T]) gallopLeft(list []T, key T, base, length, hint int) int {
	last, offset := 0, 1
	if s.compare(list[base+hint], key) < 0 {
		most := length - hint
		for offset < most && s.compare(list[base+hint+offset], key) < 0 {
			last, offset = offset, offset<<1+1
		}
		last, offset = last+hint, min(offset, most)+hint
	} else {
		most := hint + 1
		for offset < most && s.compare(list[base+hint-offset], key) >= 0 {
			last, offset = offset, offset<<1+1
		}
		last, offset = hint-min(offset, most), hint-last
	}
	for last++; last < offset; {
		middle := last + (offset-last)>>1
		if s.compare(list[base+middle], key) < 0 {
			last = middle + 1
		} else {
			offset = middle
		}
	}
	return offset
}

// gallopRight is gallopLeft, but after equal elements.
func (s *timSort[T]) gallopRight(list []T, key T, base, length, hint int) int {
	last, offset := 0, 1
	if s.compare(key, list[base+hint]) < 0 {
		most := hint + 1
		for offset < most && s.compare(key, list[base+hint-offset]) < 0 {
			last, offset = offset, offset<<1+1
		}
		last, offset = hint-min(offset, most), hint-last
	} else {
		most := length - hint
		for offset < most && s.compare(key, list[base+hint+offset]) >= 0 {
			last, offset = offset, offset<<1+1
		}
		last, offset = last+hint, min(offset, most)+hint
	}
	for last++; last < offset; {
		middle := last + (offset-last)>>1
		if s.compare(key, list[base+middle]) < 0 {
			offset = middle
		} else {
			last = middle + 1
		}
	}
	return offset
}

// A merger merges two runs: one stays in place, and the other, which is not
// longer, is copied to temp. When the run in place is the second (low), it
// merges from the beginning, and otherwise from the end.
type merger[T any] struct {
	*timSort[T]
	low             bool
	temp            []T
	inTemp, inPlace int // elements left of each run
	at, place, dest int // index of the next element of each run, and of its destination
}

func (s *timSort[T]) mergeLow(a, b run) {
	m := merger[T]{timSort: s, low: true, temp: append([]T(nil), s.list[a.base:a.base+a.length]...),
		inTemp: a.length, inPlace: b.length, place: b.base, dest: a.base}
	m.merge(m.gallopLow)
	copy(s.list[m.dest:], s.list[m.place:m.place+m.inPlace])
	copy(s.list[m.dest+m.inPlace:], m.temp[m.at:m.at+m.inTemp])
}

func (s *timSort[T]) mergeHigh(a, b run) {
	m := merger[T]{timSort: s, temp: append([]T(nil), s.list[b.base:b.base+b.length]...),
		inTemp: b.length, inPlace: a.length, at: b.length - 1, place: a.base + a.length - 1, dest: b.base + b.length - 1}
	m.merge(m.gallopHigh)
	copy(s.list[m.dest-m.inPlace+1:], s.list[m.place-m.inPlace+1:m.place+1])
	copy(s.list[m.dest-m.inPlace-m.inTemp+1:], m.temp[:m.inTemp])
}

// merge merges until the run in place is used up, or the other has one element
// left.
func (m *merger[T]) merge(gallop func(fromTemp, fromPlace *int)) {
	m.takePlace(1)
	for !m.done() {
		fromTemp, fromPlace := m.turns()
		if m.done() {
			return
		}
		m.minGallop++
		for first := true; first || fromTemp >= minGallopWins || fromPlace >= minGallopWins; first = false {
			m.minGallop = max(1, m.minGallop-1)
			if gallop(&fromTemp, &fromPlace); m.done() {
				return
			}
		}
		m.minGallop++
	}
}

func (m *merger[T]) done() bool { return m.inPlace == 0 || m.inTemp <= 1 }

// turns takes elements one by one until one run wins often enough to try
// galloping.
func (m *merger[T]) turns() (fromTemp, fromPlace int) {
	for !m.done() && fromTemp < m.minGallop && fromPlace < m.minGallop {
		if m.placeNext() {
			m.takePlace(1)
			fromTemp, fromPlace = 0, fromPlace+1
		} else {
			m.takeTemp(1)
			fromTemp, fromPlace = fromTemp+1, 0
		}
	}
	return fromTemp, fromPlace
}

// placeNext reports whether the next element comes from the run in place.
func (m *merger[T]) placeNext() bool {
	if m.low {
		return m.compare(m.list[m.place], m.temp[m.at]) < 0
	}
	return m.compare(m.temp[m.at], m.list[m.place]) < 0
}

func (m *merger[T]) gallopLow(fromTemp, fromPlace *int) {
	*fromTemp = m.gallopRight(m.temp, m.list[m.place], m.at, m.inTemp, 0)
	if m.takeTemp(*fromTemp); m.done() {
		return
	}
	if m.takePlace(1); m.done() {
		return
	}
	*fromPlace = m.gallopLeft(m.list, m.temp[m.at], m.place, m.inPlace, 0)
	if m.takePlace(*fromPlace); m.done() {
		return
	}
	m.takeTemp(1)
}

func (m *merger[T]) gallopHigh(fromTemp, fromPlace *int) {
	base := m.place - m.inPlace + 1
	*fromPlace = m.inPlace - m.gallopRight(m.list, m.temp[m.at], base, m.inPlace, m.inPlace-1)
	if m.takePlace(*fromPlace); m.done() {
		return
	}
	if m.takeTemp(1); m.done() {
		return
	}
	*fromTemp = m.inTemp - m.gallopLeft(m.temp, m.list[m.place], 0, m.inTemp, m.inTemp-1)
	if m.takeTemp(*fromTemp); m.done() {
		return
	}
	m.takePlace(1)
}

func (m *merger[T]) takeTemp(n int) {
	m.take(m.temp, &m.at, n)
	m.inTemp -= n
}

func (m *merger[T]) takePlace(n int) {
	m.take(m.list, &m.place, n)
	m.inPlace -= n
}

// take moves n elements to the destination.
func (m *merger[T]) take(from []T, at *int, n int) {
	if m.low {
		copy(m.list[m.dest:], from[*at:*at+n])
		*at, m.dest = *at+n, m.dest+n
		return
	}
	*at, m.dest = *at-n, m.dest-n
	copy(m.list[m.dest+1:], from[*at+1:*at+1+n])
}
