package mock

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"postie/collections"
	"postie/collections/vars"
)

// ExamplesOptions say how saved examples are served. The zero value serves
// them as they are written.
type ExamplesOptions struct {
	Environment *vars.Scope      // fills in templates, over the collection's variables
	Now         func() time.Time // nil is time.Now
	Rand        *rand.Rand       // nil is seeded
}

// Examples serves a collection's saved responses: the example whose request
// is most like the one that comes in, by Postman's rules. It is safe for
// concurrent use.
type Examples struct {
	opts ExamplesOptions
	list []saved

	mu    sync.Mutex // guards stack, for its dynamic values, and opts.Rand
	stack vars.Stack
}

// A saved is an example ready for comparison.
type saved struct {
	collections.Example
	request *collections.Request
	path    []string // segments; a template or :name matches any one
	query   []collections.QueryParam
}

// NewExamples returns the handler of a collection.
func NewExamples(c *collections.Collection, o ExamplesOptions) *Examples {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Rand == nil {
		o.Rand = rand.New(rand.NewPCG(rand.Uint64(), rand.Uint64()))
	}
	e := &Examples{opts: o, stack: vars.Stack{Environment: o.Environment,
		Collection: vars.NewScope("collection", c.Variables()...), Dynamic: vars.NewDynamic(o.Rand, o.Now)}}
	// What the environment leaves open, dynamic values included, is a wildcard.
	fixed := vars.Stack{Environment: e.stack.Environment, Collection: e.stack.Collection}
	for n := range c.All() {
		for _, x := range n.Examples() {
			e.list = append(e.list, prepare(x, fixed.Expand))
		}
	}
	return e
}

func prepare(x collections.Example, expand func(string) string) saved {
	// The path's variables stay names: they match any value.
	r := *x.Request
	r.URL.Variables = nil
	resolved := r.Resolve(expand)
	s := saved{Example: x, request: resolved, path: segments(strings.Join(resolved.URL.Path, "/"))}
	for _, q := range resolved.URL.Query {
		if !q.Disabled && q.Key != nil && *q.Key != "" {
			s.query = append(s.query, q)
		}
	}
	return s
}

func segments(path string) []string {
	return strings.Split(strings.Trim(path, "/"), "/")
}

// Len is the number of examples.
func (e *Examples) Len() int { return len(e.list) }

// maxMockBody bounds what is read of a request.
const maxMockBody = 16 << 20

// ServeHTTP answers with the best example, or says why there is none.
func (e *Examples) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxMockBody))
	if err != nil {
		http.Error(w, "the body could not be read", http.StatusBadRequest)
		return
	}
	best, why := e.match(r, body)
	if best == nil {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprintf(w, `{"error":{"name":"mockRequestNotFoundError","message":%q}}`, why)
		return
	}
	answeredBy(w, best.Name)
	e.write(w, best)
}

// hopHeaders belong to the connection or to the body's coding, not to the
// example.
var hopHeaders = []string{"content-length", "transfer-encoding", "connection", "content-encoding", "keep-alive", "date"}

// write sends an example, its templates filled in anew.
func (e *Examples) write(w http.ResponseWriter, s *saved) {
	e.mu.Lock()
	body := e.stack.Expand(s.Body)
	for _, h := range s.Header {
		if !h.Disabled && h.Key != "" && !slices.Contains(hopHeaders, strings.ToLower(h.Key)) {
			w.Header().Add(h.Key, e.stack.Expand(h.Value))
		}
	}
	e.mu.Unlock()
	code := s.Code
	if code < 100 || code > 999 {
		code = http.StatusOK
	}
	w.WriteHeader(code)
	_, _ = w.Write([]byte(body)) // a client that left is no concern of ours
}

// match picks the example for a request: by method, by the x-mock headers, by
// path, then by query, header and body; a success, then the first, of equals.
func (e *Examples) match(r *http.Request, body []byte) (*saved, string) {
	list := keepIf(e.list, func(s *saved) bool { return strings.EqualFold(s.request.Method, r.Method) })
	if len(list) == 0 {
		return nil, "no example of a " + r.Method + " request"
	}
	list, why := chosen(list, r.Header)
	if len(list) == 0 {
		return nil, why
	}
	var best *saved
	high := 0.0
	for _, s := range list {
		score := s.score(r, body)
		if score > high || best != nil && score == high && score > 0 && !success2xx(best.Code) && success2xx(s.Code) {
			best, high = s, score
		}
	}
	if best == nil {
		return nil, fmt.Sprintf("no example of %s %s", r.Method, r.URL.Path)
	}
	return best, ""
}

