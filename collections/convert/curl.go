package convert

import (
	"cmp"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	postman "github.com/rbretecher/go-postman-collection"

	"postie/collections"
	"postie/collections/regex"
)

// FromCurl makes a collection of the curl commands in a script; each transfer
// becomes a request. The script may be for a POSIX shell or bash, for the
// Windows command line, or for PowerShell. Its variables become {{variables}}.
// files has the files from which commands take text; without it none is read.
func FromCurl(name string, src []byte, files fs.FS) ([]byte, []Note, error) {
	r := &curlReader{name: name, files: files, out: newCollection(strings.TrimSuffix(path.Base(name), path.Ext(name))), variables: map[string]string{}}
	read := r.bash
	switch shellOf(name, string(src)) {
	case "cmd":
		read = r.cmd
	case "powershell":
		read = r.powershell
	}
	if err := read(string(src)); err != nil {
		return nil, nil, err
	}
	for _, cmd := range r.commands {
		r.convert(cmd)
	}
	r.cookies()
	slices.SortStableFunc(r.notes, func(a, b Note) int { return cmp.Compare(a.Line, b.Line) })
	if len(r.out.Items) == 0 {
		return nil, nil, r.nothing()
	}
	for _, key := range slices.Sorted(maps.Keys(r.variables)) {
		r.out.Variables = append(r.out.Variables, &postman.Variable{Key: key, Value: r.variables[key]})
	}
	doc, err := write(name, r.out)
	return doc, r.notes, err
}

// A curlReader collects the requests of a script.
type curlReader struct {
	name      string
	files     fs.FS
	commands  []command // the commands of curl, in the order of the script
	out       *postman.Collection
	jars      []string          // the files that --cookie-jar writes
	variables map[string]string // variables of the script that requests use and whose value is known
	notes     []Note
}

// cookies turns the run's cookie jar off for requests whose cookies curl does
// not keep. A single request that follows no redirects needs no such setting.
func (r *curlReader) cookies() {
	for _, it := range r.out.Items {
		behavior, _ := it.ProtocolProfileBehavior.(map[string]any)
		follows := behavior["followRedirects"] != false
		if len(r.out.Items) == 1 && !follows {
			delete(behavior, "disableCookies")
		}
	}
}

// A command is a curl command as the shell starts it.
type command struct {
	line  int
	args  []string
	stdin *input // nil when unknown
}

// An input is what a command reads from standard input: a text or a file.
type input struct {
	text, file string
	used       bool // an option reads it
}

func (r *curlReader) note(line int, format string, args ...any) {
	n := Note{File: r.name, Line: line, Text: fmt.Sprintf(format, args...)}
	if !slices.Contains(r.notes, n) {
		r.notes = append(r.notes, n)
	}
}

// nothing returns the error for a script without requests: the reason why the
// last command was left out, if there was one.
func (r *curlReader) nothing() error {
	e := &collections.ParseError{File: r.name, Line: 1, Col: 1, Text: "no curl command found"}
	if n := len(r.notes); n > 0 {
		e.Line, e.Text = max(r.notes[n-1].Line, 1), r.notes[n-1].Text
	}
	return e
}

// isCurl reports whether the first word of a command is curl.
func isCurl(program string) bool {
	switch strings.ToLower(path.Base(strings.ReplaceAll(program, `\`, "/"))) {
	case "curl", "curl.exe":
		return true
	}
	return false
}

var (
	cmdCommand        = regex.Lazy(`(?im)^[^'\n]*\bcurl(\.exe)?\s([^'\n]*([\t =]\^"|[\t ]\^[\t ]*\r?$)|.*\^\\\^")`)
	doubledQuotes     = regex.Lazy(`(?im)^[^'\n]*\bcurl(\.exe)?\s[^'\n]*"[^"'\n]*[{\[]\s*""\w`)
	powershellCommand = regex.Lazy("(?im)^[^\n]*\\bcurl(\\.exe)?\\s.*[\t ]`[\t ]*\r?$|\\$env:\\w|^\\s*\\$\\w+\\s*=\\s|^\\s*PS [^\n>]*>\\s*curl|\\bcurl(\\.exe)?\\s.*@['\"]\r?$")
)

// shellOf returns the shell for which a script was written. It looks at the
// file's name, at how lines are continued, and at the quotes.
func shellOf(name, src string) string {
	switch strings.ToLower(path.Ext(name)) {
	case ".bat", ".cmd":
		return "cmd"
	case ".ps1":
		return "powershell"
	}
	exe := strings.Contains(src, "curl.exe") && !strings.ContainsAny(src, "'`$") && !strings.Contains(src, "\\\n")
	switch {
	case cmdCommand().MatchString(src), doubledQuotes().MatchString(src), exe:
		return "cmd"
	case powershellCommand().MatchString(src):
		return "powershell"
	}
	return "bash"
}

// maxInline is the size of the largest file whose content is copied into a
// request.
const maxInline = 8 << 20

// read returns the content of a file, or of standard input for "-". The note
// says why there is none.
func (c *curlCall) read(name string) (string, bool) {
	if name == "-" {
		in := c.input()
		switch {
		case in == nil:
			return "", false
		case in.file == "":
			return in.text, true
		}
		name = in.file
	}
	text, ok := c.reader.content(name)
	if !ok {
		c.note("the file %q cannot be read here: left out", name)
		return "", false
	}
	c.inlined(name)
	return text, true
}

// input returns the command's standard input. It is nil when it is unknown,
// which is noted.
func (c *curlCall) input() *input {
	if c.stdin == nil {
		c.note("what the command reads from standard input is unknown: left out")
		return nil
	}
	c.stdin.used = true
	return c.stdin
}

// inlined notes that the request contains text that curl would read from a
// file.
func (c *curlCall) inlined(file string) {
	c.note("the text of the file %q is in the request as it is today", file)
}

// content returns the content of a file.
func (r *curlReader) content(name string) (string, bool) {
	if r.files == nil || strings.Contains(name, "{{") {
		return "", false
	}
	f, err := r.files.Open(path.Clean(strings.ReplaceAll(name, `\`, "/")))
	if err != nil {
		return "", false
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return "", false
	}
	text, err := io.ReadAll(io.LimitReader(f, maxInline+1))
	return string(text), err == nil && len(text) <= maxInline
}

// isText reports whether a document can hold s as text.
func isText(s string) bool { return utf8.ValidString(s) }
