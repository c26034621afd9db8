package cluster

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"
	"unicode/utf16"

	"postie/collections/vars"
	"postie/runner"
	"postie/runner/cluster/hub"
	"postie/runner/load"
)

// forms are the ways in which a text may be written down, long enough that it is
// no chance to find one.
func forms(text string) map[string][]byte {
	out := map[string][]byte{"itself": []byte(text), "URL query": []byte(url.QueryEscape(text)), "URL path": []byte(url.PathEscape(text)),
		"hex": []byte(hex.EncodeToString([]byte(text))), "HEX": []byte(strings.ToUpper(hex.EncodeToString([]byte(text))))}
	quoted, _ := json.Marshal(text) // a string is JSON
	out["JSON"] = quoted[1 : len(quoted)-1]
	var wide []byte
	for _, u := range utf16.Encode([]rune(text)) {
		wide = append(wide, byte(u), byte(u>>8))
	}
	out["UTF-16"] = wide
	for shift, skip := range []int{0, 2, 3} { // what precedes it moves it by a part of a group
		for name, e := range map[string]*base64.Encoding{"base64": base64.RawStdEncoding, "base64url": base64.RawURLEncoding} {
			whole := e.EncodeToString(append(make([]byte, shift), text...))
			out[name+strings.Repeat("+", shift)] = []byte(whole[skip : len(whole)-2])
		}
	}
	return out
}

func TestForms(t *testing.T) {
	t.Parallel()
	const text = "p/ss w+rd=ümlaut"
	for shift, name := range []string{"base64", "base64+", "base64++"} {
		in := base64.StdEncoding.EncodeToString([]byte("abc"[:shift] + text + "behind"))
		if !strings.Contains(in, string(forms(text)[name])) {
			t.Errorf("%s: %q is not in %q", name, forms(text)[name], in)
		}
	}
}

// What the server stores holds none of the secrets, names and bodies of runs and
// loads, in no form, nor the key.
func TestNothingIsStoredInClear(t *testing.T) {
	t.Parallel()
	srv, key := startServer(t), NewKey()
	dir := t.TempDir()
	h, err := hub.Start(hub.Options{Listen: "127.0.0.1:0", Store: dir, Token: "token-of-the-hub"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.Close)
	at := strings.Replace(h.URL(), "://", "://token-of-the-hub@", 1)
	startWorkerOn(t, connectAt(t, at, key, quick), WorkerOptions{Name: "w"})
	secrets := map[string]string{"environment": "hunter2 in/the+environment=ü", "vault": "vault-s3cr3t-pin", "answer": "s3cr3t-of-the-answer", "name": "Zweierlei-Collection",
		"variable": "tenant", "file": "line of the body file", "command line": "env-var-of-the-command-line", "key": key.String(), "token": "token-of-the-hub"}
	o := runner.Options{}
	o.Collection = parse(t, `{"info":{"name":"`+secrets["name"]+`"},"item":[{"name":"A","request":{"method":"PUT","url":"{{host}}/?tenant={{password}}","body":{"mode":"file","file":{"src":"body.txt"}}}}]}`)
	o.Environment = vars.NewScope("e", vars.Variable{Key: "host", Value: srv.URL}, vars.Variable{Key: "tenant", Value: "t"})
	o.Environment.SetSecret("password", secrets["environment"])
	o.Vault = vars.NewScope("vault", vars.Variable{Key: "pin", Value: secrets["vault"]})
	o.Files = fstest.MapFS{"body.txt": {Data: []byte(strings.Repeat(secrets["file"]+"\n", 50))}}
	o.Output.Mask.Off = true
	d, err := NewDispatcher(t.Context(), connectAt(t, at, key, quick), DispatcherOptions{})
	if err == nil {
		err = d.Plan(t.Context(), []string{"run", "--env-var", secrets["command line"]}, []runner.Options{o})
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Carry(t.Context(), 0, o); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Load(t.Context(), load.Options{Run: o, Schedule: load.Schedule{Users: load.Fixed(1, time.Minute), Iterations: 2}}); err != nil {
		t.Fatal(err)
	}
	d.Abandon() // everything is still there
	searchStore(t, dir, secrets)
}

// searchStore looks for secrets in all files, and that there are files with
// records in them.
func searchStore(t *testing.T, dir string, secrets map[string]string) {
	t.Helper()
	var records []string
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		src, err := os.ReadFile(path)
		for _, kind := range []string{".plan", ".end.", ".parts.", "$O.postie.C."} {
			if bytes.Contains(src, []byte(kind)) {
				records = append(records, kind)
			}
		}
		for name, secret := range secrets {
			for form, text := range forms(secret) {
				if bytes.Contains(src, text) {
					t.Errorf("%s holds the %s, as %s", path, name, form)
				}
			}
		}
		return err
	})
	slices.Sort(records)
	if err != nil || len(slices.Compact(records)) != 4 {
		t.Errorf("records %q, %v", records, err)
	}
}
