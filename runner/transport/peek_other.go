//go:build !unix

package transport

import "net"

// peek looks at an idle connection without waiting.
func peek(net.Conn) connState { return unsure }
