// Package sandbox runs Postman scripts on QuickJS: it implements
// [script.Engine] with the pm API, the legacy API and the globals that
// scripts expect.
//
// The API is JavaScript in js/, one subject per file. A file is the body of
// a function (host, load): host holds the few Go functions of bridge.go,
// load evaluates another file at most once and returns its exports. A file
// that no script needs is never evaluated.
//
// Scripts never see a Go value. What crosses the border is strings, numbers
// and booleans; host itself is a variable of those functions only, so a
// script cannot reach it.
package sandbox
