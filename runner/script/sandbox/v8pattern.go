package sandbox

import "postie/collections/jslex"

// A pattern is a place in a script where a value is iterated or destructured.
type pattern struct {
	from, to int // the tokens of the value's expression
	key      int // the first key of an object pattern
	list     bool
	keys     bool
	each     bool // the value is each value of a for loop
	caught   bool // the value is the exception in a catch clause
	assigned bool // the value is assigned to an array pattern
	declared bool // the array pattern declares variables
}

// patterns lists the patterns between two tokens.
func (c code) patterns(from, to int) (list []pattern) {
	for i := from; i < to; i++ {
		switch {
		case c.is(i, "of") && c.is(i-1, "}") && c.declares(c.open(i-1)-1):
			list = append(list, pattern{from: i + 1, to: c.end(i + 1), list: true}, pattern{from: i + 1, to: c.end(i + 1), key: c.open(i-1) + 1, keys: true, each: true})
		case c.is(i, "..."), c.is(i, "of") && c.endsValue(i-1) && c.closes(c.end(i+1)):
			list = append(list, pattern{from: i + 1, to: c.end(i + 1), list: true, each: c.is(i-1, "]")})
		case c.is(i, "catch") && c.is(i+1, "(") && c.is(i+2, "{"):
			list = append(list, pattern{from: i + 2, to: c.close(i + 1), key: i + 3, keys: true, caught: true})
		case c.is(i, "=") && c.is(i-1, "]") && (c.declares(c.open(i-1)-1) || !c.indexes(c.open(i-1))):
			list = append(list, pattern{from: i + 1, to: c.end(i + 1), list: true, assigned: true, declared: c.declares(c.open(i-1) - 1)})
		case c.is(i, "=") && c.is(i-1, "}") && (c.declares(c.open(i-1)-1) || c.is(c.open(i-1)-1, "(")):
			list = append(list, pattern{from: i + 1, to: c.end(i + 1), key: c.open(i-1) + 1, keys: true})
		}
	}
	return list
}

// patternAt returns the pattern that the token at belongs to, or else the only
// pattern in its line, because the engine does not always know the exact place.
// It considers only patterns for which fits holds.
func (c code) patternAt(at int, fits func(pattern) bool) (p pattern, ok bool) {
	from, to := c.line(at)
	var all []pattern
	for _, p := range c.patterns(from, to) {
		if !fits(p) {
			continue
		}
		if p.from <= at && at < p.to {
			return p, true
		}
		all = append(all, p)
	}
	if len(all) != 1 {
		return p, false
	}
	return all[0], true
}

// line returns where the line of a token begins and ends. When at is no token
// after the first, the line is the whole script.
func (c code) line(at int) (from, to int) {
	if at == 0 || at >= len(c) {
		return 0, len(c)
	}
	for from = at; from > 0 && !c[from].Newline; from-- {
	}
	for to = at + 1; to < len(c) && !c[to].Newline; to++ {
	}
	return from, to
}

func (c code) declares(i int) bool { return c.is(i, "var", "let", "const") }

// notIterable returns V8's message for a value that is not iterable. nothing is
// "undefined" or "null" when the value is that, and something else otherwise.
func (c code) notIterable(at int, s site, nothing string) string {
	p, ok := c.patternAt(at, func(p pattern) bool { return p.list })
	if !ok {
		return c.listWithin(at, s, nothing)
	}
	if p.from >= p.to {
		return ""
	}
	isNothing := nothing == "undefined" || nothing == "null"
	text, literal := c.literal(p.from)
	switch {
	case p.each && isNothing && s.within(c.loopsAround(p.from)):
		return ".for is not iterable"
	case p.each && !isNothing && s.inLoops() > c.loopsAround(p.from):
		return ".for is not iterable"
	case p.assigned:
		return c.notTakenApart(p, s)
	case c.spreadLast(p):
		if isNothing {
			return c.expression(p.from, p.to) + " is not iterable (cannot read property " + nothing + ")"
		}
		return "Spread syntax requires ...iterable[Symbol.iterator] to be a function"
	case literal && p.to == p.from+1:
		return text + " is not iterable"
	case c.is(p.to-1, ")") && c.indexes(c.open(p.to-1)):
		callee, _ := c.chain(c.open(p.to-1) - 1)
		return callee + " is not a function or its return value is not iterable"
	}
	return c.expression(p.from, p.to) + " is not iterable"
}

