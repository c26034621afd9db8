package main

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"postie/cmd/internal/exit"
	"postie/cmd/internal/term"
	"postie/runner/report"
	"postie/runner/runnertest"
)

// everything names all reporters.
func everything() string { return strings.Join(report.FormatNames(), ",") }

// drive runs the program with its own streams.
func drive(t testing.TB, out io.Writer, args ...string) (code int, stderr string) {
	t.Helper()
	var errs bytes.Buffer
	code = run(args, &term.Streams{In: strings.NewReader(""), Out: out, Err: &errs, Getenv: func(string) string { return "" }})
	return code, errs.String()
}

func file(t testing.TB, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

const leaky = `{"info":{"name":"Leaky","schema":"https://schema.getpostman.com/json/collection/v2.1.0/collection.json"},
"item":[{"name":"A","request":{"method":"POST","url":"%[1]s/anything?k={{secret}}","auth":{"type":"basic","basic":[{"key":"username","value":"u"},{"key":"password","value":"{{secret}}"}]},
"header":[{"key":"X-Own","value":"a {{secret}} b"}],"body":{"mode":"raw","raw":"{\"s\":\"{{secret}}\"}"}},
"event":[{"listen":"prerequest","script":{"exec":["console.log(pm.environment.get('secret'), {deep: [pm.environment.get('secret')]})","pm.environment.set('copy', 'x' + pm.environment.get('secret'))"]}},
{"listen":"test","script":{"exec":["const s = pm.environment.get('secret');","pm.test('is ' + s, () => pm.expect(s).to.equal('else'));","pm.test('throws', () => { throw new Error('no ' + encodeURIComponent(s)) });","pm.sendRequest(pm.request.url.toString(), () => {});","throw new TypeError(s)"]}}]},
{"name":"B","request":"http://127.0.0.1:1/{{secret}}"}]}`

// A secret shows in no report, in no form, whatever it is made of.
func TestPromise_56_SecretsInNoReport(t *testing.T) {
	t.Parallel()
	srv := runnertest.Serve(t, nil)
	collection := file(t, "leaky.json", fmt.Sprintf(leaky, srv.URL))
	rng := rand.New(rand.NewPCG(1, 2))
	for range 6 {
		secret := randomSecret(rng)
		dir := t.TempDir()
		env := file(t, "env.json", fmt.Sprintf(`{"name":"E","values":[{"key":"secret","value":%q,"type":"secret"}]}`, secret))
		var out bytes.Buffer
		code, stderr := drive(t, &out, "run", collection, "-e", env, "-r", everything(), "--verbose", "--log", filepath.Join(dir, "run.ndjson"),
			"--reporter-export="+dir+"/", "--reporter-allure-export="+filepath.Join(dir, "allure"))
		if code != exit.Failed {
			t.Fatalf("exit %d: %s", code, stderr)
		}
		seen := map[string][]byte{"stdout": out.Bytes(), "stderr": []byte(stderr)}
		collect(t, dir, seen)
		rendered := 0
		for _, f := range report.Formats() {
			if f.Print == nil {
				rendered++
			}
		}
		if len(seen) < rendered+4 {
			t.Fatalf("%d files", len(seen))
		}
		for name, text := range seen {
			for _, form := range []string{secret, url.QueryEscape(secret), url.PathEscape(secret),
				base64.StdEncoding.EncodeToString([]byte(secret)), base64.StdEncoding.EncodeToString([]byte("u:" + secret))} {
				if bytes.Contains(text, []byte(form)) {
					i := bytes.Index(text, []byte(form))
					t.Errorf("%s shows %q: %s", filepath.Base(name), form, text[max(0, i-80):min(len(text), i+len(form)+20)])
				}
			}
		}
	}
}

func randomSecret(rng *rand.Rand) string {
	const alphabet = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789-_.~!*@#% +/="
	b := make([]byte, 12+rng.IntN(20))
	for i := range b {
		b[i] = alphabet[rng.IntN(len(alphabet))]
	}
	b[0], b[len(b)-1] = 'S', 'E' // no blanks at the ends
	return string(b)
}

func collect(t *testing.T, dir string, into map[string][]byte) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		into[path], err = os.ReadFile(path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

const passing = `{"info":{"name":"C","schema":"https://schema.getpostman.com/json/collection/v2.1.0/collection.json"},
"item":[{"name":"A","request":"%s/anything","event":[{"listen":"test","script":{"exec":["pm.test('ok', () => {})"]}}]}]}`

type brokenPipe struct{ n int }

func (b *brokenPipe) Write(p []byte) (int, error) {
	if b.n += len(p); b.n > 10 {
		return 0, syscall.EPIPE
	}
	return len(p), nil
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, syscall.ENOSPC }

// A reader that leaves early changes nothing: the reports are written, and
// the exit code is the run's.
func TestPromise_69_ClosedStdout(t *testing.T) {
	t.Parallel()
	srv := runnertest.Serve(t, nil)
	collection := file(t, "c.json", fmt.Sprintf(passing, srv.URL))
	path := filepath.Join(t.TempDir(), "r.json")
	code, stderr := drive(t, &brokenPipe{}, "run", collection, "-r", "cli,json", "--reporter-json-export", path)
	if code != exit.OK || stderr != "wrote "+path+"\n" {
		t.Errorf("exit %d: %s", code, stderr)
	}
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
}

// A full disk is named and fails the run; the other reports are whole.
func TestPromise_69_FullDisk(t *testing.T) {
	t.Parallel()
	srv := runnertest.Serve(t, nil)
	collection := file(t, "c.json", fmt.Sprintf(passing, srv.URL))
	path := filepath.Join(t.TempDir(), "r.xml")
	code, stderr := drive(t, fullDisk{}, "run", collection, "-r", "cli,junit", "--reporter-junit-export", path)
	if code != exit.Failed || !strings.Contains(stderr, "cli reporter: no space left on device") {
		t.Errorf("exit %d: %s", code, stderr)
	}
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
}

// What a command prints is its result: when it cannot be written, the command
// has failed. A reader that has seen enough is no failure.
func TestPrintedOnAFullDisk(t *testing.T) {
	t.Parallel()
	srv := runnertest.Serve(t, nil)
	collection := file(t, "c.json", fmt.Sprintf(passing, srv.URL))
	log := filepath.Join(t.TempDir(), "log")
	if code, stderr := drive(t, io.Discard, "run", collection, "--log", log); code != exit.OK {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	for _, args := range [][]string{{"list", collection}, {"lint", collection}, {"convert", collection, "--to", "v2.1"}, {"diff", log, log}, {"version"}} {
		if code, stderr := drive(t, fullDisk{}, args...); code != exit.Failed || stderr != "postie: error: standard output: no space left on device\n" {
			t.Errorf("%v: exit %d: %s", args, code, stderr)
		}
	}
	for _, args := range [][]string{{"report", log, "--csv", "-"}, {"diff", log, log, "--json"}} {
		if code, stderr := drive(t, fullDisk{}, args...); code == exit.OK || !strings.Contains(stderr, "no space left on device") {
			t.Errorf("%v: exit %d: %s", args, code, stderr)
		}
	}
	if code, stderr := drive(t, &brokenPipe{}, "list", collection); code != exit.OK {
		t.Errorf("exit %d: %s", code, stderr)
	}
}

// Wrong reporters, options and clashing files are found before anything runs.
func TestPromise_63_ReporterUsage(t *testing.T) {
	t.Parallel()
	collection := file(t, "c.json", fmt.Sprintf(passing, "http://127.0.0.1:1"))
	for want, args := range map[string][]string{
		`unknown reporter "nosuch"`: {"-r", "cli,nosuch"},
		`want text, bytes or none`:  {"-r", "json", "--reporter-json-bodies", "maybe"},
		`want a number of bytes`:    {"-r", "json", "--reporter-json-max-body", "x"},
		`would both write x`:        {"-r", "json,junit", "--reporter-export", "x"},
	} {
		code, stderr := drive(t, io.Discard, append([]string{"run", collection}, args...)...)
		if code != exit.BadUsage || !strings.Contains(stderr, want) {
			t.Errorf("%v: exit %d: %s, want %s", args, code, stderr, want)
		}
	}
}

// Options nobody has, and files of reporters that were not asked for, are wrong
// usage; options of reporters that are not chosen are not.
func TestReporterOptions(t *testing.T) {
	t.Parallel()
	srv := runnertest.Serve(t, nil)
	collection := file(t, "c.json", fmt.Sprintf(passing, srv.URL))
	for _, tt := range []struct {
		args []string
		want string // "": fine
	}{
		{[]string{"--reporter-cli-colour"}, "--reporter-cli-colour: no reporter has this option\npostie: hint: options: export, "},
		{[]string{"--reporter-colour", "on"}, "--reporter-colour: no reporter has this option"},
		{[]string{"--reporter-other-x", "1"}, `--reporter-other-x: there is no reporter "other"`},
		{[]string{"--reporter-junit-export", "x.xml"}, "--reporter-junit-export: the reporter junit is not chosen\npostie: hint: -r cli,junit chooses it"},
		{[]string{"--reporter-json-omit-headers"}, ""},
		{[]string{"--reporter-cli-no-assertion"}, ""},
		{[]string{"--reporter-cli-no-banner", "-r", "dot"}, ""},
	} {
		code, stderr := drive(t, io.Discard, append([]string{"run", collection}, tt.args...)...)
		if tt.want == "" && (code != exit.OK || stderr != "") || tt.want != "" && (code != exit.BadUsage || !strings.Contains(stderr, tt.want)) {
			t.Errorf("%v: exit %d: %s", tt.args, code, stderr)
		}
	}
	for _, args := range [][]string{{"lint", collection, "--reporter-cli-export", "x"}, {"report", "none.ndjson", "--reporter-junit-colour"}} {
		if code, stderr := drive(t, io.Discard, args...); code != exit.BadUsage || !strings.Contains(stderr, "--reporter-") {
			t.Errorf("%v: exit %d: %s", args, code, stderr)
		}
	}
}

// A script of 200,000 tests costs twice what one of 100,000 does, with every
// report there is.
func BenchmarkTestsInAllReports(b *testing.B) {
	for _, n := range []int{100_000, 200_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			collection := file(b, "many.json", fmt.Sprintf(`{"info":{"name":"Many","schema":"https://schema.getpostman.com/json/collection/v2.1.0/collection.json"},
"item":[{"name":"A","request":"http://127.0.0.1:1","event":[{"listen":"prerequest","script":{"exec":["for (let i = 0; i < %d; i++) pm.test('test ' + i, () => pm.expect(i).to.be.a('number')); pm.execution.skipRequest();"]}}]}]}`, n))
			dir := b.TempDir()
			b.ReportAllocs()
			for b.Loop() {
				code, stderr := drive(b, io.Discard, "run", collection, "-r", everything(), "--reporter-export="+dir+"/", "--reporter-allure-export="+filepath.Join(dir, "allure"))
				if code != exit.OK {
					b.Fatalf("exit %d: %s", code, stderr)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/test")
		})
	}
}
