package vars

import "fmt"

// UUID is a UUID of the version (RFC 9562) made of the first 16 bytes: random
// ones for version 4, a hash for version 5.
func UUID(version byte, b []byte) string {
	b = append([]byte(nil), b[:16]...)
	b[6] = b[6]&0x0f | version<<4
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
