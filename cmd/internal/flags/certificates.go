package flags

import (
	"os"

	"github.com/spf13/pflag"

	"postie/cmd/internal/exit"
	"postie/runner/fserror"
	"postie/runner/transport"
	"postie/runner/transport/clientcert"
)

// Certificates are the flags that say which servers are trusted, and which
// certificates the client presents.
type Certificates struct {
	cert, key, passphrase string
	list, extraCA         string
}

// Register defines the flags.
func (f *Certificates) Register(fs *pflag.FlagSet) {
	fs.StringVar(&f.cert, "ssl-client-cert", "", "client certificate `file` (PEM or PKCS#12)")
	fs.StringVar(&f.key, "ssl-client-key", "", "its private key `file`")
	fs.StringVar(&f.passphrase, "ssl-client-passphrase", "", "passphrase of the key")
	fs.StringVar(&f.list, "ssl-client-cert-list", "", "client certificates by host, JSON `file`")
	fs.StringVar(&f.extraCA, "ssl-extra-ca-certs", "", "trusted CA certificates besides the system's (PEM `file`)")
}

// Files returns the files that the flags name; "" for a flag that was not
// given.
func (f *Certificates) Files() []string { return []string{f.list, f.cert, f.key, f.extraCA} }

// Apply reads the certificates, those of the list first.
func (f *Certificates) Apply(t *transport.Options) error {
	if f.extraCA != "" {
		src, err := os.ReadFile(f.extraCA)
		if err != nil {
			return exit.CannotRun("CA certificates %s: %s", f.extraCA, fserror.Cause(err))
		}
		if t.RootCAs, err = transport.RootsWith(src); err != nil {
			return exit.CannotRun("CA certificates %s: %v", f.extraCA, err)
		}
	}
	list, err := f.entries()
	if err != nil {
		return err
	}
	for _, e := range list {
		t.Certificates = append(t.Certificates, e.Load(os.ReadFile))
	}
	return nil
}

func (f *Certificates) entries() (list []clientcert.Entry, err error) {
	if f.list != "" {
		src, err := os.ReadFile(f.list)
		if err != nil {
			return nil, exit.CannotRun("unable to read the ssl client certificates file %q: %s", f.list, fserror.Cause(err))
		}
		if list, err = clientcert.ParseList(f.list, src); err != nil {
			return nil, exit.CannotRun("%v", err)
		}
	}
	if f.cert != "" {
		list = append(list, clientcert.Entry{Name: f.cert, Matches: []string{clientcert.AllURLs}, Cert: f.cert, Key: f.key, Passphrase: f.passphrase})
	}
	return list, nil
}
