package sandbox

import (
	"slices"
	"strconv"
	"strings"

	"postie/collections/jslex"
)

// written returns V8's message for errors of writing, deleting or defining a
// property; it names the key and the object. It returns "" for other errors.
func (f *fault) written(c code, at int, s site) string {
	if m := readOnly().FindStringSubmatch(f.Message); m != nil && strings.HasPrefix(m[1], "#") {
		return c.notWritable(m[1])
	}
	if c.kind(at+1) == jslex.Word && strings.HasPrefix(c[at+1].Text, "#") {
		return f.private(c, at+1, s)
	}
	if f.Message == "could not delete property" {
		return c.undeleted(at, s)
	}
	key, ok := c.keyAt(at, s)
	if !ok {
		return ""
	}
	switch text, kind := c.object(at, s); {
	case f.Message == "object is not extensible":
		return "Cannot add property " + key + ", object is not extensible"
	case f.Message == "no setter for property" && kind != "function":
		return "Cannot set property " + key + " of " + text + " which has only a getter"
	case f.Message == "not an object" && kind == "string" && (key == "length" || isIndex(key)), readOnly().MatchString(f.Message) && kind == "string":
		return "Cannot assign to read only property '" + key + "' of string '" + text + "'"
	case f.Message == "not an object" && slices.Contains(primitives, kind):
		return "Cannot create property '" + key + "' on " + kind + " '" + text + "'"
	case readOnly().MatchString(f.Message) && kind != "function":
		return "Cannot assign to read only property '" + key + "' of object '" + text + "'"
	}
	return ""
}

var primitives = []string{"string", "number", "boolean", "symbol", "bigint"}

func isIndex(key string) bool {
	_, err := strconv.ParseUint(key, 10, 32)
	return err == nil
}

// keyAt returns the key of the property access whose dot or bracket is at i.
func (c code) keyAt(i int, s site) (key string, ok bool) {
	switch {
	case c.is(i, ".") && c.kind(i+1) == jslex.Word:
		return c[i+1].Text, true
	case c.is(i, "["):
		key, _, ok = c.evaluate(i+1, c.close(i), s)
		return key, ok
	}
	return "", false
}

// object returns the value before the dot or bracket at i, as V8 prints it, and
// its type. An unknown value counts as a plain object.
func (c code) object(i int, s site) (text, kind string) {
	if end := i - 1; c.is(end, "]") && !c.indexes(c.open(end)) {
		return "[object Array]", "object"
	}
	names := c.names(i - 1)
	switch {
	case len(names) > 1 && s.member != nil:
		text, kind = s.member(names[0], names[1:]...)
	case c.is(i-1, ")") && c.open(i-1) == i-3:
		text, kind, _ = c.single(i-2, s)
	case !c.is(i-2, ".", "?."):
		text, kind, _ = c.single(i-1, s)
	}
	if kind == "primitive" {
		kind = "boolean"
	}
	if kind == "" {
		return "#<Object>", "object"
	}
	return text, kind
}

// names lists the names of a chain of properties that ends with the token at i:
// a.b.c gives a, b, c.
func (c code) names(i int) (names []string) {
	for ; c.kind(i) == jslex.Word; i -= 2 {
		names = append(names, c[i].Text)
		if !c.is(i-1, ".") {
			slices.Reverse(names)
			return names
		}
	}
	return nil
}

// undeleted returns V8's message for deleting a property that cannot be
// deleted.
func (c code) undeleted(at int, s site) string {
	from := c.after(at, "delete")
	end := c.end(from)
	for i := end - 1; i > from; i-- {
		if c.is(i, "[") && c.close(i) == end-1 || c.is(i, ".") && i == end-2 {
			key, ok := c.keyAt(i, s)
			text, kind := c.object(i, s)
			if !ok || kind == "function" {
				return ""
			}
			return "Cannot delete property '" + key + "' of " + text
		}
	}
	return ""
}

// private returns V8's message for errors of the #private member at i.
func (f *fault) private(c code, i int, s site) string {
	switch text, _ := c.object(i-1, s); {
	case f.Message == "not an object" && (text == "undefined" || text == "null"):
		return "Cannot read properties of " + text + " (reading '" + c[i].Text + "')"
	case strings.HasSuffix(f.Message, "does not exist") && assignments[c.text(i+1)]:
		return "Cannot write private member " + c[i].Text + " to an object whose class did not declare it"
	}
	return ""
}

// notWritable says why a #private member cannot be written or read, by how its
// class defines it.
func (c code) notWritable(name string) string {
	switch {
	case c.defines(name, "get"):
		return "'" + name + "' was defined without a setter"
	case c.defines(name, "set"):
		return "'" + name + "' was defined without a getter"
	}
	return "Private method '" + name + "' is not writable"
}

// defines reports whether the script contains name directly after word.
func (c code) defines(name, word string) bool {
	for i := range c {
		if c[i].Text == name && c.is(i-1, word) {
			return true
		}
	}
	return false
}

// listLength returns the length of the array whose method is called with
// arguments from at on, or "" when it is unknown.
func (c code) listLength(at int, s site) string {
	if names := c.names(at - 3); len(names) > 0 && s.member != nil {
		text, _ := s.member(names[0], append(names[1:], "length")...)
		return text
	}
	return ""
}

// classAround returns the name of the class around the token at i.
func (c code) classAround(i int) string {
	for open := c.enclosing(i); open >= 0; open = c.enclosing(open) {
		for j := open - 1; j >= 0 && !c.closes(j) && !c.opens(j) && !c.is(j, ";"); j-- {
			if c.is(j, "class") && c.kind(j+1) == jslex.Word && !c.is(j+1, "extends") {
				return c[j+1].Text
			}
		}
	}
	return "anonymous"
}

// prototypeOfParent returns the prototype property of a class's parent.
func (c code) prototypeOfParent(at int, s site) (text string, ok bool) {
	names := c.names(c.membersEnd(c.after(at, "extends")))
	if len(names) == 0 || s.member == nil {
		return "", false
	}
	text, kind := s.member(names[0], append(names[1:], "prototype")...)
	return text, kind != ""
}
