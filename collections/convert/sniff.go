package convert

import (
	"bytes"
	"encoding/json"
	"strings"

	"postie/collections"
	"postie/collections/regex"
)

// A Format is a format that this package reads.
type Format string

// The formats. A Collection is v1, v2.0 or v2.1; v3 is a folder.
const (
	Collection  Format = "collection"
	V3          Format = "v3"
	Curl        Format = "curl"
	HAR         Format = "har"
	OpenAPI     Format = "openapi"
	Environment Format = "environment"
)

var (
	curlCommand = regex.Lazy(`(?im)(^|[|;&(]|\b(do|then|else|sudo|time|exec|env)\b)\s*([^\s"']*[$>%#]\s?)?@?curl(\.exe)?\s`)
	openAPIKey  = regex.Lazy(`(?m)^["']?(openapi|swagger)["']?\s*:`)
)

// Sniff guesses the format of a document by its content, and for YAML by the
// end of its name. Other documents count as Collection, whose parser says what
// is wrong.
func Sniff(name string, src []byte) Format {
	src = collections.UTF8(src)
	trimmed := bytes.TrimSpace(src)
	switch {
	case len(trimmed) == 0:
		return Collection
	case trimmed[0] == '{', trimmed[0] == '[':
		return sniffJSON(src)
	case openAPIKey().Match(src):
		return OpenAPI
	case strings.HasSuffix(name, ".yaml"), strings.HasSuffix(name, ".yml"):
		return Environment
	case curlCommand().Match(src):
		return Curl
	}
	return Collection
}

func sniffJSON(src []byte) Format {
	var head struct {
		Log    json.RawMessage `json:"log"`
		Values json.RawMessage `json:"values"`
		Item   json.RawMessage `json:"item"`
		OpenAPI,
		Swagger string
	}
	if json.Unmarshal(src, &head) != nil {
		return Collection
	}
	switch {
	case head.OpenAPI != "" || head.Swagger != "":
		return OpenAPI
	case head.Log != nil && head.Item == nil:
		return HAR
	case head.Values != nil && head.Item == nil:
		return Environment
	}
	return Collection
}
