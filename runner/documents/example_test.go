package documents_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"postie/runner/documents"
)

// A collection may come from anywhere; here, from standard input.
func Example() {
	l := &documents.Loader{In: strings.NewReader(`{"info":{"name":"Shop"},"item":[{"name":"List","request":"{{url}}/orders"}]}`)}
	c, err := l.Collection(context.Background(), "-")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(c.Name())

	_, err = l.Scope(context.Background(), "tenant.json", documents.Environment)
	fmt.Println(err, errors.Is(err, fs.ErrNotExist))
	// Output:
	// Shop
	// environment tenant.json: no such file true
}
