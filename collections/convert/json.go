package convert

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"

	"go.yaml.in/yaml/v4"

	"postie/collections"
)

// parseJSON reads a JSON document into the nodes of the YAML library, so that
// both are processed alike. The YAML library cannot read all JSON: it knows no
// surrogate pairs and no long keys.
func parseJSON(file string, src []byte) (*value, error) {
	p := &jsonParser{dec: json.NewDecoder(bytes.NewReader(src)), src: src, line: 1}
	p.dec.UseNumber()
	n, err := p.node(0)
	if err == nil {
		if _, err = p.dec.Token(); err == io.EOF {
			return &value{file, n}, nil
		}
		err = cmpError(err, "something follows the document")
	}
	line, col := p.place(int(p.dec.InputOffset()))
	return nil, &collections.ParseError{File: file, Line: line, Col: col, Text: "not valid JSON: " + err.Error()}
}

func cmpError(err error, text string) error {
	if err != nil {
		return err
	}
	return fmt.Errorf("%s", text)
}

type jsonParser struct {
	dec   *json.Decoder
	src   []byte
	line  int // the line up to which place has counted
	start int // the offset at which that line starts
	at    int // the offset up to which place has counted
}

// place returns the line and column of an offset. Each call must have a larger
// offset than the one before.
func (p *jsonParser) place(offset int) (line, col int) {
	for ; p.at < offset && p.at < len(p.src); p.at++ {
		if p.src[p.at] == '\n' {
			p.line, p.start = p.line+1, p.at+1
		}
	}
	return p.line, max(offset-p.start, 0) + 1
}

// next returns the next token as a node with its place.
func (p *jsonParser) next() (json.Token, *yaml.Node, error) {
	offset := int(p.dec.InputOffset())
	for offset < len(p.src) && bytes.IndexByte([]byte(" \t\r\n:,"), p.src[offset]) >= 0 {
		offset++
	}
	n := &yaml.Node{Kind: yaml.ScalarNode}
	n.Line, n.Column = p.place(offset)
	t, err := p.dec.Token()
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return t, n, err
}

func (p *jsonParser) node(depth int) (*yaml.Node, error) {
	t, n, err := p.next()
	if err != nil {
		return nil, err
	}
	switch t := t.(type) {
	case json.Delim:
		return n, p.fill(n, t, depth+1)
	case string:
		n.Tag, n.Value, n.Style = "!!str", t, yaml.DoubleQuotedStyle
	case json.Number:
		n.Tag, n.Value = "!!float", t.String()
	case bool:
		n.Tag, n.Value = "!!bool", fmt.Sprint(t)
	default:
		n.Tag, n.Value = "!!null", "null"
	}
	return n, nil
}

// fill reads the members of an object or array up to its end.
func (p *jsonParser) fill(n *yaml.Node, open json.Delim, depth int) error {
	if depth > maxDepth {
		return fmt.Errorf("nested deeper than %d levels", maxDepth)
	}
	n.Kind, n.Tag = yaml.SequenceNode, "!!seq"
	if open == '{' {
		n.Kind, n.Tag = yaml.MappingNode, "!!map"
	}
	for p.dec.More() {
		child, err := p.node(depth)
		if err != nil {
			return err
		}
		n.Content = append(n.Content, child)
	}
	_, err := p.dec.Token()
	return err
}
