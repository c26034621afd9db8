//go:build unix

package engine

import "syscall"

const (
	noAccess   = syscall.PROT_NONE
	fullAccess = syscall.PROT_READ | syscall.PROT_WRITE
)

// protect sets what may be done with whole pages of memory.
func protect(at uintptr, size, access int) error { return syscall.Mprotect(bytesAt(at, size), access) }