// notTakenApart returns V8's message for an array pattern whose value is not
// iterable. V8 names a variable that was declared, and a function whose result
// is not iterable; otherwise it names the type of the value.
func (c code) notTakenApart(p pattern, s site) string {
	text, literal := c.literal(p.from)
	last := p.to - 1
	switch value, kind, _ := s.operand(); {
	case p.declared && literal && last == p.from:
		return text + " is not iterable"
	case p.declared && (last == p.from && c.kind(last) == jslex.Word || c.is(last, "}") && c.open(last) == p.from):
		return c.expression(p.from, p.to) + " is not iterable"
	case p.declared && c.is(last, ")") && c.kind(p.from) == jslex.Word && c.open(last) == p.from+1:
		return c[p.from].Text + " is not a function or its return value is not iterable"
	case kind == "undefined":
		return "undefined is not iterable (cannot read property Symbol(Symbol.iterator))"
	case kind != "":
		return valueWithKind(value, kind) + " is not iterable (cannot read property Symbol(Symbol.iterator))"
	}
	return ""
}

// iterates reports whether the line of a token iterates a value.
func (c code) iterates(at int) bool {
	_, ok := c.patternAt(at, func(p pattern) bool { return p.list })
	return ok
}

// within reports whether the error occurred in a for...of loop that has the
// given number of such loops around it.
func (s site) within(around int) bool {
	_, _, loops := s.nothing()
	return loops > around
}

func (s site) inLoops() int {
	_, _, loops := s.operand()
	return loops
}

// loopsAround counts the for...of loops, in the same function, around the loop
// whose values begin at i.
func (c code) loopsAround(i int) (n int) {
	for j := 0; j < i; j++ {
		if !c.is(j, "for") || !c.is(j+1, "(") {
			continue
		}
		head := c.close(j + 1)
		end := c.end(head + 2)
		if c.is(head+1, "{") {
			end = c.close(head + 1)
		}
		if head < i && i < end && c.has(j+2, head, "of") && !c.has(head, i, "function", "=>") {
			n++
		}
	}
	return n
}

func (c code) has(from, to int, texts ...string) bool {
	for i := from; i < to; i++ {
		if c.is(i, texts...) {
			return true
		}
	}
	return false
}

// spreadLast reports whether p is the last argument of a call and the only
// spread one: V8 has a message of its own for it.
func (c code) spreadLast(p pattern) bool {
	if !c.is(p.from-1, "...") || !c.is(p.to, ")") {
		return false
	}
	open := c.open(p.to)
	return c.indexes(open) && !c.has(open, p.from-1, "...")
}

// A parameter is a parameter that is a destructuring pattern.
type parameter struct{ number, open int } // number counts from 0; open is the pattern's first bracket

// parameters lists the pattern parameters of a function in the line. It returns
// nil when several functions have such parameters.
func (c code) parameters(at int) (list []parameter) {
	from, to := c.line(at)
	for open := from; open < to; open++ {
		if !c.is(open, "(") || c.is(open-1, "catch", "if", "for", "while", "switch") {
			continue
		}
		close := c.close(open)
		if !c.is(close+1, "=>", "{") {
			continue
		}
		var own []parameter
		for j, n := open+1, 0; j < close; j, n = c.end(j)+1, n+1 {
			if c.is(j, "{", "[") {
				own = append(own, parameter{n, j})
			}
		}
		if len(own) > 0 && len(list) > 0 {
			return nil
		}
		list = append(list, own...)
	}
	return list
}

// listWithin returns V8's message for an array pattern in an object pattern, or
// in a parameter, whose value is not iterable.
func (c code) listWithin(at int, s site, nothing string) string {
	for _, p := range c.parameters(at) {
		if !c.is(p.open, "[") || s.argument == nil {
			continue
		}
		if text, kind := s.argument(p.number); kind != "undefined" && text != "null" && kind != "string" && !c.has(p.open+1, c.close(p.open), "[", "{") {
			return valueWithKind(text, kind) + " is not iterable (cannot read property Symbol(Symbol.iterator))"
		}
	}
	text := "undefined"
	if p, ok := c.patternAt(at, func(p pattern) bool { return p.keys }); ok && p.each {
		text = ".for"
	} else if ok {
		text = c.expression(p.from, p.to)
	}
	from, to := c.line(at)
	switch {
	case !c.listIsMember(from, to):
		return ""
	case nothing == "undefined" || nothing == "null":
		return "Cannot destructure property 'Symbol(Symbol.iterator)' of '" + text + "' as it is " + nothing + "."
	}
	return text + " is not iterable (cannot read property Symbol(Symbol.iterator))"
}

