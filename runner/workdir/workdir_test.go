package workdir_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postie/runner/workdir"
)

// tree writes files, each holding its own name, and returns their folder.
func tree(t testing.TB, names ...string) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func link(t *testing.T, to, name string) {
	t.Helper()
	if err := os.Symlink(to, name); err != nil {
		t.Skip("no symbolic links here")
	}
}

// read is what a file holds, or why it cannot be read.
func read(fsys fs.FS, name string) string {
	src, err := fs.ReadFile(fsys, name)
	var why workdir.Refusal
	switch {
	case errors.As(err, &why):
		if !errors.Is(err, fs.ErrPermission) {
			return "a refusal that is no fs.ErrPermission"
		}
		return "refused: " + string(why)
	case errors.Is(err, fs.ErrNotExist):
		return "no such file"
	case errors.Is(err, fs.ErrInvalid):
		return "not a regular file"
	case err != nil:
		return err.Error()
	}
	return string(src)
}

func TestConfinement(t *testing.T) {
	t.Parallel()
	dir := tree(t, "secret.txt", "work/a.txt", "work/sub/b.txt", "work/.env", "work/.keys/id", "work/..odd/c.txt")
	work := filepath.Join(dir, "work")
	link(t, "../secret.txt", filepath.Join(work, "out.txt"))
	link(t, filepath.Join(dir, "secret.txt"), filepath.Join(work, "abs.txt"))
	link(t, "..", filepath.Join(work, "up"))
	link(t, "sub/b.txt", filepath.Join(work, "in.txt"))
	link(t, ".env", filepath.Join(work, "env.txt"))
	link(t, ".keys", filepath.Join(work, "keys"))
	link(t, "gone", filepath.Join(work, "dangling"))
	outside, hidden := "refused: "+string(workdir.Outside), "refused: "+string(workdir.Hidden)
	tests := []struct {
		name, file string
		opts       workdir.Options
		want       string
	}{
		{"a file", "a.txt", workdir.Options{}, "work/a.txt"},
		{"a file below", "sub/../sub/b.txt", workdir.Options{}, "work/sub/b.txt"},
		{"an absolute name inside", filepath.Join(work, "a.txt"), workdir.Options{}, "work/a.txt"},
		{"an absolute name outside", filepath.Join(dir, "secret.txt"), workdir.Options{}, outside},
		{"a name that leads out", "../secret.txt", workdir.Options{}, outside},
		{"out and in again", "../work/a.txt", workdir.Options{}, "work/a.txt"},
		{"a link that stays inside", "in.txt", workdir.Options{}, "work/sub/b.txt"},
		{"a link that leads out", "out.txt", workdir.Options{}, outside},
		{"an absolute link that leads out", "abs.txt", workdir.Options{}, outside},
		{"a linked folder that leads out", "up/secret.txt", workdir.Options{}, outside},
		{"a link to nothing", "dangling", workdir.Options{}, "no such file"},
		{"no file", "none.txt", workdir.Options{}, "no such file"},
		{"a folder", "sub", workdir.Options{}, "not a regular file"},
		{"the folder itself", ".", workdir.Options{}, "not a regular file"},

		{"a hidden file", ".env", workdir.Options{}, hidden},
		{"a file in a hidden folder", ".keys/id", workdir.Options{}, hidden},
		{"a hidden file that is not there", ".none", workdir.Options{}, hidden},
		{"a link to a hidden file", "env.txt", workdir.Options{}, hidden},
		{"a link to a hidden folder", "keys/id", workdir.Options{}, hidden},
		{"a name that starts with two dots", "..odd/c.txt", workdir.Options{}, hidden},
		{"hidden files of a named folder", ".env", workdir.Options{Hidden: true}, "work/.env"},
		{"hidden folders of a named folder", "keys/id", workdir.Options{Hidden: true}, "work/.keys/id"},

		{"flat", "a.txt", workdir.Options{Flat: true}, "work/a.txt"},
		{"flat, a file below", "sub/b.txt", workdir.Options{Flat: true}, "refused: " + string(workdir.TooDeep)},
		{"flat, a link to a file below", "in.txt", workdir.Options{Flat: true}, "refused: " + string(workdir.TooDeep)},

		{"a base below", "b.txt", workdir.Options{Bases: []string{work, filepath.Join(work, "sub")}}, "work/sub/b.txt"},
		{"a base above", "work/a.txt", workdir.Options{Bases: []string{dir}}, "work/a.txt"},
		{"the first base says what is wrong", "../none.txt", workdir.Options{Bases: []string{work, filepath.Join(work, "sub")}}, outside},
		{"but one that is outside does not", "none.txt", workdir.Options{Bases: []string{dir, work}}, "no such file"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tt.opts.Path = work
			d, err := workdir.Open(tt.opts)
			if err != nil {
				t.Fatal(err)
			}
			defer d.Close()
			if got := read(d, tt.file); got != tt.want {
				t.Errorf("%s: got %s, want %s", tt.file, got, tt.want)
			}
		})
	}
}

