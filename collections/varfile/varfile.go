// Package varfile reads variables from files that are not Postman documents:
// .env files, lines of key=value, the variables of a process, and vaults, which
// are files of secrets. Errors are *collections.ParseError; they never quote
// the file, because it may hold secrets.
package varfile

import (
	"bufio"
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/joho/godotenv"
	"github.com/tidwall/gjson"

	"postie/collections"
	"postie/collections/vars"
)

// ParseDotenv reads a .env file: KEY=value lines with quotes, comments and
// references to earlier keys. The variables come in the order of their names.
func ParseDotenv(name string, src []byte) ([]vars.Variable, error) {
	values, err := godotenv.UnmarshalBytes(src)
	if err != nil {
		return nil, &collections.ParseError{File: name, Line: badLine(src), Text: "not a KEY=value line"}
	}
	var out []vars.Variable
	for _, key := range slices.Sorted(maps.Keys(values)) {
		if key == "" || strings.ContainsAny(key, " \t") {
			return nil, &collections.ParseError{File: name, Line: lineOf(src, key), Text: "not a KEY=value line: the name is empty, or has a blank in it"}
		}
		out = append(out, vars.Variable{Key: key, Value: values[key]})
	}
	return out, nil
}

// maxSearched is the size of the largest file in which a broken line is
// searched, because the search takes the square of its length.
const maxSearched = 64 << 10

// badLine returns the line after the longest part of a .env file that can be
// read, or 0 when the file is too long to search.
func badLine(src []byte) int {
	if len(src) > maxSearched {
		return 0
	}
	lines := bytes.SplitAfter(src, []byte("\n"))
	for n := len(lines) - 1; n > 0; n-- {
		if _, err := godotenv.UnmarshalBytes(bytes.Join(lines[:n], nil)); err == nil {
			return n + 1
		}
	}
	return 1
}

// lineOf returns the line that begins with a key; 0 for none.
func lineOf(src []byte, key string) int {
	for i, line := range strings.Split(string(src), "\n") {
		line = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(line), "export "))
		if rest, ok := strings.CutPrefix(line, key); ok && strings.HasPrefix(strings.TrimSpace(rest), "=") {
			return i + 1
		}
	}
	return 0
}

// ParsePairs reads lines of key=value without quotes or references. Blank lines
// and lines that begin with # are skipped.
func ParsePairs(name string, src []byte) ([]vars.Variable, error) {
	var out []vars.Variable
	lines := bufio.NewScanner(bytes.NewReader(bytes.TrimPrefix(src, []byte("\ufeff"))))
	lines.Buffer(nil, len(src)+1)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSuffix(lines.Text(), "\r")
		if text := strings.TrimSpace(line); text == "" || text[0] == '#' {
			continue
		}
		key, value, ok := strings.Cut(line, "=")
		if key = strings.TrimSpace(key); !ok || key == "" {
			return nil, &collections.ParseError{File: name, Line: n, Text: "not a key=value line"}
		}
		out = append(out, vars.Variable{Key: key, Value: value})
	}
	return out, lines.Err()
}

// FromProcess returns those of a process's variables, KEY=value as from
// os.Environ, whose names begin with the prefix. Their names come without the
// prefix, sorted.
func FromProcess(environ []string, prefix string) []vars.Variable {
	var out []vars.Variable
	for _, pair := range slices.Sorted(slices.Values(environ)) {
		key, value, _ := strings.Cut(pair, "=")
		if name, ok := strings.CutPrefix(key, prefix); ok && name != "" {
			out = append(out, vars.Variable{Key: name, Value: value})
		}
	}
	return out
}

// ParseVault reads a file of secrets: a JSON object of strings by name, an
// environment, or a .env file. Disabled values are left out, and every variable
// is secret.
func ParseVault(name string, src []byte) ([]vars.Variable, error) {
	out, err := parseVault(name, src)
	for i := range out {
		out[i].Secret = true
	}
	return out, err
}

func parseVault(name string, src []byte) ([]vars.Variable, error) {
	doc := gjson.ParseBytes(src)
	switch {
	case !bytes.HasPrefix(bytes.TrimSpace(src), []byte("{")):
		return ParseDotenv(name, src)
	case !json.Valid(src) || doc.Get("values").IsArray():
		return fromEnvironment(name, src)
	}
	var out []vars.Variable
	var err error
	doc.ForEach(func(key, value gjson.Result) bool {
		if value.IsObject() || value.IsArray() {
			err = &collections.ParseError{File: name, Text: "the secret " + vars.Text(key.Str) + " is no text"}
			return false
		}
		out = append(out, vars.Variable{Key: key.Str, Value: value.String()})
		return true
	})
	return out, err
}

func fromEnvironment(name string, src []byte) ([]vars.Variable, error) {
	scope, err := collections.ParseEnvironment(name, src)
	if err != nil {
		return nil, err
	}
	var out []vars.Variable
	for v := range scope.All() {
		if !v.Disabled {
			out = append(out, vars.Variable{Key: v.Key, Value: vars.Text(v.Value)})
		}
	}
	return out, nil
}
