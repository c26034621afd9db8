package transport_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"

	"postie/runner/transport"
)

// A client follows redirects and keeps every answer on the way.
func ExampleClient() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/old" {
			http.Redirect(w, r, "/new", http.StatusFound)
			return
		}
		fmt.Fprint(w, "moved here")
	}))
	defer server.Close()

	client, err := transport.New(transport.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.Close()
	u, err := transport.ParseURL(server.URL+"/old", true)
	if err != nil {
		fmt.Println(err)
		return
	}
	ex, err := client.Do(context.Background(), &transport.Request{
		Method: "GET", URL: u, Header: transport.Header{{Name: "Host", Value: u.Host}},
		FollowRedirects: true, MaxRedirects: 10,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, hop := range ex.Hops {
		fmt.Println(hop.Response.Code)
	}
	fmt.Println(string(ex.Response.Body))
	// Output:
	// 302
	// 200
	// moved here
}
