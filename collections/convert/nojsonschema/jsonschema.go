// Package jsonschema stands in for the library of this name in postie's program,
// by a replace line in go.mod. kin-openapi uses that library when it is asked to
// validate by JSON Schema 2020-12, which postie does not ask for, and the library
// compiles nine schemas whenever a process starts: a third of the start of every
// command. Here nothing compiles; kin-openapi then takes its built-in validator.
package jsonschema

import "errors"

var errAbsent = errors.New("validation by JSON Schema 2020-12 is not built in")

// A Compiler compiles no schema.
type Compiler struct{}

// NewCompiler is one.
func NewCompiler() *Compiler { return &Compiler{} }

// DefaultDraft does nothing.
func (*Compiler) DefaultDraft(*Draft) {}

// RegisterFormat does nothing.
func (*Compiler) RegisterFormat(*Format) {}

// AssertFormat does nothing.
func (*Compiler) AssertFormat() {}

// AddResource does nothing. It returns no error: Compile does.
func (*Compiler) AddResource(string, any) error { return nil }

// Compile returns an error.
func (*Compiler) Compile(string) (*Schema, error) { return nil, errAbsent }

// A Draft is a version of JSON Schema.
type Draft struct{}

// Draft2020 is the one that kin-openapi names.
var Draft2020 = &Draft{}

// A Format says how texts of a format are validated.
type Format struct {
	Name     string
	Validate func(any) error
}

// A Schema is what Compile does not return.
type Schema struct{}

// Validate returns an error.
func (*Schema) Validate(any) error { return errAbsent }

// A ValidationError is what Validate of the library returns.
type ValidationError struct {
	SchemaURL        string
	InstanceLocation []string
	ErrorKind        ErrorKind
	Causes           []*ValidationError
}

func (*ValidationError) Error() string { return errAbsent.Error() }

// An ErrorKind is one of package kind.
type ErrorKind interface{ KeywordPath() []string }
