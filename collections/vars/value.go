// Package vars holds Postman's variables: values, scopes, the stack that
// looks a name up, {{name}} templates and the $dynamic values.
package vars

// A Value is a variable's value as JavaScript would hold it. Its dynamic type
// is one of nil (null), Undefined, bool, float64, string, or json.RawMessage
// for an object or array (its JSON text, key order kept).
type Value any

// Undefined is JavaScript's undefined: the variable exists without a value,
// as after --env-var name with no "=".
type Undefined struct{}

// Text renders a value as JavaScript's toString does inside a template:
// numbers in JavaScript's format, null as "null", undefined as "", an array
// comma-joined, an object as "[object Object]".
func Text(v Value) string { panic("todo") }

// FromJSON decodes one JSON value.
func FromJSON(raw []byte) (Value, error) { panic("todo") }

// JSON encodes a value; Undefined and non-finite numbers become null.
func JSON(v Value) []byte { panic("todo") }
