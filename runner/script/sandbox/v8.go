package sandbox

import (
	"regexp"
	"strconv"
	"strings"

	"postie/collections/regex"
)

// lazily returns a regular expression that is compiled at its first use: most
// processes never meet the errors that these expressions are for.
var lazily = regex.Lazy

// v8Words translates the engine's messages to V8's. Scripts' authors know V8's
// messages from the Postman app, and tools compare reports by them. For an
// error of a function of the language, $arg is the function's first argument,
// $call is that argument in the words of V8's "is not iterable" errors, and
// $second is the second argument.
var v8Words = []struct {
	engine func() *regexp.Regexp
	native string // the function that throws, "" for any or none
	v8     string
	name   string // the error's class, when V8 has another
}{
	{lazily(`^'(.+)' is not defined$`), "", "$1 is not defined", ""},
	{lazily(`^cannot read property 'Symbol.iterator' of (undefined|null)$`), "fromEntries", "$1 is not iterable", ""},
	{lazily(`^cannot read property 'Symbol.iterator' of undefined$`), "", "undefined is not iterable (cannot read property Symbol(Symbol.iterator))", ""},
	{lazily(`^cannot read property 'Symbol.iterator' of null$`), "", "object null is not iterable (cannot read property Symbol(Symbol.iterator))", ""},
	{lazily(`^cannot read property '(.*)' of (undefined|null)$`), "", "Cannot read properties of $2 (reading '$1')", ""},
	{lazily(`^cannot read property of (undefined|null)$`), "", "Cannot read properties of $1", ""},
	{lazily(`^cannot set property '(.*)' of (undefined|null)$`), "", "Cannot set properties of $2 (setting '$1')", ""},
	{lazily(`^cannot set property of (undefined|null)$`), "", "Cannot set properties of $1", ""},
	{lazily(`^'(.+)' is read-only$`), "*", "Cannot assign to read only property '$1' of object '[object Array]'", ""},
	{lazily(`^'(.+)' is read-only$`), "", "Assignment to constant variable.", ""},
	{lazily(`^this is not initialized$`), "", "Must call super constructor in derived class before accessing 'this' or returning from derived constructor", ""},
	{lazily(`^(\S+) is not initialized$`), "", "Cannot access '$1' before initialization", ""},
	{lazily(`^not a function$`), "Promise", "Promise resolver $arg is not a function", ""},
	{lazily(`^not a function$`), "sort", "The comparison function must be either a function or undefined", ""},
	{lazily(`^not a function$`), "flatMap", "flatMap mapper function is not callable", ""},
	{lazily(`^not a function$`), "from", "$second is not a function", ""},
	{lazily(`^not a function$`), "bind", "Bind must be called on a function", ""},
	{lazily(`^not a function$`), "*", "$arg is not a function", ""},
	{lazily(`^not a function$`), "", "undefined is not a function", ""},
	{lazily(`^must be called with new$`), "Promise", "Promise constructor cannot be invoked without 'new'", ""},
	{lazily(`^must be called with new$`), "*", "Constructor $native requires 'new'", ""},
	{lazily(`^value is not iterable$`), "*", "$call is not iterable (cannot read property Symbol(Symbol.iterator))", ""},
	{lazily(`^value is not iterable$`), "", "object is not iterable (cannot read property Symbol(Symbol.iterator))", ""},
	{lazily(`^cannot convert to object$`), "forEach", "Array.prototype.$native called on null or undefined", ""},
	{lazily(`^cannot convert to object$`), "concat", "Array.prototype.$native called on null or undefined", ""},
	{lazily(`^cannot convert to object$`), "reduce", "Array.prototype.$native called on null or undefined", ""},
	{lazily(`^cannot convert to object$`), "", "Cannot convert undefined or null to object", ""},
	{lazily(`^invalid array length$`), "set", "offset is out of bounds", ""},
	{lazily(`^invalid array length$`), "", "Invalid array length", ""},
	{lazily(`^stack overflow$`), "", "Maximum call stack size exceeded", "RangeError"},
	{lazily(`^invalid repeat count$`), "", "Invalid count value: $arg", ""},
	{lazily(`^(?:invalid string length|string too long)$`), "", "Invalid string length", "RangeError"},
	{lazily(`^invalid number of digits$`), "toPrecision", "toPrecision() argument must be between 1 and 100", ""},
	{lazily(`^invalid number of digits$`), "toExponential", "toExponential() argument must be between 0 and 100", ""},
	{lazily(`^invalid number of digits$`), "", "toFixed() digits argument must be between 0 and 100", ""},
	{lazily(`^radix must be between 2 and 36$`), "", "toString() radix argument must be between 2 and 36", ""},
	{lazily(`^bad normalization form$`), "", "The normalization form should be one of NFC, NFD, NFKC, NFKD.", ""},
	{lazily(`^invalid code point$`), "", "Invalid code point $arg", ""},
	{lazily(`^invalid bigint literal$`), "", "Cannot convert $arg to a BigInt", ""},
	{lazily(`^cannot convert to BigInt: not an integer$`), "", "The number $arg cannot be converted to a BigInt because it is not an integer", ""},
	{lazily(`^cannot convert to BigInt$`), "BigInt", "Cannot convert $arg to a BigInt", ""},
	{lazily(`^cannot convert bigint to number$`), "*", "Cannot convert a BigInt value to a number", ""},
	{lazily(`^cannot convert bigint to number$`), "", "Cannot mix BigInt and other types, use explicit conversions", ""},
	{lazily(`^bigint argument with unary \+$`), "", "Cannot convert a BigInt value to a number", ""},
	{lazily(`^BigInt division by zero$`), "", "Division by zero", ""},
	{lazily(`^cannot convert symbol to (string|number)$`), "", "Cannot convert a Symbol value to a $1", ""},
	{lazily(`^toPrimitive$`), "", "Cannot convert object to primitive value", ""},
	{lazily(`^expecting hex digit$`), "", "URI malformed", ""},
	{lazily(`^Date value is NaN$`), "", "Invalid time value", ""},
	{lazily(`^not a Date object$`), "toISOString", "Method Date.prototype.toISOString called on incompatible receiver $this", ""},
	{lazily(`^not a Date object$`), "", "this is not a Date object.", ""},
	{lazily(`^circular reference$`), "", "Converting circular structure to JSON", ""},
	{lazily(`^empty array$`), "", "Reduce of empty array with no initial value", ""},
	{lazily(`^object is not extensible$`), "setPrototypeOf", "$arg is not extensible", ""},
	{lazily(`^prototype is immutable$`), "", "Immutable prototype object 'Object.prototype' cannot have their prototype set", ""},
	{lazily(`^object is not extensible$`), "defineProperty", "Cannot define property $second, object is not extensible", ""},
	{lazily(`^not an object$`), "Set", "Result of the Symbol.iterator method is not an object", ""},
	{lazily(`^not an object$`), "from", "Result of the Symbol.iterator method is not an object", ""},
	{lazily(`^not an object$`), "finally", "Promise.prototype.finally called on non-object", ""},
	{lazily(`^not an object$`), "defineProperties", "Object.defineProperties called on non-object", ""},
	{lazily(`^not an object$`), "setPrototypeOf", "Object prototype may only be an Object or null: $second", ""},
	{lazily(`^object is not extensible$`), "", "Cannot add property, object is not extensible", ""},
	{lazily(`^iterator must return an object$`), "", "Iterator result is not an object", ""},
	{lazily(`^not an object$`), "resolve", "PromiseResolve called on non-object", ""},
	{lazily(`^not an object$`), "all", "Promise.all called on non-object", ""},
	{lazily(`^not an object$`), "allSettled", "Promise.allSettled called on non-object", ""},
	{lazily(`^not an object$`), "any", "Promise.any called on non-object", ""},
	{lazily(`^not an object$`), "race", "Promise.race called on non-object", ""},
	{lazily(`^not an object$`), "reject", "PromiseReject called on non-object", ""},
	{lazily(`^not an object$`), "get", "Reflect.get called on non-object", ""},
	{lazily(`^not an object$`), "set", "Reflect.set called on non-object", ""},
	{lazily(`^not an object$`), "has", "Reflect.has called on non-object", ""},
	{lazily(`^not an object$`), "deleteProperty", "Reflect.deleteProperty called on non-object", ""},
	{lazily(`^not an object$`), "isExtensible", "Reflect.isExtensible called on non-object", ""},
	{lazily(`^not an object$`), "ownKeys", "Reflect.ownKeys called on non-object", ""},
	{lazily(`^not an object$`), "getPrototypeOf", "Cannot convert undefined or null to object", ""},
	{lazily(`^not an object$`), "create", "Object prototype may only be an Object or null: $arg", ""},
	{lazily(`^invalid value used as WeakMap key$`), "", "Invalid value used as weak map key", ""},
	{lazily(`^invalid value used as WeakSet key$`), "", "Invalid value used in weak set", ""},
	{lazily(`^operand 'prototype' property is not an object$`), "", "Function has non-object prototype 'undefined' in instanceof check", ""},
	{lazily(`^cannot have setter/getter and value or writable$`), "", "Invalid property descriptor. Cannot both specify accessors and a value or writable attribute, #<Object>", ""},
	{lazily(`^property is not configurable$`), "defineProperty", "Cannot redefine property: $second", ""},
	{lazily(`^'this' can be initialized only once$`), "", "Super constructor may only be called once", ""},
	{lazily(`^derived class constructor must return an object or undefined$`), "", "Derived constructors may only return object or undefined", ""},
	{lazily(`^private class field '(#.+)' already exists$`), "", "Cannot initialize $1 twice on the same object", ""},
	{lazily(`^invalid property access$`), "", "'caller', 'callee', and 'arguments' properties may not be accessed on strict mode functions or the arguments objects for calls to them", ""},
	{lazily(`^private class field '(#.+)' does not exist$`), "", "Cannot read private member $1 from an object whose class did not declare it", ""},
	{lazily(`^not an object$`), "fromEntries", "Iterator value $entry is not an entry object", ""},
	{lazily(`^not an object$`), "Map", "Iterator value $entry is not an entry object", ""},
	{lazily(`^not an object$`), "WeakMap", "Iterator value $entry is not an entry object", ""},
	{lazily(`^not a prototype$`), "", "Object prototype may only be an Object or null: $arg", ""},
	{lazily(`^not an object$`), "defineProperty", "$descriptor", ""},
	{lazily(`^not an object$`), "Proxy", "Cannot create proxy with a non-object as target or handler", ""},
	{lazily(`^invalid 'in' operand$`), "", "Cannot use 'in' operator to search for a key in a value that is no object", ""},
	{lazily(`^invalid 'instanceof' right operand$`), "", "Right-hand side of 'instanceof' is not callable", ""},
	{lazily(`^ is not a constructor$`), "", "(intermediate value) is not a constructor", ""},
	{lazily(`^parent class must be constructor$`), "", "Class extends value is not a constructor or null", ""},
	{lazily(`^regexp must have the 'g' flag$`), "", "String.prototype.$native called with a non-global RegExp argument", ""},
	{lazily(`^regexp not supported$`), "", "First argument to String.prototype.$native must not be a regular expression", ""},
	{lazily(`^invalid (length|offset)$`), "*", "$view", ""},
	{lazily(`^(Map|Set|WeakMap|WeakSet|Promise|RegExp|Array Iterator|Map Iterator|Set Iterator|String Iterator) object expected$`), "*", "Method $method called on incompatible receiver $this", ""},
	{lazily(`^out of bound$`), "*", "Offset is outside the bounds of the DataView", ""},
	{lazily(`^invalid byteOffset$`), "", "Start offset $second is outside the bounds of the buffer", ""},
	{lazily(`^invalid byteLength$`), "", "Invalid DataView length $third", ""},
	{lazily(`^ArrayBuffer object expected$`), "DataView", "First argument to DataView constructor must be an ArrayBuffer", ""},
	{lazily(`^invalid array index: `), "with", "Invalid index : $arg", ""},
	{lazily(`^invalid array index$`), "with", "Invalid typed array index", ""},
	{lazily(`^invalid array index$`), "asUintN", "Invalid value: not (convertible to) a safe integer", ""},
	{lazily(`^invalid array index$`), "asIntN", "Invalid value: not (convertible to) a safe integer", ""},
	{lazily(`^invalid array index$`), "SharedArrayBuffer", "Invalid array buffer length", ""},
	{lazily(`^invalid array index$`), "ArrayBuffer", "Invalid array buffer length", ""},
	{lazily(`^invalid array index$`), "*", "Invalid typed array length: $arg", ""},
	{lazily(`^invalid regular expression flags$`), "RegExp", "Invalid flags supplied to RegExp constructor '$flags'", ""},
	{lazily(`^expecting '\)'$`), "RegExp", "Invalid regular expression: /$arg/$flags: Unterminated group", ""},
	{lazily(`^unexpected end$`), "RegExp", "Invalid regular expression: /$arg/$flags: $unfinished", ""},
	{lazily(`^nothing to repeat$`), "RegExp", "Invalid regular expression: /$arg/$flags: $repeat", ""},
	{lazily(`^duplicate group name$`), "RegExp", "Invalid regular expression: /$arg/$flags: Duplicate capture group name", ""},
	{lazily(`^invalid repetition count$`), "RegExp", "Invalid regular expression: /$arg/$flags: numbers out of order in {} quantifier", ""},
	{lazily(`^extraneous characters at the end$`), "RegExp", "Invalid regular expression: /$arg/$flags: Unmatched ')'", ""},
	{lazily(`^(?:invalid group name|expecting group name)$`), "RegExp", "Invalid regular expression: /$arg/$flags: Invalid capture group name", ""},
	{lazily(`^invalid group$`), "RegExp", "Invalid regular expression: /$arg/$flags: Invalid group", ""},
	{lazily(`^invalid modifiers$`), "RegExp", "Invalid regular expression: /$arg/$flags: Invalid group", ""},
	{lazily(`^invalid class range$`), "RegExp", "Invalid regular expression: /$arg/$flags: Range out of order in character class", ""},
	{lazily(`^malformed unicode char$`), "RegExp", "Invalid regular expression: /$arg/$flags: Invalid Unicode escape", ""},
	{lazily(`^invalid escape sequence in regular expression$`), "RegExp", "Invalid regular expression: /$arg/$flags: $escape", ""},
	{lazily(`^expecting '\}'$`), "RegExp", "Invalid regular expression: /$arg/$flags: Invalid property name", ""},
	{lazily(`^invalid (?:class set operation|character in class) in regular expression$`), "RegExp", "Invalid regular expression: /$arg/$flags: Invalid character in character class", ""},
	{lazily(`^group name not defined$`), "RegExp", "Invalid regular expression: /$arg/$flags: Invalid named capture referenced", ""},
	{lazily(`^negated character class with strings in regular expression`), "RegExp", "Invalid regular expression: /$arg/$flags: Negated character class may contain strings", ""},
	{lazily(`^invalid operation in regular expression$`), "RegExp", "Invalid regular expression: /$arg/$flags: Invalid set operation in character class", ""},
	{lazily(`^(?:expecting '\{' after \\p|unknown unicode .*)$`), "RegExp", "Invalid regular expression: /$arg/$flags: Invalid property name", ""},
	{lazily(`^syntax error$`), "RegExp", "Invalid regular expression: /$arg/$flags: $repeat", ""},
	{lazily(`^invalid decimal escape in regular expression$`), "RegExp", "Invalid regular expression: /$arg/$flags: Invalid decimal escape", ""},
	{lazily(`^back reference out of range in regular expression$`), "RegExp", "Invalid regular expression: /$arg/$flags: Invalid escape", ""},
	{lazily(`^expecting surrogate pair$`), "", "URI malformed", ""},
	{lazily(`^invalid character$`), "*", "URI malformed", ""},
	{lazily(`^(?:malformed UTF-8|expecting %)`), "*", "URI malformed", ""},
	{lazily(`^unparenthesized unary expression`), "", "Unary operator used immediately before exponentiation expression. Parenthesis must be used to disambiguate operator precedence", ""},
	{lazily(`^BigInt negative exponent$`), "", "undefined must be positive", ""},
	{lazily(`^BigInt is too large`), "", "Maximum BigInt size exceeded", ""},
	{lazily(`^cannot convert to bigint$`), "fill", "Cannot convert $arg to a BigInt", ""},
	{lazily(`^cannot convert to bigint$`), "*", "Cannot convert $second to a BigInt", ""},
	{lazily(`^not a BigInt$`), "*", "BigInt.prototype.$native requires that 'this' be a BigInt", ""},
	{lazily(`^not a generator$`), "*", "Method [Generator].prototype.$native called on incompatible receiver $this", ""},
	{lazily(`^RegExp String Iterator object expected$`), "*", "Method %RegExpStringIterator%.prototype.$native called on incompatible receiver $this", ""},
	{lazily(`^DataView object expected$`), "*", "Method DataView.prototype.$native called on incompatible receiver undefined", ""},
	{lazily(`^ArrayBuffer object expected$`), "slice", "Method ArrayBuffer.prototype.slice called on incompatible receiver $this", ""},
	{lazily(`^not a TypedArray$`), "*", "this is not a typed array.", ""},
	{lazily(`^cannot be called$`), "*", "Abstract class TypedArray not directly constructable", ""},
	{lazily(`^invalid array buffer length$`), "", "Array buffer allocation failed", ""},
	{lazily(`^integer TypedArray expected$`), "*", "$arg is not an integer typed array.", ""},
	{lazily(`^out-of-bound access$`), "*", "Invalid atomic access index", ""},
	{lazily(`^invalid hint$`), "*", "Invalid hint: $arg", ""},
	{lazily(`^object needs toISOString method$`), "", "toISOString is not a function", ""},
	{lazily(`^cannot convert NaN or Infinity to BigInt$`), "", "The number $arg cannot be converted to a BigInt because it is not an integer", ""},
	{lazily(`^bigint operands are forbidden for >>>$`), "", "BigInts have no unsigned right shift, use >> instead", ""},
	{lazily(`^not a symbol$`), "keyFor", "$arg is not a symbol", ""},
	{lazily(`^not a symbol$`), "*", "Symbol.prototype.$native requires that 'this' be a Symbol", ""},
	{lazily(`^not a string$`), "*", "String.prototype.$native requires that 'this' be a String", ""},
	{lazily(`^not a number$`), "*", "Number.prototype.$native requires that 'this' be a Number", ""},
	{lazily(`^not a boolean$`), "*", "Boolean.prototype.$native requires that 'this' be a Boolean", ""},
	{lazily(`^null or undefined are forbidden$`), "*", "String.prototype.$native called on null or undefined", ""},
	{lazily(`^circular prototype chain$`), "", "Cyclic __proto__ value", ""},
	{lazily(`^not a object$`), "", "CreateListFromArrayLike called on non-object", ""},
	{lazily(`^could not delete property$`), "*", "Cannot delete property '$second' of #<Object>", ""},
	{lazily(`^cannot invoke a running generator$`), "", "Generator is already running", ""},
	{lazily(`^promise self resolution$`), "", "Chaining cycle detected for promise #<Promise>", ""},
	{lazily(`^proxy: duplicate property$`), "", "'ownKeys' on proxy: trap returned duplicate entries", ""},
	{lazily(`^proxy: property not present in target were returned by non extensible proxy$`), "", "'ownKeys' on proxy: trap returned extra keys but proxy target is non-extensible", ""},
	{lazily(`^proxy: inconsistent isExtensible$`), "", "'isExtensible' on proxy: trap result does not reflect extensibility of proxy target", ""},
	{lazily(`^proxy preventExtensions handler returned false$`), "", "'preventExtensions' on proxy: trap returned falsish", ""},
	{lazily(`^proxy: inconsistent preventExtensions$`), "", "'preventExtensions' on proxy: trap returned truish but the proxy target is extensible", ""},
	{lazily(`^proxy: bad prototype$`), "", "'setPrototypeOf' on proxy: trap returned falsish for property 'undefined'", ""},
	{lazily(`^proxy: defineProperty exception$`), "defineProperty", "'defineProperty' on proxy: trap returned falsish for property '$second'", ""},
	{lazily(`^revoked proxy$`), "", "Cannot perform operation on a proxy that has been revoked", ""},
	{lazily(`^proxy: cannot set property$`), "", "'set' on proxy: trap returned falsish", ""},
	{lazily(`^unexpected token in expression: ''$`), "", "Unexpected end of input", ""},
	{lazily(`^unexpected end of string$`), "", "Invalid or unexpected token", ""},
	{lazily(`^out of memory$`), "", "script out of memory", "RangeError"},
}

