// Package flags holds groups of flags that several commands have: their names
// and words of help, and what becomes of their values.
package flags
