package send

import (
	"errors"
	"io/fs"

	"postie/runner/event"
	"postie/runner/transport"
	"postie/runner/wire"
)

// failure describes an error of the request to a URL in newman's words.
func failure(err error, url string) *event.Failure {
	f := &event.Failure{Kind: "request", Name: "Error", Message: err.Error()}
	var te *transport.Error
	if errors.As(err, &te) {
		f.Message, f.Code, f.Syscall, f.Errno = te.Node()
		f.Name = nodeName(te)
		if te.Kind == transport.ErrConnect {
			f.Address, f.Port = te.Addr, te.Port
		}
		f.Hint = cure(te, url)
	}
	var fe *wire.FileError
	if errors.As(err, &fe) && errors.Is(fe.Err, fs.ErrPermission) {
		f.Hint = "set --working-dir to the folder that holds it, or pass --insecure-file-read"
	}
	return f
}

// nodeName returns the class of the error that node throws for a kind.
func nodeName(e *transport.Error) string {
	switch e.Kind {
	case transport.ErrHeader, transport.ErrMethod, transport.ErrHost, transport.ErrPath:
		return "TypeError"
	case transport.ErrURL:
		if e.Port != 0 || e.Detail != "" && e.Host != "" {
			return "RangeError"
		}
	}
	return "Error"
}
