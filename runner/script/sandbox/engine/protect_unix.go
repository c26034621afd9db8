//go:build unix

package engine

import "syscall"

const (
	noAccess   = syscall.PROT_NONE
	fullAccess = syscall.PROT_READ | syscall.PROT_WRITE
)

// protect sets the access rights of whole memory pages.
func protect(at uintptr, size, access int) error { return syscall.Mprotect(bytesAt(at, size), access) }
