//go:build amd64 || arm64

package accel

import "postie/runner/script/sandbox/engine"

// passwords are the slow functions of libraries that hash passwords. Each
// returns true when it has written what the library would write. It returns
// undefined, with nothing written, when the library must do the work itself.
var passwords = map[string]engine.Function{
	"bcrypt.expand": bcryptExpand,
	"argon2.mix":    argon2Mix,
	"blake2b.block": blake2bBlock,
	"blake2s.block": blake2sBlock,
	"blake.rounds":  blakeRounds,
}

// The sizes of Blowfish's tables, in words.
const (
	blowfishSubkeys = 18
	blowfishBoxes   = 4 * 256
)

// mostBcryptKey limits the size of a key, which is a list of bytes.
const mostBcryptKey = 1 << 16

// bcryptExpand implements expand(key, subkeys, boxes): it mixes a key into the
// tables of Blowfish. Package blowfish does not export this.
func bcryptExpand(c *engine.Call) engine.Value {
	subkeys, ok1 := c.Words32(c.At(1))
	boxes, ok2 := c.Words32(c.At(2))
	size, ok3 := c.Size(c.At(0))
	if !ok1 || !ok2 || !ok3 || len(subkeys) != blowfishSubkeys || len(boxes) != blowfishBoxes || meet(subkeys, boxes) || size < 1 || size > mostBcryptKey {
		return engine.Undefined
	}
	key := make([]uint32, size)
	if !c.Words(c.At(0), 0, key) {
		return engine.Undefined
	}
	blowfishExpand(key, subkeys, (*[blowfishBoxes]uint32)(boxes))
	return engine.Bool(true)
}

// blowfishExpand mixes the key, one byte in each element and repeated as often
// as needed, into the tables.
func blowfishExpand(key, subkeys []uint32, boxes *[blowfishBoxes]uint32) {
	at := 0
	for i := range subkeys {
		var word uint32
		for range 4 {
			word = word<<8 | key[at]&0xff
			at = (at + 1) % len(key)
		}
		subkeys[i] ^= word
	}
	var left, right uint32
	for i := 0; i < blowfishSubkeys; i += 2 {
		left, right = blowfishBlock(left, right, (*[blowfishSubkeys]uint32)(subkeys), boxes)
		subkeys[i], subkeys[i+1] = left, right
	}
	for i := 0; i < blowfishBoxes; i += 2 {
		left, right = blowfishBlock(left, right, (*[blowfishSubkeys]uint32)(subkeys), boxes)
		boxes[i], boxes[i+1] = left, right
	}
}

func blowfishBlock(left, right uint32, subkeys *[blowfishSubkeys]uint32, boxes *[blowfishBoxes]uint32) (uint32, uint32) {
	left ^= subkeys[0]
	for i := 1; i <= 16; i += 2 {
		right ^= blowfishMix(left, boxes) ^ subkeys[i]
		left ^= blowfishMix(right, boxes) ^ subkeys[i+1]
	}
	return right ^ subkeys[17], left
}

func blowfishMix(x uint32, boxes *[blowfishBoxes]uint32) uint32 {
	return (boxes[x>>24] + boxes[256+x>>16&255]) ^ boxes[512+x>>8&255] + boxes[768+x&255]
}
