package webcrypto

import (
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"strconv"
	"strings"
)

// Import reads a key in the format raw, pkcs8, spki or jwk (JSON). It adds to
// the algorithm what follows from the key, such as its length.
func Import(format string, data []byte, a *Algorithm) (*Key, error) {
	var k *Key
	var err error
	switch format {
	case "pkcs8":
		k = &Key{Private, data}
	case "spki":
		k = &Key{Public, data}
	case "raw":
		k, err = importRaw(data, a)
	case "jwk":
		k, err = importJWK(data, a)
	default:
		err = notSupported("Unable to import a key of format %q", format)
	}
	if err != nil {
		return nil, err
	}
	return k, complete(k, a)
}

func importRaw(data []byte, a *Algorithm) (*Key, error) {
	switch a.Name {
	case "ECDSA", "ECDH":
		key, err := point(a.NamedCurve, data)
		if err != nil {
			return nil, err
		}
		return publicBytes(key)
	case "Ed25519":
		if len(data) != ed25519.PublicKeySize {
			return nil, badData("Invalid keyData")
		}
		return publicBytes(ed25519.PublicKey(data))
	case "X25519":
		key, err := ecdh.X25519().NewPublicKey(data)
		if err != nil {
			return nil, badData("Invalid keyData")
		}
		return publicBytes(key)
	case "RSASSA-PKCS1-v1_5", "RSA-PSS", "RSA-OAEP":
		return nil, notSupported("Unable to import %s using raw format", a.Name)
	}
	return &Key{Secret, data}, nil
}

// point returns the public key of a curve point, which may be compressed.
func point(curve string, data []byte) (*ecdsa.PublicKey, error) {
	c, ok := curves[curve]
	if !ok {
		return nil, unknownCurve()
	}
	if x, y := elliptic.UnmarshalCompressed(c, data); x != nil {
		size := (c.Params().BitSize + 7) / 8
		data = append([]byte{4}, x.FillBytes(make([]byte, size))...)
		data = append(data, y.FillBytes(make([]byte, size))...)
	}
	key, err := ecdsa.ParseUncompressedPublicKey(c, data)
	if err != nil {
		return nil, badData("Invalid keyData")
	}
	return key, nil
}

// complete checks that a key fits its algorithm, and completes the algorithm.
func complete(k *Key, a *Algorithm) error {
	if k.Type == Secret {
		return completeSecret(k, a)
	}
	key, err := publicOf(k)
	if err != nil {
		return err
	}
	fits := false
	if _, ok := curves[a.NamedCurve]; !ok && (a.Name == "ECDSA" || a.Name == "ECDH") {
		return unknownCurve()
	}
	switch key := key.(type) {
	case *rsa.PublicKey:
		fits = strings.HasPrefix(a.Name, "RSA")
		a.ModulusLength, a.PublicExponent = key.N.BitLen(), big.NewInt(int64(key.E)).Bytes()
	case *ecdsa.PublicKey:
		fits = a.Name == "ECDSA" || a.Name == "ECDH"
		if fits && key.Params().Name != a.NamedCurve {
			return badData("Named curve mismatch")
		}
	case ed25519.PublicKey:
		fits = a.Name == "Ed25519"
	case *ecdh.PublicKey:
		fits = a.Name == "X25519"
	}
	if !fits {
		return badData("Invalid key type")
	}
	return nil
}

func completeSecret(k *Key, a *Algorithm) error {
	bits := len(k.Data) * 8
	switch a.Name {
	case "HMAC":
		if bits == 0 {
			return badData("Zero-length key is not supported")
		}
		if _, ok := hashes[a.Hash]; !ok {
			return unknownAlgorithm()
		}
		if a.Length != 0 && a.Length != bits {
			return badData("Invalid key length")
		}
	case "PBKDF2", "HKDF":
		return nil
	case "AES-GCM", "AES-CBC", "AES-CTR", "AES-KW":
		if bits != 128 && bits != 192 && bits != 256 {
			return badData("Invalid key length")
		}
	default:
		return unknownAlgorithm()
	}
	a.Length = bits
	return nil
}

// publicOf returns the public half of a key.
func publicOf(k *Key) (any, error) {
	if k.Type == Public {
		return publicKey(k)
	}
	key, err := privateKey(k)
	if err != nil {
		return nil, err
	}
	switch key := key.(type) {
	case *rsa.PrivateKey:
		return &key.PublicKey, nil
	case *ecdsa.PrivateKey:
		return &key.PublicKey, nil
	case ed25519.PrivateKey:
		public, _ := key.Public().(ed25519.PublicKey)
		return public, nil
	case *ecdh.PrivateKey:
		return key.PublicKey(), nil
	}
	return nil, badData("a key of an unknown kind")
}

