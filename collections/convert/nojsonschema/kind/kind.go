// Package kind has the kinds of errors that kin-openapi tells apart.
package kind

// A Schema groups the errors of a schema.
type Schema struct{}

// KeywordPath is empty.
func (*Schema) KeywordPath() []string { return nil }

// A Group groups errors.
type Group struct{}

// KeywordPath is empty.
func (*Group) KeywordPath() []string { return nil }

// A Reference groups the errors of what a $ref leads to.
type Reference struct{}

// KeywordPath is empty.
func (*Reference) KeywordPath() []string { return nil }