// A site is the place in a text where the engine met an error, and what is
// known about it.
type site struct {
	source       string // "" when it is not known
	line, column int    // counted from 1, in characters
	code         func() code
	function     string // the function that the place is in
	native       string // the function of the language that threw, "" if none did
	given, kind  string // the first argument of native, and its type
	second       string // the second argument of native
	third        string
	receiver     string // the receiver that Function.prototype.call passed to native, "" when it was called otherwise
	notEntry     string // what the first argument of native contains in place of an entry

	variable func(name string) (text, kind string) // "" when it is not known
	member   func(variable string, names ...string) (text, kind string)
	argument func(i int) (text, kind string) // the argument with an index of the function
	nothing  func() (text string, objects, loops int)
	operand  func() (text, kind string, loops int) // the operand that the statement began with
}

// v8 replaces the message of a fault by V8's, with the help of the script's
// code.
func (f *fault) v8(s site) {
	if text := f.fromSource(s); text != "" {
		f.Message = text
		return
	}
	for _, w := range v8Words {
		m := w.engine().FindStringSubmatch(f.Message)
		if m == nil || w.native != "" && w.native != s.native && (w.native != "*" || s.native == "") {
			continue
		}
		f.Message = s.fill(w.v8, m)
		if w.name != "" {
			f.Name = w.name
		}
		return
	}
	if m := unexpected().FindStringSubmatch(f.Message); m != nil && f.Name == "SyntaxError" {
		f.Message = "Unexpected " + tokenAt(m[1], 1, 1)
	}
}

