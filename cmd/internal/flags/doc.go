// Package flags holds groups of flags that several commands have: their names,
// their help, and how their values become options.
package flags
