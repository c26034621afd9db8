package convert

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v4"
)

// TestYAMLTexts: texts are written as Postman's migration has written them
// (Postman CLI 1.34.0): the file is its output, the texts are read from it.
func TestYAMLTexts(t *testing.T) {
	t.Parallel()
	want, err := os.ReadFile("testdata/postman_texts.yaml")
	if err != nil {
		t.Fatal(err)
	}
	v, err := parseYAML("texts.yaml", want)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(encodeYAML(texts(v.Node)))); diff != "" {
		t.Errorf("(-theirs +ours):\n%s", diff)
	}
}

// TestYAMLTextsOfOtherReaders: what the Postman CLI's run reads as a number or
// date of YAML 1.1 has quotes, since it would drop the file.
func TestYAMLTextsOfOtherReaders(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"1_000", "0b11", "0x1_F", "1_0.5", "+1_0", "2020-01-01", "2020-01-01T10:00:00Z", "2001-12-14 21:59:43.10 -5"} {
		if got := yamlScalar(str(s), "  ", 0); got != `"`+s+`"` {
			t.Errorf("%s is written %s", s, got)
		}
	}
	for _, s := range []string{"2020-1-1", "12:30", "yes", "_1", "2020-01-01x", "1,000", "0b"} {
		if got := yamlScalar(str(s), "  ", 0); got != s {
			t.Errorf("%s is written %s", s, got)
		}
	}
}

// texts has the values alone, without the styles they were read in.
func texts(n *yaml.Node) *yaml.Node {
	out := &yaml.Node{Kind: n.Kind, Tag: n.ShortTag(), Value: n.Value}
	for _, child := range n.Content {
		out.Content = append(out.Content, texts(child))
	}
	return out
}

// FuzzYAMLText holds that any text that is written is read as the same, as a
// value and as a key, at any depth.
func FuzzYAMLText(f *testing.F) {
	for _, s := range []string{"", " \n", "\n \n", "a\n  ", "\u2028", "a\u0085b", strings.Repeat("word ", 50), "\n\n %\n a\n", "- x", "? ", "\\\n\" '"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		s = strings.ToValidUTF8(s, "?")
		doc := &yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{str("a"), str(s), str("b"),
			{Kind: yaml.MappingNode, Content: []*yaml.Node{str("c"), {Kind: yaml.SequenceNode, Content: []*yaml.Node{str(s), {Kind: yaml.MappingNode, Content: []*yaml.Node{str("d"), str(s), str("e"), str("f")}}}}}}}}
		out := encodeYAML(doc)
		v, err := parseYAML("f", out)
		if err != nil {
			t.Fatalf("%q: %v\n%s", s, err, out)
		}
		c := v.get("b").get("c").list()
		for _, got := range []*value{v.get("a"), c[0], c[1].get("d")} {
			if got.Value != s {
				t.Fatalf("%q is read as %q\n%s", s, got.Value, out)
			}
		}
	})
}
