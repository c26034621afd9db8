package collections

import "postie/collections/vars"

// ParseEnvironment reads an environment or globals file.
func ParseEnvironment(name string, src []byte) (*vars.Scope, error) { panic("todo") }

// ExportScope prints a scope as newman's --export-environment (kind
// "environment") or --export-globals ("globals") does.
func ExportScope(s *vars.Scope, kind string, meta ExportMeta) []byte { panic("todo") }

// ExportMeta is what an export says of itself.
type ExportMeta struct{ At, Using string }
