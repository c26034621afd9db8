package wire

import (
	"bytes"
	"io"
	"io/fs"
)

// A partReader reads the parts one after the other, one file open at a time.
type partReader struct {
	parts []part
	cur   io.Reader
	file  fs.File
}

func (r *partReader) Read(p []byte) (int, error) {
	for {
		if r.cur == nil {
			if len(r.parts) == 0 {
				return 0, io.EOF
			}
			if err := r.next(); err != nil {
				return 0, err
			}
		}
		n, err := r.cur.Read(p)
		if err == io.EOF {
			r.cur, err = nil, r.Close()
		}
		if n > 0 || err != nil {
			return n, err
		}
	}
}

func (r *partReader) next() error {
	p := r.parts[0]
	r.parts = r.parts[1:]
	if p.file == "" {
		r.cur = bytes.NewReader(p.data)
		return nil
	}
	f, err := p.fsys.Open(p.file)
	if err != nil {
		return err
	}
	// Never more than was announced, should the file have grown.
	r.file, r.cur = f, io.LimitReader(f, p.size)
	return nil
}

func (r *partReader) Close() error {
	if r.file == nil {
		return nil
	}
	f := r.file
	r.file = nil
	return f.Close()
}
