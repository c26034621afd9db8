package mock_test

import (
	"crypto/tls"
	"net/http"

	"postie/runner/mock"
)

func tlsTransport(s *mock.Server) *http.Transport {
	return &http.Transport{TLSClientConfig: &tls.Config{RootCAs: s.CertPool()}}
}
