package tree_test

import (
	"strings"
	"testing"

	"postie/cmd/internal/tree"
	"postie/collections"
)

func TestPrint(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	tree.Print(&b, &collections.Outline{Type: "collection", Name: "Shop", Auth: "bearer", Items: []*collections.Outline{
		{Type: "folder", Name: "Orders", Items: []*collections.Outline{
			{Type: "request", Name: "Create\x1b[2J", Method: "POST", URL: "{{url}}/orders", Scripts: []collections.OutlineScript{{Listen: "test", Lines: 1}}},
		}},
		{Type: "request", Name: "Two\nlines", Method: "GET", URL: "{{url}}", Examples: 2},
	}})
	const want = `Shop  [bearer]
├─ Orders/
│  └─ POST Create\x1b[2J  {{url}}/orders  [test script, 1 line]
└─ GET Two lines  {{url}}  [2 examples]
`
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
}
