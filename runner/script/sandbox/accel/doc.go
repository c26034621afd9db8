// Package accel implements in Go the slow parts of libraries that scripts
// paste: arithmetic with large numbers, ciphers and hashes. Its functions work
// on the libraries' own objects and leave the same results in them. When a
// function cannot do exactly what the library does, it declines, and the
// library does the work itself. The comment of a function names the parameters
// with which JavaScript calls it.
package accel