// fill replaces the variables in a text of v8Words. groups are the submatches
// of the engine's message.
func (s site) fill(text string, groups []string) string {
	if !strings.Contains(text, "$") {
		return text
	}
	values := []string{"$arg", s.given, "$call", s.call(), "$second", s.second, "$third", s.third, "$entry", s.notEntry, "$flags", s.flags(), "$native", s.native,
		"$descriptor", s.descriptor(), "$unfinished", unfinished(s.given), "$repeat", nothingToRepeat(s.given), "$escape", badEscape(s.given)}
	if strings.Contains(text, "$view") {
		values = append(values, "$view", s.view(groups[1]))
	}
	if strings.Contains(text, "$this") {
		values = append(values, "$this", s.this(), "$method", s.method(groups))
	}
	for i := range groups[1:] {
		values = append(values, "$"+strconv.Itoa(i+1), groups[i+1])
	}
	return strings.NewReplacer(values...).Replace(text)
}

// this returns the receiver of a function of the language, as V8 prints it.
func (s site) this() string {
	if s.receiver != "" {
		return s.receiver
	}
	if c := s.code(); len(c.names(c.index(s.source, s.line, s.column)-1)) == 1 {
		return "undefined" // the function was called by a plain name
	}
	return "#<Object>"
}

// method returns the full name of a method or getter of the class that the
// engine names.
func (s site) method(groups []string) string {
	if getter, ok := strings.CutPrefix(s.native, "get "); ok {
		return "get " + groups[1] + ".prototype." + getter
	}
	return groups[1] + ".prototype." + s.native
}

