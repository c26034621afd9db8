package mock_test

import (
	"context"
	"fmt"
	"io"
	"net/http"

	"postie/collections"
	"postie/runner/mock"
)

// The saved examples of a collection answer in place of its server.
func ExampleServe() {
	col, err := collections.Parse("orders.json", []byte(`{
		"info": {"name": "Orders", "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"},
		"item": [{"name": "Get", "request": "{{url}}/orders/:id",
			"response": [{"name": "found", "code": 200, "body": "{\"id\": 7}",
				"originalRequest": {"method": "GET", "url": "{{url}}/orders/:id"}}]}]}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	server, err := mock.Serve(context.Background(), "127.0.0.1:0", mock.NewExamples(col, mock.ExamplesOptions{}))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer server.Close()
	resp, err := http.Get("http://" + server.Addr() + "/orders/7")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	fmt.Println(resp.StatusCode, string(body), err)
	// Output: 200 {"id": 7} <nil>
}
