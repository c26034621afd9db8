// Package accel does in Go what libraries scripts paste spend their time with:
// arithmetic of large numbers, ciphers and hashes. Its functions work on the
// libraries' own objects and leave in them what the libraries would. What a
// function does not know how to do just as the library does, it declines, and
// the library does it itself.
package accel