var elementSizes = map[string]int{"Int16Array": 2, "Uint16Array": 2, "Int32Array": 4, "Uint32Array": 4, "Float32Array": 4, "Float64Array": 8,
	"BigInt64Array": 8, "BigUint64Array": 8}

// view says why a typed array cannot be a view of a buffer: its length or its
// offset is wrong.
func (s site) view(wrong string) string {
	size := max(elementSizes[s.native], 1)
	multiple := " of " + s.native + " should be a multiple of " + strconv.Itoa(size)
	switch {
	case wrong == "offset" && number(s.second)%size != 0:
		return "start offset" + multiple
	case wrong == "offset":
		return "Start offset " + s.second + " is outside the bounds of the buffer"
	case s.third != "undefined":
		return "Invalid typed array length: " + s.third
	}
	return "byte length" + multiple
}

var (
	unexpected = lazily(`^unexpected token in expression: '(.+)'$`)
	readOnly   = lazily(`^'(.+)' is read-only$`)
	ofNothing  = lazily(`^cannot (read|set) property of (undefined|null)$`)
)

// fromSource returns V8's message for errors that quote the script: the
// expression that was called or iterated, or the key that was read.
func (f *fault) fromSource(s site) string {
	switch {
	case s.native == "" && strings.HasPrefix(f.Message, "class constructors must"):
		return "Class constructor " + s.function + " cannot be invoked without 'new'"
	case s.source == "":
		return ""
	case s.native != "":
		return f.fromCall(s)
	}
	c := s.code()
	at := c.index(s.source, s.line, s.column)
	switch {
	case f.Message == "not a constructor", strings.HasSuffix(f.Message, " is not a constructor"):
		if callee, constructed := c.callee(at); constructed {
			return callee + " is not a constructor"
		}
		if f.Message == " is not a constructor" {
			return "Super constructor null of " + s.function + " is not a constructor"
		}
	case f.Message == "parent prototype must be an object or null":
		if text, ok := c.prototypeOfParent(at, s); ok {
			return "Class extends value does not have valid prototype property " + text
		}
	case f.Message == "invalid brand on object":
		return "Receiver must be an instance of class " + c.classAround(at)
	case f.Message == "invalid 'in' operand":
		return c.in(at, s)
	case f.Message == "invalid 'instanceof' right operand":
		if _, kind, ok := c.value(c.after(at, "instanceof"), s); ok && kind != "object" && kind != "function" {
			return "Right-hand side of 'instanceof' is not an object"
		}
	case f.Message == "parent class must be constructor":
		if text, kind, ok := c.value(c.after(at, "extends"), s); ok && kind != "function" {
			return "Class extends value " + text + " is not a constructor or null"
		}
	case f.Message == "not a function":
		switch callee, constructed := c.callee(at); {
		case callee == "":
		case constructed:
			return callee + " is not a constructor"
		default:
			return callee + " is not a function"
		}
	case f.Message == "not an object" && c.iterates(at):
		return "Result of the Symbol.iterator method is not an object"
	case f.Message == "value is not iterable", strings.HasPrefix(f.Message, "cannot read property 'Symbol.iterator' of "):
		return c.notIterable(at, s, strings.TrimPrefix(f.Message, "cannot read property 'Symbol.iterator' of "))
	case f.Message == "cannot convert to object":
		return c.destructured(at, s)
	}
	if text := f.written(c, at, s); text != "" {
		return text
	}
	if m := ofNothing().FindStringSubmatch(f.Message); m != nil && c.is(at, "[") {
		if key, _, ok := c.evaluate(at+1, c.close(at), s); ok {
			return "Cannot " + m[1] + " properties of " + m[2] + " (" + m[1] + "ing '" + key + "')"
		}
	}
	return ""
}

