package convert

import (
	"bytes"
	"encoding/json"
	"io/fs"

	"postie/collections"
)

// Read reads a document of the given format as a collection. files has the
// files from which curl commands take text; nil means none.
func Read(format Format, name string, src []byte, files fs.FS) (*collections.Collection, []Note, error) {
	var notes []Note
	var err error
	src = collections.UTF8(src)
	switch format {
	case Curl:
		src, notes, err = FromCurl(name, src, files)
	case HAR:
		src, notes, err = FromHAR(name, src)
	case OpenAPI:
		src, notes, err = FromOpenAPI(name, src)
	}
	if err != nil {
		return nil, nil, err
	}
	c, err := collections.Parse(name, src)
	return c, notes, err
}

// ToV21 returns a collection as JSON of format v2.1, indented as by Indent.
func ToV21(c *collections.Collection) ([]byte, error) { return Indent(c.Strict()) }

// Indent formats a JSON document as Postman writes its files: with tabs, and a
// line feed at the end.
func Indent(doc []byte) ([]byte, error) {
	var b bytes.Buffer
	if err := json.Indent(&b, doc, "", "\t"); err != nil {
		return nil, err
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}
