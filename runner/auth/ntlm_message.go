package auth

import (
	"bytes"
	"crypto/des"
	"crypto/hmac"
	"crypto/md5"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"

	//lint:ignore SA1019 NTLM is made of it
	"golang.org/x/crypto/md4" //nolint:staticcheck // NTLM is made of it
)

// The flags of MS-NLMP section 2.2.2.5 that matter here.
const (
	ntlmUnicode    = 0x00000001
	ntlmDomain     = 0x00001000
	ntlmExtended   = 0x00080000
	ntlmTargetInfo = 0x00800000

	ntlmType1Flags = 0xa208b207 // what newman asks for
	ntlmType3Flags = 0xa2888205 // and what it settles on
)

var (
	ntlmSignature = []byte("NTLMSSP\x00")
	ntlmVersion   = []byte{5, 1, 0x28, 0x0a, 0, 0, 0, 15}
)

// ntlmNegotiate is the first message: what a client can do.
func ntlmNegotiate(domain, workstation string) []byte {
	domain, workstation = ntlmName(domain), ntlmName(workstation)
	flags := uint32(ntlmType1Flags)
	if domain == "" {
		flags &^= ntlmDomain
	}
	const head = 40
	out := binary.LittleEndian.AppendUint32(bytes.Clone(ntlmSignature), 1)
	out = binary.LittleEndian.AppendUint32(out, flags)
	out = appendNTLMField(out, len(domain), head+len(workstation))
	out = appendNTLMField(out, len(workstation), head)
	out = append(out, ntlmVersion...)
	return append(append(out, workstation...), domain...)
}

// ntlmName is a name as newman writes it: upper case and escaped.
func ntlmName(s string) string {
	var b strings.Builder
	for _, u := range utf16.Encode([]rune(strings.ToUpper(s))) {
		switch {
		case u < 0x80 && (u >= '0' && u <= '9' || u >= 'A' && u <= 'Z' || u >= 'a' && u <= 'z' || strings.IndexByte("@*_+-./", byte(u)) >= 0):
			b.WriteByte(byte(u))
		case u < 0x100:
			b.WriteString("%" + strings.ToUpper(hex.EncodeToString([]byte{byte(u)})))
		default:
			b.WriteString("%u" + strings.ToUpper(strconv.FormatUint(uint64(u)+0x10000, 16)[1:]))
		}
	}
	return b.String()
}

func appendNTLMField(out []byte, length, offset int) []byte {
	out = binary.LittleEndian.AppendUint16(out, uint16(length))
	out = binary.LittleEndian.AppendUint16(out, uint16(length))
	return binary.LittleEndian.AppendUint32(out, uint32(offset))
}

// An ntlmChallenge is the second message, the server's.
type ntlmChallenge struct {
	flags      uint32
	challenge  []byte
	targetInfo []byte
}

var errNTLMChallenge = errors.New("ntlm: server did not correctly process authentication request")

func parseNTLMChallenge(b []byte) (*ntlmChallenge, error) {
	if len(b) < 32 || !bytes.HasPrefix(b, ntlmSignature) || binary.LittleEndian.Uint32(b[8:]) != 2 {
		return nil, errNTLMChallenge
	}
	c := &ntlmChallenge{flags: binary.LittleEndian.Uint32(b[20:]), challenge: b[24:32]}
	if c.flags&ntlmTargetInfo == 0 || len(b) < 48 {
		return c, nil
	}
	length, offset := uint64(binary.LittleEndian.Uint16(b[40:])), uint64(binary.LittleEndian.Uint32(b[44:]))
	if offset+length > uint64(len(b)) {
		return nil, errNTLMChallenge
	}
	c.targetInfo = b[offset : offset+length]
	return c, nil
}

// An ntlmAnswer is what the third message is made of.
type ntlmAnswer struct {
	user, password, domain, workstation string

	client []byte // challenge, 8 bytes
	now    time.Time
}

