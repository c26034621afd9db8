// Package version returns the version of the program.
package version

import (
	"runtime/debug"
	"sync"
)

// Get returns the module's version that the build recorded, or "dev".
var Get = sync.OnceValue(func() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" || info.Main.Version == "(devel)" {
		return "dev"
	}
	return info.Main.Version
})