func TestAnywhere(t *testing.T) {
	t.Parallel()
	dir := tree(t, "a/one.txt", "b/two.txt", "b/.env")
	fsys := workdir.Anywhere{filepath.Join(dir, "a"), filepath.Join(dir, "b")}
	for name, want := range map[string]string{
		"one.txt": "a/one.txt", "two.txt": "b/two.txt", "../b/.env": "b/.env", filepath.Join(dir, "a", "one.txt"): "a/one.txt",
		"none": "no such file", dir: "not a regular file",
	} {
		if got := read(fsys, name); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
}

func TestClosed(t *testing.T) {
	t.Parallel()
	if got := read(workdir.Closed{Why: workdir.HomeOnly}, "a"); got != "refused: "+string(workdir.HomeOnly) {
		t.Error(got)
	}
}

func TestDefault(t *testing.T) {
	t.Parallel()
	dir := tree(t, "home/me/project/sub/c.json", "home/me/project/.hidden/c.json", "elsewhere/c.json")
	at := func(name string) string { return filepath.Join(dir, filepath.FromSlash(name)) }
	link(t, at("home/me"), at("link"))
	tests := []struct {
		name, current, home, collection string
		want                            string // the folder; "-" for none
		flat                            bool
	}{
		{"the current folder holds the collection", "home/me/project", "home/me", "home/me/project/sub", "home/me/project", false},
		{"it is the collection's", "home/me/project", "home/me", "home/me/project", "home/me/project", false},
		{"the collection is elsewhere", "home/me/project", "home/me", "elsewhere", "elsewhere", false},
		{"the collection is beside", "home/me/project/sub", "home/me", "home/me/project", "home/me/project", false},
		{"the collection's folder is hidden", "home/me/project", "home/me", "home/me/project/.hidden", "home/me/project/.hidden", false},
		{"the collection is no file", "home/me/project", "home/me", "", "home/me/project", false},

		{"the home folder holds the collection", "home/me", "home/me", "home/me/project", "home/me/project", false},
		{"the home folder has the collection", "home/me", "home/me", "home/me", "-", false},
		{"the collection's is the home folder", "elsewhere", "home/me", "home/me", "-", false},
		{"the home folder, and the collection is no file", "home/me", "home/me", "", "-", false},
		{"the home folder by another name", "link", "home/me", "link", "-", false},
		{"the home folder is a link", "home/me", "link", "home/me", "-", false},

		{"above the home folder", "home", "home/me", "home/me/project", "home/me/project", false},
		{"above the home folder, where the collection is", "home", "home/me", "home", "home", true},
		{"above the home folder, far", ".", "home/me", ".", ".", true},
		{"above the home folder that is a link", "home", "link", "home", "home", true},
		{"above the home folder, and the collection is no file", "home", "home/me", "", "home", true},
		{"no home folder is known", "home", "", "home", "home", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			home, collection := tt.home, tt.collection
			if home != "" {
				home = at(home)
			}
			if collection != "" {
				collection = at(collection)
			}
			o, ok := workdir.Default(at(tt.current), home, collection)
			got := "-"
			if ok {
				got, _ = filepath.Rel(dir, o.Path)
			}
			if filepath.ToSlash(got) != tt.want || o.Flat != tt.flat || o.Hidden {
				t.Errorf("got %s (%+v)", got, o)
			}
		})
	}
}

// The root of the file system holds every home folder, also one not known.
func TestDefaultAtTheRoot(t *testing.T) {
	t.Parallel()
	root := filepath.VolumeName(t.TempDir()) + string(filepath.Separator)
	o, ok := workdir.Default(root, "", root)
	if d := cmp.Diff(workdir.Options{Path: root, Bases: []string{root}, Flat: true}, o); d != "" || !ok {
		t.Errorf("%v (-want +got):\n%s", ok, d)
	}
}

// A collection below the current folder names files as newman does, from the
// current folder, or as the Postman app does, from its own.
func Example() {
	dir, err := os.MkdirTemp("", "postie-example-")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	_ = os.MkdirAll(filepath.Join(dir, "shop"), 0o755) // reading fails without them
	_ = os.WriteFile(filepath.Join(dir, "shop", "order.json"), []byte(`{"id":7}`), 0o600)
	_ = os.WriteFile(filepath.Join(dir, ".env"), []byte("TOKEN=s3cret"), 0o600)

	o, ok := workdir.Default(dir, "/home/me", filepath.Join(dir, "shop"))
	if !ok {
		fmt.Println("no working directory")
		return
	}
	d, err := workdir.Open(o)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer d.Close()
	for _, name := range []string{"order.json", "shop/order.json", ".env"} {
		src, err := fs.ReadFile(d, name)
		var why workdir.Refusal
		errors.As(err, &why)
		fmt.Println(name+":", string(src)+string(why))
	}
	// Output:
	// order.json: {"id":7}
	// shop/order.json: {"id":7}
	// .env: it is hidden, and only a working directory that is named shows hidden files
}