// listIsMember reports whether an object pattern contains an array pattern.
func (c code) listIsMember(from, to int) bool {
	for i := from + 1; i < to; i++ {
		if c.is(i, "[") && c.is(i-1, ":") && c.is(c.close(i)+1, "}", ",") {
			return true
		}
	}
	return false
}

// objectInList returns the first key of the only object pattern in an array
// pattern, in the line of a token.
func (c code) objectInList(at int) (key int, ok bool) {
	from, to := c.line(at)
	for i := from; i < to; i++ {
		open := c.enclosing(i)
		if !c.is(i, "{") || open < from || !c.is(open, "[") || c.indexes(open) && !c.declares(open-1) {
			continue
		}
		if ok {
			return 0, false
		}
		key, ok = i+1, true
	}
	return key, ok && c.kind(key) == jslex.Word
}

// destructured returns V8's message for a pattern that destructures undefined
// or null.
func (c code) destructured(at int, s site) string {
	nothing, objects, loops := s.nothing()
	if text := c.parameterTakenApart(at, s, nothing, objects); text != "" {
		return text
	}
	if key, ok := c.objectInList(at); ok && nothing != "" {
		return "Cannot read properties of " + nothing + " (reading '" + c[key].Text + "')"
	}
	p, ok := c.patternAt(at, func(p pattern) bool { return p.keys && (!p.each || loops > 0) })
	if !ok || p.from >= p.to {
		return ""
	}
	if c.is(p.key-2, "(") && objects > 0 && !p.caught {
		objects-- // the engine keeps the value of an assignment for the expression around it
	}
	if objects > 0 {
		return c.nested(p.key, objects, nothing)
	}
	text := c.expression(p.from, p.to)
	switch {
	case p.each:
		text = ".for"
	case p.caught:
		text = ".catch"
	case nothing == "" && text == "null":
		nothing = text
	}
	return c.cannotDestructure(p.key, text, nothing)
}

// parameterTakenApart returns V8's message for a pattern parameter that is
// undefined or null, or has a member that is.
func (c code) parameterTakenApart(at int, s site, nothing string, objects int) string {
	if s.argument == nil {
		return ""
	}
	var last parameter
	for _, p := range c.parameters(at) {
		if !c.is(p.open, "{") {
			continue
		}
		text, kind := s.argument(p.number)
		switch hasDefault := c.is(c.close(p.open)+1, "="); {
		case text == "undefined" && !hasDefault:
			return c.cannotDestructure(p.open+1, text, text)
		case text == "null":
			return c.cannotDestructure(p.open+1, kind+" null", text)
		}
		last = p
	}
	if last.open == 0 {
		return ""
	}
	return c.nested(last.open+1, objects, nothing)
}

// cannotDestructure returns V8's message for an object pattern whose first key
// is the token at key.
func (c code) cannotDestructure(key int, text, nothing string) string {
	if nothing == "" {
		nothing = "undefined"
	}
	switch {
	case c.is(key, "}", "...", "["):
		return "Cannot destructure '" + text + "' as it is " + nothing + "."
	case c.is(key+1, "="):
		return "Cannot read properties of " + nothing + " (reading '" + c[key].Text + "')"
	}
	name := c.text0(key)
	if c.kind(key) == jslex.String {
		name = unquoted(name)
	}
	return "Cannot destructure property '" + name + "' of '" + text + "' as it is " + nothing + "."
}

// nested returns V8's message for an object pattern inside another, level
// levels below the pattern that begins with key. It returns "" unless there is
// exactly one.
func (c code) nested(key, level int, nothing string) string {
	inner := -1
	for i, depth := key, 0; depth >= 0 && i < len(c); i++ {
		switch {
		case c.is(i, "{") && c.is(i-1, "=", "=>", ")"):
			i = c.close(i) // skips a default value
		case c.is(i, "{"):
			if depth++; depth == level && inner >= 0 {
				return ""
			} else if depth == level {
				inner = i
			}
		case c.is(i, "}"):
			depth--
		}
	}
	if inner < 0 || c.kind(inner+1) != jslex.Word || nothing == "" {
		return ""
	}
	if end := c.close(inner); c.is(end+1, "=") {
		return c.cannotDestructure(inner+1, c.expression(end+2, c.end(end+2)), nothing)
	}
	return "Cannot read properties of " + nothing + " (reading '" + c[inner+1].Text + "')"
}
