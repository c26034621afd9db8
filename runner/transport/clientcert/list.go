// Package clientcert reads client certificates for TLS: PEM files, encrypted
// or not, PKCS#12 archives, and lists of them by the hosts they are for, as
// newman's --ssl-client-cert-list takes them.
package clientcert

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"

	"postie/runner/fserror"
	"postie/runner/transport"
)

// An Entry is one certificate with the URLs it is for. Cert, Key and PFX are
// names of files, "" for none: one PEM file may hold certificate and key, and
// Cert may be a PKCS#12 archive.
type Entry struct {
	Name       string   // for people; a file's name when the list has none
	Matches    []string // patterns such as https://host/*, or <all_urls>
	Cert       string
	Key        string
	PFX        string
	Passphrase string
}

// AllURLs is the pattern of a certificate for every server.
const AllURLs = "<all_urls>"

// ParseList reads a list: a JSON array of entries whose files are "name" or
// {"src": "name"}, and whose matches are "pattern" or {"pattern": "…"}. Errors
// contain the name of the list.
func ParseList(name string, src []byte) ([]Entry, error) {
	if !json.Valid(src) {
		return nil, fmt.Errorf("the file at %s does not contain valid JSON data.", name) //nolint:staticcheck // newman's words
	}
	var list []struct {
		Name       string    `json:"name"`
		Matches    []pattern `json:"matches"`
		Key        file      `json:"key"`
		Cert       file      `json:"cert"`
		PFX        file      `json:"pfx"`
		Passphrase string    `json:"passphrase"`
	}
	if json.Unmarshal(src, &list) != nil {
		return nil, errors.New("expected ssl client certificates list to be an array.") //nolint:staticcheck // newman's words
	}
	var out []Entry
	for _, e := range list {
		entry := Entry{Name: cmp.Or(e.Name, string(e.Cert), string(e.PFX)), Cert: string(e.Cert), Key: string(e.Key), PFX: string(e.PFX), Passphrase: e.Passphrase}
		for _, p := range e.Matches {
			entry.Matches = append(entry.Matches, string(p))
		}
		out = append(out, entry)
	}
	return out, nil
}

type pattern string

// UnmarshalJSON reads "https://host/*" or {"pattern": "https://host/*"}.
func (p *pattern) UnmarshalJSON(b []byte) error {
	return textOr(b, "pattern", (*string)(p))
}

type file string

// UnmarshalJSON reads "name" or {"src": "name"}.
func (f *file) UnmarshalJSON(b []byte) error {
	return textOr(b, "src", (*string)(f))
}

// textOr reads a text, or the text at a key of an object.
func textOr(b []byte, key string, into *string) error {
	if json.Unmarshal(b, into) == nil {
		return nil
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(b, &members); err != nil {
		return err
	}
	*into = ""
	if members[key] == nil {
		return nil
	}
	return json.Unmarshal(members[key], into)
}

// Load reads an entry's files. What is wrong with them is no error here: it is
// kept in the certificate, and reported by the requests that would use it.
func (e *Entry) Load(read func(name string) ([]byte, error)) transport.ClientCert {
	out := transport.ClientCert{Name: e.Name, Matches: e.Matches, Key: e.Key, Cert: e.Cert, PFX: e.PFX}
	load := func(kind, name string) []byte {
		if name == "" {
			return nil
		}
		src, err := read(name)
		if err != nil {
			out.Missing = append(out.Missing, fmt.Sprintf("certificate %q load error:  %s", kind, nodeCause(err, name)))
		}
		return src
	}
	pfx, key, cert := load("pfx", e.PFX), load("key", e.Key), load("cert", e.Cert)
	switch {
	case len(out.Missing) > 0:
	case pfx != nil:
		out.Certificate, out.Err = fromPKCS12(pfx, e.Passphrase)
	case key == nil && !bytes.Contains(cert, []byte("-----BEGIN")):
		out.Certificate, out.Err = fromPKCS12(cert, e.Passphrase)
	case key == nil: // one file may hold both
		out.Certificate, out.Err = fromPEM(cert, cert, e.Passphrase)
	default:
		out.Certificate, out.Err = fromPEM(cert, key, e.Passphrase)
	}
	return out
}

// nodeCause words a file that cannot be read as node does.
func nodeCause(err error, name string) string {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "ENOENT: no such file or directory, open '" + name + "'"
	case errors.Is(err, fs.ErrPermission):
		return "EACCES: permission denied, open '" + name + "'"
	}
	return fserror.Cause(err)
}