// fromCall returns V8's message for errors of the language's own functions that
// also quote the script.
func (f *fault) fromCall(s site) string {
	c := s.code()
	at := c.index(s.source, s.line, s.column)
	names := c.names(at - 1)
	reflected := len(names) == 2 && names[0] == "Reflect"
	switch {
	case reflected && s.native == "construct" && s.kind != "function":
		return s.given + " is not a constructor"
	case reflected && s.native == "apply" && f.Message == "not a function" && s.kind != "undefined":
		return "Function.prototype.apply was called on " + s.given + ", which is " + article(s.kind) + " and not a function"
	case reflected && s.native != "construct" && s.native != "apply" && (s.kind != "object" && s.kind != "function" || s.given == "null"):
		return "Reflect." + s.native + " called on non-object"
	case f.Message == "not a function" && (s.native == "call" || s.native == "apply"):
		if callee, _ := c.callee(at); callee != "" {
			return callee + " is not a function"
		}
	case strings.HasPrefix(f.Message, "invalid array index") && dataViewMethod().MatchString(s.native):
		return "Offset is outside the bounds of the DataView"
	case s.native == "setPrototypeOf" && (s.given == "undefined" || s.given == "null") && s.kind != "string":
		return "Object.setPrototypeOf called on null or undefined"
	case f.Message == "not an object" && s.receiver != "" && len(names) > 2:
		return "Method " + strings.Join(names[:len(names)-1], ".") + " called on incompatible receiver " + s.receiver
	case strings.Contains(f.Message, "to a BigInt") && s.kind == "object" && strings.HasPrefix(s.given, "#<"):
		return "Cannot convert [object Object] to a BigInt"
	case f.Message == "object is not extensible" && c.is(at-1, "push", "unshift"):
		if length := c.listLength(at, s); length != "" {
			return "Cannot add property " + length + ", object is not extensible"
		}
	case f.Message == "could not delete property" && c.is(at-1, "pop"):
		if length := c.listLength(at, s); length != "" {
			return "Cannot delete property '" + strconv.Itoa(number(length)-1) + "' of [object Array]"
		}
	}
	return ""
}

