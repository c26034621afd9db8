package drift

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Snapshot is an answer as text to be kept under version control: what it is
// of, its status, the headers that matter under the rules, and the body, JSON
// with each member on a line of its own.
//
//	item: Orders / Get an order
//	status: 200
//	content-type: application/json
//
//	{
//	  "id": 7
//	}
func (a *Answer) Snapshot(r Rules) []byte {
	var b bytes.Buffer
	field := func(name, value string) { fmt.Fprintf(&b, "%s: %s\n", name, oneLine.Replace(value)) }
	field("item", a.Item)
	if a.Try > 0 {
		field("try", strconv.Itoa(a.Try))
	}
	if a.Error != "" {
		field("error", a.Error)
	}
	field("status", strconv.Itoa(a.Code))
	names := []string{"content-type"}
	for _, n := range r.Headers {
		names = append(names, strings.ToLower(n))
	}
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		for _, v := range a.Header[name] {
			field(name, v)
		}
	}
	b.WriteByte('\n')
	switch {
	case json.Valid(a.Body) && json.Indent(&b, a.Body, "", "  ") == nil:
		b.WriteByte('\n')
	case utf8.Valid(a.Body):
		b.Write(a.Body)
	default:
		b.Truncate(b.Len() - 1)
		field("encoding", "base64")
		b.WriteString("\n" + base64.StdEncoding.EncodeToString(a.Body) + "\n")
	}
	return b.Bytes()
}

var oneLine = strings.NewReplacer("\n", " ", "\r", " ")

// ParseSnapshot reads what Snapshot wrote.
func ParseSnapshot(src []byte) (Answer, error) {
	src = bytes.ReplaceAll(src, []byte("\r\n"), []byte("\n")) // as git may have made them
	head, body, _ := bytes.Cut(src, []byte("\n\n"))
	a := Answer{Header: map[string][]string{}, Body: body}
	for i, line := range strings.Split(strings.TrimSuffix(string(head), "\n"), "\n") {
		name, value, ok := strings.Cut(line, ": ")
		if !ok {
			return a, fmt.Errorf("%d: not a line of a snapshot", i+1)
		}
		if err := a.set(name, value); err != nil {
			return a, fmt.Errorf("%d: %s: %w", i+1, name, err)
		}
	}
	if a.Item == "" {
		return a, fmt.Errorf("1: no item: not a snapshot")
	}
	return a, nil
}

func (a *Answer) set(name, value string) (err error) {
	switch name {
	case "item":
		a.Item = value
	case "try":
		a.Try, err = strconv.Atoi(value)
	case "status":
		a.Code, err = strconv.Atoi(value)
	case "error":
		a.Error = value
	case "encoding":
		a.Body, err = base64.StdEncoding.DecodeString(strings.TrimSpace(string(a.Body)))
	default:
		a.Header[name] = append(a.Header[name], value)
	}
	return err
}

// FileNames are names of files for answers, without ending, each of its own:
// the item's path and which execution of it this is.
func FileNames(list []Key) []string {
	taken := map[string]bool{}
	var out []string
	for _, a := range list {
		base := fileSafe(a.Item)
		if a.Try > 0 {
			base += "-" + strconv.Itoa(a.Try+1)
		}
		name := base
		for i := 2; taken[strings.ToLower(name)]; i++ {
			name = fmt.Sprintf("%s~%d", base, i)
		}
		taken[strings.ToLower(name)] = true
		out = append(out, name)
	}
	return out
}

// fileSafe is a text without what some file system forbids in names.
func fileSafe(s string) string {
	s = strings.ReplaceAll(s, " / ", " - ")
	s = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:*?"<>|`, r) || r < ' ' {
			return '_'
		}
		return r
	}, s)
	if len(s) > 150 {
		s = strings.ToValidUTF8(s[:150], "")
	}
	return strings.Trim(s, " .")
}
