package collections_test

import (
	"fmt"

	"postie/collections"
)

// Requests come out as written, in run order, with what they inherit.
func Example() {
	c, err := collections.Parse("shop.json", []byte(`{
	  "info": {"name": "Shop", "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"},
	  "auth": {"type": "bearer", "bearer": [{"key": "token", "value": "{{token}}"}]},
	  "item": [
	    {"name": "Orders", "item": [
	      {"name": "List", "request": "{{url}}/orders?page=1"},
	      {"name": "Create", "request": {"method": "POST", "url": "{{url}}/orders"}}
	    ]}
	  ]}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	for n := range c.All() {
		auth, _, _ := n.Auth()
		r := n.Request()
		fmt.Println(n.Path(), r.Method, r.URL.String(), auth.Type)
	}
	// Output:
	// [Shop Orders List] GET {{url}}/orders?page=1 bearer
	// [Shop Orders Create] POST {{url}}/orders bearer
}