// Export writes a key in a format. A jwk is JSON without ext and key_ops.
func Export(format string, k *Key, a *Algorithm) ([]byte, error) {
	switch {
	case format == "raw" && k.Type == Secret, format == "pkcs8" && k.Type == Private, format == "spki" && k.Type == Public:
		return k.Data, nil
	case format == "jwk":
		return exportJWK(k, a)
	case format == "raw" && k.Type == Public:
		key, err := publicKey(k)
		if err != nil {
			return nil, err
		}
		switch key := key.(type) {
		case *ecdsa.PublicKey:
			return key.Bytes()
		case ed25519.PublicKey:
			return key, nil
		case *ecdh.PublicKey:
			return key.Bytes(), nil
		}
	}
	return nil, notSupported("Unable to export %s %s key using %s format", a.Name, k.Type, format)
}

// A jwk is a JSON Web Key, RFC 7517. Its numbers are base64url.
type jwk struct {
	Kty string `json:"kty"`
	Alg string `json:"alg,omitempty"`
	Crv string `json:"crv,omitempty"`
	K   bytes  `json:"k,omitempty"`
	X   bytes  `json:"x,omitempty"`
	Y   bytes  `json:"y,omitempty"`
	N   bytes  `json:"n,omitempty"`
	E   bytes  `json:"e,omitempty"`
	D   bytes  `json:"d,omitempty"`
	P   bytes  `json:"p,omitempty"`
	Q   bytes  `json:"q,omitempty"`
	DP  bytes  `json:"dp,omitempty"`
	DQ  bytes  `json:"dq,omitempty"`
	QI  bytes  `json:"qi,omitempty"`
}

type bytes []byte

func (b bytes) MarshalText() ([]byte, error) {
	return []byte(base64.RawURLEncoding.EncodeToString(b)), nil
}

func (b *bytes) UnmarshalText(text []byte) (err error) {
	*b, err = base64.RawURLEncoding.DecodeString(strings.TrimRight(string(text), "="))
	return err
}

func (b bytes) int() *big.Int { return new(big.Int).SetBytes(b) }

func importJWK(data []byte, a *Algorithm) (*Key, error) {
	var j jwk
	if err := json.Unmarshal(data, &j); err != nil {
		return nil, badData("Invalid JWK: %v", err)
	}
	if want := keyTypes[a.Name]; want != j.Kty {
		return nil, badData("Invalid JWK %q Parameter", "kty")
	}
	if err := j.checkAlgorithm(a); err != nil {
		return nil, err
	}
	switch j.Kty {
	case "oct":
		if j.K == nil {
			return nil, badData("Invalid keyData")
		}
		return &Key{Secret, j.K}, nil
	case "RSA":
		return j.rsa()
	case "EC":
		return j.ec(a)
	case "OKP":
		return j.okp(a)
	}
	return nil, badData("Invalid JWK %q Parameter", "kty")
}

// keyTypes are the types of JSON Web Keys, by algorithm.
var keyTypes = map[string]string{"HMAC": "oct", "AES-GCM": "oct", "AES-CBC": "oct", "AES-CTR": "oct", "AES-KW": "oct",
	"RSASSA-PKCS1-v1_5": "RSA", "RSA-PSS": "RSA", "RSA-OAEP": "RSA", "ECDSA": "EC", "ECDH": "EC", "Ed25519": "OKP", "X25519": "OKP"}

// checkAlgorithm compares the algorithm that a key names, if any, with the
// wanted one.
func (j *jwk) checkAlgorithm(a *Algorithm) error {
	given := *a
	if strings.HasPrefix(a.Name, "AES-") {
		given.Length = len(j.K) * 8
	}
	if want := jwkName(&given); j.Alg != "" && want != "" && j.Alg != want {
		return badData("JWK %q does not match the requested algorithm", "alg")
	}
	return nil
}

func (j *jwk) rsa() (*Key, error) {
	public := rsa.PublicKey{N: j.N.int(), E: int(j.E.int().Int64())}
	if len(j.D) == 0 {
		return publicBytes(&public)
	}
	key := &rsa.PrivateKey{PublicKey: public, D: j.D.int(), Primes: []*big.Int{j.P.int(), j.Q.int()}}
	if len(j.P) == 0 || len(j.Q) == 0 {
		return nil, badData("Invalid keyData")
	}
	if err := key.Validate(); err != nil {
		return nil, badData("Invalid JWK: %v", err)
	}
	key.Precompute()
	return privateBytes(key)
}

