package wire

import (
	"strings"
	"testing"

	"postie/collections"
)

// What files of the document hold is sent, and not repeated in reports.
func TestReportsLeaveOutFileContents(t *testing.T) {
	t.Parallel()
	content := "aGk="
	for _, tt := range []struct {
		body collections.Body
		want string
	}{
		{collections.Body{Mode: "file", File: &collections.File{Src: "a.txt", Content: &content}}, `{"mode":"file","file":{"src":"a.txt"}}`},
		{collections.Body{Mode: "formdata", FormData: []collections.FormParam{{Key: "f", Type: "file", Value: content}, {Key: "t", Type: "text", Value: content}}},
			`{"mode":"formdata","formdata":[{"key":"f","type":"file"},{"key":"t","value":"aGk=","type":"text"}]}`},
	} {
		r := collections.Request{Method: "POST", Body: withoutContents(&tt.body)}
		if !strings.Contains(string(r.JSON()), `"body":`+tt.want) {
			t.Errorf("%s\nwant %s", r.JSON(), tt.want)
		}
	}
}
