package transport

import (
	"bufio"
	"compress/flate"
	"encoding/binary"
	"errors"
	"hash"
	"hash/adler32"
	"hash/crc32"
	"io"
)

// What is wrong with compressed data, in zlib's words.
var (
	errHeaderCheck = &Error{Kind: ErrDecode, Detail: "incorrect header check"}
	errDataCheck   = &Error{Kind: ErrDecode, Detail: "incorrect data check"}
	errDictionary  = &Error{Kind: ErrDecode, Detail: "Missing dictionary"}
)

// An inflater undoes gzip, zlib and raw deflate. The standard library's
// readers have the same error for data that was cut short and for data that only
// lacks its checksum, which servers leave out and node accepts.
type inflater struct {
	src    *bufio.Reader
	format format
	flate  io.ReadCloser
	sum    hash.Hash32 // nil for raw data
	size   uint32
}

// A format is how deflated data is wrapped.
type format uint8

const (
	formatRaw format = iota
	formatZlib
	formatGzip
)

// newInflater reads the header that the format has.
func newInflater(src *bufio.Reader, f format) (*inflater, error) {
	z := &inflater{src: src, format: f, flate: flate.NewReader(src)}
	switch f {
	case formatZlib:
		z.sum = adler32.New()
	case formatGzip:
		z.sum = crc32.NewIEEE()
	}
	return z, z.header()
}

func (z *inflater) Read(p []byte) (int, error) {
	for {
		n, err := z.flate.Read(p)
		if z.sum != nil {
			z.sum.Write(p[:n]) // a hash takes all
			z.size += uint32(n)
		}
		if !errors.Is(err, io.EOF) {
			return n, err
		}
		if err := z.next(); err != nil || n > 0 {
			return n, err
		}
	}
}

// next goes on after the end of a deflated stream: it checks the sum that
// follows, and starts the next member of a gzip file. io.EOF is the end.
func (z *inflater) next() error {
	if z.format == formatRaw {
		return io.EOF
	}
	if err := z.trailer(); err != nil || z.format == formatZlib {
		return err
	}
	if _, err := z.src.Peek(1); err != nil {
		return err
	}
	z.sum.Reset()
	z.size = 0
	if err := z.header(); err != nil {
		return err
	}
	return z.flate.(flate.Resetter).Reset(z.src, nil)
}

// trailer checks what follows a deflated stream. When it is missing, or cut
// short, the data is whole all the same: io.EOF.
func (z *inflater) trailer() error {
	var b [8]byte
	tail := b[:4]
	if z.format == formatGzip {
		tail = b[:8]
	}
	_, err := io.ReadFull(z.src, tail)
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return io.EOF
	case err != nil:
		return err
	case z.format == formatZlib && binary.BigEndian.Uint32(tail) != z.sum.Sum32():
		return errDataCheck
	case z.format == formatGzip && (binary.LittleEndian.Uint32(tail) != z.sum.Sum32() || binary.LittleEndian.Uint32(tail[4:]) != z.size):
		return errDataCheck
	case z.format == formatZlib:
		return io.EOF
	}
	return nil
}

func (z *inflater) header() error {
	switch z.format {
	case formatZlib:
		return z.zlibHeader()
	case formatGzip:
		return z.gzipHeader()
	}
	return nil
}

// zlibHeader is RFC 1950, section 2.2.
func (z *inflater) zlibHeader() error {
	head, err := z.take(2)
	switch {
	case err != nil:
		return err
	case head[0]&0x0f != 8 || (int(head[0])<<8|int(head[1]))%31 != 0:
		return errHeaderCheck
	case head[1]&0x20 != 0:
		return errDictionary
	}
	return nil
}

// The flags of a gzip header.
const (
	gzipSum = 1 << (iota + 1)
	gzipExtra
	gzipName
	gzipComment
)

// gzipHeader is RFC 1952, section 2.3.
func (z *inflater) gzipHeader() error {
	// Data that is no gzip is called so even when it is too short for a header.
	if magic, _ := z.src.Peek(2); len(magic) == 2 && (magic[0] != 0x1f || magic[1] != 0x8b) {
		return errHeaderCheck
	}
	head, err := z.take(10)
	if err != nil {
		return err
	}
	if head[2] != 8 {
		return errHeaderCheck
	}
	flags := head[3]
	if flags&gzipExtra != 0 {
		size, err := z.take(2)
		if err == nil {
			_, err = z.take(int(binary.LittleEndian.Uint16(size)))
		}
		if err != nil {
			return err
		}
	}
	for _, flag := range []byte{gzipName, gzipComment} {
		if err := z.skipText(flags&flag != 0); err != nil {
			return err
		}
	}
	if flags&gzipSum != 0 {
		_, err = z.take(2)
	}
	return err
}

// skipText passes over a text that ends in a zero byte.
func (z *inflater) skipText(there bool) error {
	for there {
		c, err := z.src.ReadByte()
		if err != nil {
			return cutShort(err)
		}
		there = c != 0
	}
	return nil
}

// take reads n bytes of a header.
func (z *inflater) take(n int) ([]byte, error) {
	b := make([]byte, n)
	_, err := io.ReadFull(z.src, b)
	return b, cutShort(err)
}

// cutShort is the error of data that ends too early.
func cutShort(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