var dataViewMethod = lazily(`^[gs]et(?:Int|Uint|Float|Big)`)

func article(kind string) string {
	if kind == "object" || kind == "undefined" {
		return "an " + kind
	}
	return "a " + kind
}

// descriptor returns the message for an argument of Object.defineProperty that
// should be an object.
func (s site) descriptor() string {
	if s.kind == "object" && s.given != "null" || s.kind == "function" {
		return "Property description must be an object: " + s.third
	}
	return "Object.defineProperty called on non-object"
}

// unfinished says which part of a regular expression has no end.
func unfinished(pattern string) string {
	if strings.HasSuffix(pattern, `\`) {
		return `\ at end of pattern`
	}
	return "Unterminated character class"
}

// nothingToRepeat says why a quantifier in a regular expression is invalid.
func nothingToRepeat(pattern string) string {
	switch {
	case strings.Contains(pattern, "(?=") || strings.Contains(pattern, "(?!") || strings.Contains(pattern, "(?<"):
		return "Invalid quantifier"
	case strings.ContainsAny(pattern, "{}]") && !strings.ContainsAny(pattern, "*+?"):
		return "Lone quantifier brackets"
	}
	return "Nothing to repeat"
}

// badEscape says which kind of escape in a regular expression is invalid.
func badEscape(pattern string) string {
	if strings.Contains(pattern, `\u`) {
		return "Invalid Unicode escape"
	}
	return "Invalid escape"
}

// flags returns the flags argument of RegExp.
func (s site) flags() string {
	if s.second == "undefined" {
		return ""
	}
	return s.second
}

// call returns the first argument of native in the words of V8's "is not
// iterable" errors.
func (s site) call() string { return valueWithKind(s.given, s.kind) }

func valueWithKind(text, kind string) string {
	switch {
	case kind == "string":
		return `string "` + text + `"`
	case kind == "undefined", kind == "function", kind == "object" && text != "null":
		return kind
	}
	return kind + " " + text
}

// after returns the index of the token after a word. It searches the line of
// the token at, first from that token on, then from the beginning of the line.
func (c code) after(at int, word string) int {
	from, to := c.line(at)
	for _, begin := range []int{at, from} {
		for i := begin; i < to; i++ {
			if c.is(i, word) {
				return i + 1
			}
		}
	}
	return len(c)
}
