package sandbox

import (
	"encoding/json"
	"errors"
	"strconv"

	"postie/runner/script/sandbox/webcrypto"
)

// subtle implements host.subtle(operation, algorithm, key, data, more), for the
// operations of crypto.subtle. Algorithm and key are JSON; each character of a
// data text is one byte. The result is such a text, or "=" and JSON, or "!"
// with the name and the message of an error.
func (x *execution) subtle(a arguments) (any, error) {
	var alg webcrypto.Algorithm
	var key webcrypto.Key
	if err := json.Unmarshal([]byte(a.text(1)), &alg); err != nil {
		return nil, err
	}
	if text := a.text(2); text != "" {
		if err := json.Unmarshal([]byte(text), &key); err != nil {
			return nil, err
		}
	}
	out, err := operate(a.text(0), &alg, &key, a)
	var wrong *webcrypto.Error
	switch {
	case errors.As(err, &wrong):
		return "!" + wrong.Name + "\n" + wrong.Message, nil
	case err != nil:
		return nil, err
	}
	return "=" + out, nil
}

func operate(operation string, alg *webcrypto.Algorithm, key *webcrypto.Key, a arguments) (string, error) {
	data := bytesIn(a.text(3))
	switch operation {
	case "digest":
		return textOf(webcrypto.Digest(alg, data))
	case "sign":
		return textOf(webcrypto.Sign(alg, key, data))
	case "verify":
		ok, err := webcrypto.Verify(alg, key, bytesIn(a.text(4)), data)
		return strconv.FormatBool(ok), err
	case "encrypt":
		return textOf(webcrypto.Encrypt(alg, key, data))
	case "decrypt":
		return textOf(webcrypto.Decrypt(alg, key, data))
	case "wrap":
		return textOf(webcrypto.Wrap(key, data))
	case "unwrap":
		return textOf(webcrypto.Unwrap(key, data))
	case "derive":
		return textOf(webcrypto.DeriveBits(alg, key, int(a.number(4))))
	case "export":
		return textOf(webcrypto.Export(a.text(4), key, alg))
	case "import":
		k, err := webcrypto.Import(a.text(4), data, alg)
		return jsonOf(map[string]any{"key": k, "algorithm": alg}, err)
	case "generate":
		k, public, err := webcrypto.Generate(alg)
		return jsonOf(map[string]any{"key": k, "public": public}, err)
	}
	return "", errors.New("no such operation")
}

func jsonOf(v any, err error) (string, error) {
	if err != nil {
		return "", err
	}
	b, err := json.Marshal(v)
	return string(b), err
}

// bytesIn returns the bytes of a text in which each character is one byte.
func bytesIn(text string) []byte {
	out := make([]byte, 0, len(text))
	for _, c := range text {
		out = append(out, byte(c))
	}
	return out
}

// textOf is the inverse of bytesIn.
func textOf(data []byte, err error) (string, error) {
	if err != nil {
		return "", err
	}
	out := make([]rune, len(data))
	for i, b := range data {
		out[i] = rune(b)
	}
	return string(out), nil
}
