// Package version knows the version of the program.
package version

import (
	"runtime/debug"
	"sync"
)

// Get is the module's version, as the build recorded it; dev without one.
var Get = sync.OnceValue(func() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" || info.Main.Version == "(devel)" {
		return "dev"
	}
	return info.Main.Version
})
