// Package flags holds groups of flags that several commands have: their names
// and words of help, and how their values become options.
package flags
