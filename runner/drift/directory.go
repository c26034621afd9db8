package drift

import (
	"fmt"
	"io/fs"
	"os"
	"strings"
)

// Ending is that of the files of approved answers.
const Ending = ".snap"

// A Directory is approved answers, a text file for each. A file is read when its
// answer is asked for.
type Directory struct {
	files fs.FS
	names []string
	keys  []Key
}

// ReadDirectory finds the approved answers in a folder; other files in it are
// passed over. A file that is no snapshot is an error with its line.
func ReadDirectory(folder fs.FS) (*Directory, error) {
	list, err := fs.ReadDir(folder, ".")
	if err != nil {
		return nil, err
	}
	d := &Directory{files: folder}
	for _, e := range list {
		if !strings.HasSuffix(e.Name(), Ending) {
			continue
		}
		a, err := d.read(e.Name())
		if err != nil {
			return nil, err
		}
		d.names, d.keys = append(d.names, e.Name()), append(d.keys, a.Key)
	}
	return d, nil
}

func (d *Directory) read(name string) (Answer, error) {
	src, err := fs.ReadFile(d.files, name)
	if err != nil {
		return Answer{}, err
	}
	a, err := ParseSnapshot(src)
	if err != nil {
		return a, fmt.Errorf("%s:%w", name, err)
	}
	return a, nil
}

// Len implements Answers.
func (d *Directory) Len() int { return len(d.keys) }

// Key implements Answers.
func (d *Directory) Key(i int) Key { return d.keys[i] }

// Answer implements Answers.
func (d *Directory) Answer(i int) (Answer, error) { return d.read(d.names[i]) }

// FailedIn are the answers that failed: a run that fails in the same way would
// agree with them, so none should be approved.
func FailedIn(list Answers) ([]Key, error) {
	var out []Key
	for i := range list.Len() {
		a, err := list.Answer(i)
		if err != nil {
			return nil, err
		}
		if a.Failed() {
			out = append(out, a.Key)
		}
	}
	return out, nil
}

// Approve writes answers to a folder, and removes the approved ones that are
// not among them unless keep says to; of a file that is no snapshot it is asked
// with the zero Key. An answer that failed is not approved: what was approved of
// it before stays.
func Approve(folder *os.Root, list Answers, r Rules, keep func(Key) bool) (approved int, err error) {
	keys := make([]Key, list.Len())
	for i := range keys {
		keys[i] = list.Key(i)
	}
	mine := map[string]bool{}
	for i, name := range FileNames(keys) {
		name += Ending
		mine[name] = true
		a, err := list.Answer(i)
		if err != nil {
			return approved, err
		}
		if a.Failed() {
			continue
		}
		if err := folder.WriteFile(name, a.Snapshot(r), 0o666); err != nil {
			return approved, err
		}
		approved++
	}
	return approved, prune(folder, func(name string, key Key) bool { return mine[name] || keep(key) })
}

// prune removes the approved answers of a folder that are not kept.
func prune(folder *os.Root, keep func(name string, key Key) bool) error {
	list, err := fs.ReadDir(folder.FS(), ".")
	if err != nil {
		return err
	}
	d := &Directory{files: folder.FS()}
	for _, e := range list {
		if !strings.HasSuffix(e.Name(), Ending) {
			continue
		}
		a, err := d.read(e.Name())
		if err != nil {
			a.Key = Key{}
		}
		if keep(e.Name(), a.Key) {
			continue
		}
		if err := folder.Remove(e.Name()); err != nil {
			return err
		}
	}
	return nil
}