func (j *jwk) ec(a *Algorithm) (*Key, error) {
	c, ok := curves[a.NamedCurve]
	switch {
	case !ok:
		return nil, unknownCurve()
	case j.Crv != a.NamedCurve:
		return nil, badData("JWK %q does not match the requested algorithm", "crv")
	case a.Name == "ECDSA" && j.Alg != "" && j.Alg != signatureNames[a.NamedCurve]:
		return nil, badData("JWK %q does not match the requested algorithm", "alg")
	}
	if len(j.D) > 0 {
		size := (c.Params().BitSize + 7) / 8
		if len(j.D) > size {
			return nil, badData("Invalid JWK")
		}
		key, err := ecdsa.ParseRawPrivateKey(c, j.D.int().FillBytes(make([]byte, size)))
		if err != nil {
			return nil, badData("Invalid JWK")
		}
		return privateBytes(key)
	}
	key, err := point(a.NamedCurve, append(append([]byte{4}, j.X...), j.Y...))
	if err != nil {
		return nil, err
	}
	return publicBytes(key)
}

// signatureNames are the signature algorithms of JSON Web Keys, by curve.
var signatureNames = map[string]string{"P-256": "ES256", "P-384": "ES384", "P-521": "ES512"}

func (j *jwk) okp(a *Algorithm) (*Key, error) {
	if j.Crv != a.Name {
		return nil, badData("JWK %q does not match the requested algorithm", "crv")
	}
	if len(j.D) == 0 {
		return importRaw(j.X, a)
	}
	if a.Name == "X25519" {
		key, err := ecdh.X25519().NewPrivateKey(j.D)
		if err != nil {
			return nil, badData("Invalid JWK")
		}
		return privateBytes(key)
	}
	if len(j.D) != ed25519.SeedSize {
		return nil, badData("Invalid JWK")
	}
	return privateBytes(ed25519.NewKeyFromSeed(j.D))
}

func exportJWK(k *Key, a *Algorithm) ([]byte, error) {
	if k.Type == Secret {
		return json.Marshal(jwk{Kty: "oct", Alg: jwkName(a), K: k.Data})
	}
	public, err := publicOf(k)
	if err != nil {
		return nil, err
	}
	var private any
	if k.Type == Private {
		if private, err = privateKey(k); err != nil {
			return nil, err
		}
	}
	j := jwk{Alg: jwkName(a)}
	if err := j.fill(public, private); err != nil {
		return nil, err
	}
	return json.Marshal(j)
}

// fill copies the numbers of a key; private may be nil.
func (j *jwk) fill(public, private any) error {
	switch public := public.(type) {
	case *rsa.PublicKey:
		j.Kty, j.N, j.E = "RSA", public.N.Bytes(), big.NewInt(int64(public.E)).Bytes()
		if key, ok := private.(*rsa.PrivateKey); ok {
			j.D, j.P, j.Q = key.D.Bytes(), key.Primes[0].Bytes(), key.Primes[1].Bytes()
			j.DP, j.DQ, j.QI = key.Precomputed.Dp.Bytes(), key.Precomputed.Dq.Bytes(), key.Precomputed.Qinv.Bytes()
		}
	case *ecdsa.PublicKey:
		raw, err := public.Bytes()
		if err != nil {
			return failed("%v", err)
		}
		half := len(raw) / 2
		j.Kty, j.Crv, j.X, j.Y = "EC", public.Params().Name, raw[1:1+half], raw[1+half:]
		if key, ok := private.(*ecdsa.PrivateKey); ok {
			if j.D, err = key.Bytes(); err != nil {
				return failed("%v", err)
			}
		}
	case ed25519.PublicKey:
		j.Kty, j.Crv, j.Alg, j.X = "OKP", "Ed25519", "Ed25519", bytes(public)
		if key, ok := private.(ed25519.PrivateKey); ok {
			j.D = key.Seed()
		}
	case *ecdh.PublicKey:
		j.Kty, j.Crv, j.X = "OKP", "X25519", public.Bytes()
		if key, ok := private.(*ecdh.PrivateKey); ok {
			j.D = key.Bytes()
		}
	}
	return nil
}

// jwkName returns the name of an algorithm in JSON Web Keys, or "" when it has
// none.
func jwkName(a *Algorithm) string {
	digits := hashes[a.Hash].digits
	switch a.Name {
	case "HMAC":
		return "HS" + digits
	case "RSASSA-PKCS1-v1_5":
		return "RS" + digits
	case "RSA-PSS":
		return "PS" + digits
	case "RSA-OAEP":
		return strings.TrimSuffix("RSA-OAEP-"+digits, "-1")
	case "AES-GCM", "AES-CBC", "AES-CTR", "AES-KW":
		return "A" + strconv.Itoa(a.Length) + strings.TrimPrefix(a.Name, "AES-")
	}
	return ""
}
