package sandbox

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"io"
)

// maxDecompressed limits the size of decompressed data, because a few bytes may
// unpack to gigabytes.
const maxDecompressed = 64 << 20

// compress implements host.compress(operation, format, data). It returns
// undefined when the data is not of that format. Each character of a data text
// is one byte.
func (x *execution) compress(a arguments) (any, error) {
	format, data := a.text(1), bytesIn(a.text(2))
	if a.text(0) == "compress" {
		return textOf(compressed(format, data))
	}
	r, err := decompressor(format, bytes.NewReader(data))
	if err != nil {
		return missing, nil //nolint:nilerr // undefined is the answer
	}
	out, err := io.ReadAll(io.LimitReader(r, maxDecompressed+1))
	if err != nil || len(out) > maxDecompressed {
		return missing, nil //nolint:nilerr // undefined is the answer
	}
	return textOf(out, nil)
}

func compressed(format string, data []byte) ([]byte, error) {
	var b bytes.Buffer
	var w io.WriteCloser
	var err error
	switch format {
	case "gzip":
		w = gzip.NewWriter(&b)
	case "deflate":
		w = zlib.NewWriter(&b)
	default:
		w, err = flate.NewWriter(&b, flate.DefaultCompression)
	}
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(data); err != nil {
		return nil, err
	}
	err = w.Close()
	return b.Bytes(), err
}

func decompressor(format string, r io.Reader) (io.Reader, error) {
	switch format {
	case "gzip":
		return gzip.NewReader(r)
	case "deflate":
		return zlib.NewReader(r)
	}
	return flate.NewReader(r), nil
}