func keepIf(list []saved, keep func(*saved) bool) []*saved {
	var out []*saved
	for i := range list {
		if keep(&list[i]) {
			out = append(out, &list[i])
		}
	}
	return out
}

func success2xx(code int) bool { return code/100 == 2 }

// chosen applies the headers that ask for an example by id, name or status,
// in that order.
func chosen(list []*saved, h http.Header) ([]*saved, string) {
	for _, c := range []struct {
		header string
		has    func(s *saved, want string) bool
	}{
		{"X-Mock-Response-Id", func(s *saved, want string) bool {
			return s.ID != "" && (s.ID == want || strings.HasSuffix(want, "-"+s.ID))
		}},
		{"X-Mock-Response-Name", func(s *saved, want string) bool { return s.Name == want }},
		{"X-Mock-Response-Code", func(s *saved, want string) bool { return fmt.Sprint(s.Code) == want }},
	} {
		want := h.Get(c.header)
		if want == "" {
			continue
		}
		var left []*saved
		for _, s := range list {
			if c.has(s, want) {
				left = append(left, s)
			}
		}
		if len(left) == 0 {
			return nil, fmt.Sprintf("no example for %s: %s", strings.ToLower(c.header), want)
		}
		list = left
	}
	return list, ""
}

// The points of Postman's matching: a path that fits has at least one.
const (
	pathExact    = 100.0
	pathCase     = 95.0 // letters differ in case alone
	wildcardCost = 5.0  // for each segment that a variable matched
	queryHit     = 10.0
	queryMiss    = 2.0
	headerMiss   = 2.0
	bodyHit      = 10.0
	bodyMiss     = 5.0
)

// score is how well an example fits; 0 is not at all.
func (s *saved) score(r *http.Request, body []byte) float64 {
	points := pathScore(s.path, segments(r.URL.Path))
	if points == 0 {
		return 0
	}
	points += s.queryScore(r)
	if r.Header.Get("X-Mock-Match-Request-Headers") != "" {
		for name := range strings.SplitSeq(r.Header.Get("X-Mock-Match-Request-Headers"), ",") {
			if header(s.request.Header, strings.TrimSpace(name)) != r.Header.Get(strings.TrimSpace(name)) {
				points -= headerMiss
			}
		}
	}
	switch want := s.bodyText(); {
	case want == "" && len(body) == 0:
	case want == string(body) || sameJSON([]byte(want), body):
		points += bodyHit
	case r.Header.Get("X-Mock-Match-Request-Body") == "true":
		return 0
	default:
		points -= bodyMiss
	}
	return max(points, 0.5)
}

func pathScore(want, got []string) float64 {
	if len(want) != len(got) {
		return 0
	}
	points := pathExact
	for i, w := range want {
		switch {
		case w == got[i]:
		case wildcard(w):
			points = min(points, pathCase) - wildcardCost
		case strings.EqualFold(w, got[i]):
			points = min(points, pathCase)
		default:
			return 0
		}
	}
	return max(points, 1)
}

// wildcard reports whether a segment stands for any: a path variable, or a
// template that nothing defines.
func wildcard(segment string) bool {
	return strings.HasPrefix(segment, ":") || strings.Contains(segment, "{{")
}

func (s *saved) queryScore(r *http.Request) float64 {
	points, given := 0.0, r.URL.Query()
	seen := map[string]bool{}
	for _, q := range s.query {
		seen[*q.Key] = true
		want := ""
		if q.Value != nil {
			want = *q.Value
		}
		switch values, ok := given[*q.Key]; {
		case ok && (slices.Contains(values, want) || strings.Contains(want, "{{")):
			points += queryHit
		default:
			points -= queryMiss
		}
	}
	for name := range given {
		if !seen[name] {
			points -= queryMiss
		}
	}
	return points
}

func header(list []collections.Header, name string) string {
	for _, h := range list {
		if !h.Disabled && strings.EqualFold(h.Key, name) {
			return h.Value
		}
	}
	return ""
}

func (s *saved) bodyText() string {
	if b := s.request.Body; b != nil && b.Raw != nil {
		return *b.Raw
	}
	return ""
}

// sameJSON compares two JSON texts by their values.
func sameJSON(a, b []byte) bool {
	var x, y any
	return json.Unmarshal(a, &x) == nil && json.Unmarshal(b, &y) == nil && reflect.DeepEqual(x, y)
}
