package engine

import "golang.org/x/sys/windows"

const (
	noAccess   = windows.PAGE_NOACCESS
	fullAccess = windows.PAGE_READWRITE
)

// protect sets the access rights of whole memory pages.
func protect(at uintptr, size, access int) error {
	var before uint32
	return windows.VirtualProtect(at, uintptr(size), uint32(access), &before)
}