// message answers a challenge: with NTLMv2 where the server names its target,
// else with NTLMv1, as newman does.
func (a *ntlmAnswer) message(c *ntlmChallenge) []byte {
	encode := func(s string) []byte { return []byte(s) }
	flags := uint32(ntlmType3Flags &^ ntlmUnicode)
	if c.flags&ntlmUnicode != 0 {
		encode, flags = utf16LE, ntlmType3Flags
	}
	lm, nt := a.responses(c)
	domain, user, workstation := encode(ntlmName(a.domain)), encode(a.user), encode(ntlmName(a.workstation))
	const head = 72
	end := head + len(domain) + len(user) + len(workstation)
	out := binary.LittleEndian.AppendUint32(bytes.Clone(ntlmSignature), 3)
	out = appendNTLMField(out, len(lm), end)
	out = appendNTLMField(out, len(nt), end+len(lm))
	out = appendNTLMField(out, len(domain), head)
	out = appendNTLMField(out, len(user), head+len(domain))
	out = appendNTLMField(out, len(workstation), head+len(domain)+len(user))
	out = appendNTLMField(out, 0, end+len(lm)+len(nt))
	out = binary.LittleEndian.AppendUint32(out, flags)
	return bytes.Join([][]byte{out, ntlmVersion, domain, user, workstation, lm, nt}, nil)
}

func (a *ntlmAnswer) responses(c *ntlmChallenge) (lm, nt []byte) {
	hash := ntHash(a.password)
	switch {
	case c.flags&ntlmExtended == 0:
		nt = desl(hash, c.challenge)
		return nt, nt // an LM response would give the password away
	case c.targetInfo == nil:
		return ntlmSession(hash, c.challenge, a.client)
	}
	key := hmacMD5(hash, utf16LE(strings.ToUpper(a.user)+ntlmName(a.domain)))
	return ntlmV2(key, c.challenge, a.client, ntlmTime(c.targetInfo, a.now), c.targetInfo)
}

// ntlmV2 is section 3.3.2.
func ntlmV2(key, server, client, stamp, info []byte) (lm, nt []byte) {
	temp := bytes.Join([][]byte{{1, 1, 0, 0, 0, 0, 0, 0}, stamp, client, make([]byte, 4), info, make([]byte, 4)}, nil)
	return append(hmacMD5(key, server, client), client...), append(hmacMD5(key, server, temp), temp...)
}

// ntlmSession is section 3.3.1 with extended session security.
func ntlmSession(hash, server, client []byte) (lm, nt []byte) {
	sum := md5.Sum(bytes.Join([][]byte{server, client}, nil))
	return append(bytes.Clone(client), make([]byte, 16)...), desl(hash, sum[:8])
}

// desl encrypts eight bytes with each third of a hash.
func desl(hash, data []byte) []byte {
	keys, out := append(bytes.Clone(hash), make([]byte, 5)...), make([]byte, 24)
	for i := range 3 {
		block, _ := des.NewCipher(desKey(keys[7*i : 7*i+7])) // its key has eight bytes
		block.Encrypt(out[8*i:], data)
	}
	return out
}

// desKey spreads seven bytes over eight; DES ignores the lowest bits.
func desKey(k []byte) []byte {
	var n uint64
	for _, b := range k {
		n = n<<8 | uint64(b)
	}
	out := make([]byte, 8)
	for i := range out {
		out[i] = byte(n>>(56-7*(i+1))) << 1
	}
	return out
}

func ntHash(password string) []byte {
	h := md4.New()
	h.Write(utf16LE(password))
	return h.Sum(nil)
}

func hmacMD5(key []byte, parts ...[]byte) []byte {
	h := hmac.New(md5.New, key)
	for _, p := range parts {
		h.Write(p)
	}
	return h.Sum(nil)
}

// ntlmTime is the server's own time where it sent one, else now, in tenths of
// microseconds since 1601.
func ntlmTime(info []byte, now time.Time) []byte {
	const stamp = 7
	for len(info) >= 4 {
		id, n := binary.LittleEndian.Uint16(info), int(binary.LittleEndian.Uint16(info[2:]))
		if id == 0 || 4+n > len(info) {
			break
		}
		if id == stamp && n == 8 {
			return info[4:12]
		}
		info = info[4+n:]
	}
	const epoch = 116444736000000000
	return binary.LittleEndian.AppendUint64(nil, uint64(now.UnixNano())/100+epoch)
}

func utf16LE(s string) []byte {
	var out []byte
	for _, u := range utf16.Encode([]rune(s)) {
		out = binary.LittleEndian.AppendUint16(out, u)
	}
	return out
}
