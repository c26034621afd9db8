//go:build amd64 || arm64

package sandbox

import (
	"context"
	"os"
	"testing"
	"time"

	"postie/runner/script"
	"postie/runner/script/packages"
)

// A libraryUser is a user whose scripts may require the libraries of the program.
type libraryUser struct {
	*user
	store *packages.Store
}

func (u libraryUser) Library(ctx context.Context, name string) (*script.Library, error) {
	return u.store.Library(ctx, name)
}

func openLibraries(t testing.TB) libraryUser {
	t.Helper()
	u := libraryUser{&user{t: t}, packages.NewStore(packages.Options{})}
	if _, err := u.store.Library(t.Context(), "lodash"); err != nil && os.Getenv("POSTIE_REQUIRE_PACKAGES") == "" {
		t.Skip("the libraries are not in this build: go generate ./runner/script/packages puts them there")
	}
	box, err := New().Open(t.Context(), u, script.Options{Timeout: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { box.Close() })
	u.sandbox = box.(*sandbox)
	return u
}

// plain is an expression for a library that is not accelerated.
func (u libraryUser) plain(name string) string {
	u.t.Helper()
	lib, err := u.store.Library(u.t.Context(), name)
	if err != nil {
		u.t.Fatal(err)
	}
	return "(() => { const module = { exports: {} }, exports = module.exports;\n" + lib.Source + "\n; return module.exports; })()"
}

// builtins are what scripts do with what the sandbox gives them, each with the
// function in Go that does the work.
var builtins = []struct{ call, kernel string }{
	{`crypto.getRandomValues(new Uint8Array(99))`, "random.fill"},
	{`Buffer.from(long, 'latin1')`, "latin1.fill"},
	{`Buffer.from(long).toString('latin1')`, "latin1.text"},
	{`Buffer.from(long)`, "utf8.fill"},
	{`new TextDecoder().decode(Buffer.from(long))`, "utf8.text"},
	{`Buffer.from(long).toString('hex')`, "hex.text"},
	{`require('btoa')(long)`, "latin1.text"},
	{`pm.expect(data()).to.eql(data())`, "data.same"},
	{`require('chai').expect(data()).to.deep.equal(data())`, "data.same"},
	{`_.isEqual(data(), data())`, "data.same"},
	{`require('lodash').isEqual(data(), data())`, "data.same"},
	{`require('cheerio').load('<p a=b>x</p>')`, "html.tokens"},
	{`cheerio.load('<p a=b>x</p>')('p:nth-child(1)')`, "html.position"},
	{`xml2Json('<a b="1">text</a>')`, "xml2js.object"},
	{`require('xml2js').parseString('<a b="1">text</a>', { tagNameProcessors: [require('xml2js').processors.stripPrefix] }, () => {})`, "xml2js.object"},
	{`_.cloneDeep(data())`, "data.copy"},
	{`require('lodash').cloneDeep(data())`, "data.copy"},
}

// What makes scripts that use these libraries quick is that Go does the work,
// which nothing but the time would show otherwise.
func TestGoDoesTheWorkOfBuiltins(t *testing.T) {
	t.Parallel()
	u := openLibraries(t)
	for _, tt := range builtins {
		did := false
		source := `{ const long = 'a long text '.repeat(99), data = () => JSON.parse('{"a":[1,"x",{"b":null}],"c":1.5}'); ` + tt.call + "; }"
		u.run(source) // what is loaded has been tried then
		u.realm.vm.WatchCalls(func(name string, ok bool) { did = did || ok && name == tt.kernel })
		u.run(source)
		u.realm.vm.WatchCalls(func(string, bool) {})
		if !did {
			t.Errorf("%s does not do the work of %s", tt.kernel, tt.call)
		}
	}
}

// Bytes and texts become each other as they do without Go, which reaches no
// memory that is shared and no array of another type.
func TestBytesAndTexts(t *testing.T) {
	t.Parallel()
	u := openLibraries(t)
	for _, tt := range []struct{ source, want string }{
		{`Buffer.from('a\xe9\u20ac\u{1f600}\ud800x\udc00')`, "61c3a9e282acf09f9880efbfbd78efbfbd"},
		{`Buffer.from('a\xe9\u20ac\u{1f600}', 'latin1')`, "61e9ac3d00"},
		{`Buffer.from('\ud800'.repeat(3))`, "efbfbdefbfbdefbfbd"},
		{`Buffer.from('')`, ""},
		{`Buffer.from(Buffer.from('e9ff00', 'hex').toString('latin1'), 'latin1')`, "e9ff00"},
		{`Buffer.from(Buffer.from('61e282', 'hex').toString())`, "61efbfbd"},
		{`Buffer.from(Buffer.from('f0808080c3a9', 'hex').toString())`, "efbfbdefbfbdefbfbdefbfbdc3a9"},
		{`Buffer.from(new TextDecoder().decode(new Uint8Array(new SharedArrayBuffer(2))))`, "0000"},
		{`Buffer.from(new TextDecoder('latin1').decode(new DataView(new Uint8Array([65, 233, 66]).buffer, 1)))`, "c3a942"},
		{`Buffer.from(new TextDecoder().decode(new Uint16Array([0x4241])))`, "4142"},
	} {
		got := u.run(`console.log((` + tt.source + `).toString('hex'))`)
		if want := `"` + tt.want + `"`; len(got) != 1 || got[0] != want {
			t.Errorf("%s: %s, want %s", tt.source, got, want)
		}
	}
	if got := u.run(`try { new TextDecoder('utf-8', { fatal: true }).decode(new Uint8Array([65, 255])); } catch (e) { console.log(String(e)); }`); len(got) != 1 || got[0] != `"TypeError: The encoded data was not valid for encoding utf-8"` {
		t.Errorf("what is no UTF-8: %s", got)
	}
}
