package cluster

import (
	"archive/zip"
	"bytes"
	"context"
	"io/fs"
	"sync"

	"postie/runner"
)

func (d *Dispatcher) filesOf(job int) fs.FS {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.files[job]
}

// A collectionDocument is the stored document of a collection.
type collectionDocument struct {
	once sync.Once
	name string
	err  error
}

// document stores a document for the workers, once.
func (d *Dispatcher) document(ctx context.Context, content []byte) (string, error) {
	name := d.opts.ID + "." + d.bus.opts.Key.nameOf(content)
	d.mu.Lock()
	o := d.objects[name]
	if o == nil {
		o = &object{}
		d.objects[name] = o
	}
	d.mu.Unlock()
	o.mu.Lock() // a concurrent call that stores it holds the lock until it is stored
	defer o.mu.Unlock()
	if o.stored {
		return name, nil
	}
	_, err := d.bus.put(ctx, d.opts.ID, content)
	o.stored = err == nil
	return name, err
}

// An object is a document that is stored, or is being stored.
type object struct {
	mu     sync.Mutex
	stored bool
}

// spec returns a run's options for a worker, and stores its documents.
func (d *Dispatcher) spec(ctx context.Context, o *runner.Options) (*spec, error) {
	s, err := pack(o)
	if err != nil {
		return nil, err
	}
	s.Network.CA, s.Packages = d.opts.CA, d.packages
	if o.Network.Proxy != nil {
		s.Network.Proxy = d.opts.Proxy
	}
	d.mu.Lock()
	doc := d.known[o.Collection]
	if doc == nil {
		doc = &collectionDocument{}
		d.known[o.Collection] = doc
	}
	d.mu.Unlock()
	doc.once.Do(func() {
		var src []byte
		if src, doc.err = o.Collection.Copy(); doc.err == nil {
			doc.name, doc.err = d.document(ctx, src)
		}
	})
	if s.Collection = doc.name; doc.err != nil {
		return nil, doc.err
	}
	if o.Data == nil {
		return s, nil
	}
	d.mu.Lock()
	s.Data = d.data[o.Data]
	d.mu.Unlock()
	if s.Data != "" {
		return s, nil
	}
	src, err := packData(o.Data)
	if err != nil {
		return nil, err
	}
	if s.Data, err = d.document(ctx, src); err == nil {
		d.mu.Lock()
		d.data[o.Data] = s.Data
		d.mu.Unlock()
	}
	return s, err
}

// zipOf returns a folder as a zip archive.
func zipOf(files fs.FS) ([]byte, error) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	if err := z.AddFS(files); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
