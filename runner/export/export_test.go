package export_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"postie/collections"
	"postie/collections/vars"
	"postie/runner"
	"postie/runner/export"
	"postie/runner/script/sandbox"
)

const source = `{"info":{"name":"c","schema":"https://schema.getpostman.com/json/collection/v2.1.0/collection.json"},
	"variable":[{"key":"color","value":"red"}],
	"event":[{"listen":"prerequest","script":{"exec":"pm.environment.set('user', 'ada'); pm.collectionVariables.set('color', 'blue'); pm.execution.skipRequest()"}}],
	"item":[{"name":"a","request":"http://localhost/"}]}`

// run runs a collection whose script sets variables.
func run() (*collections.Collection, *runner.Result, error) {
	col, err := collections.Parse("c.json", []byte(source))
	if err != nil {
		return nil, nil, err
	}
	env := vars.NewScope("staging", vars.Variable{Key: "token", Value: "s3cr3t-value", Secret: true})
	res, err := runner.Run(context.Background(), runner.Options{Documents: runner.Documents{Collection: col, Environment: env}, AllowEmpty: true,
		Scripts: runner.Scripts{Engine: sandbox.New()}})
	return col, res, err
}

// A run's environment is written where the next run reads it.
func Example() {
	col, res, err := run()
	if err != nil {
		fmt.Println(err)
		return
	}
	dir, err := os.MkdirTemp("", "export")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	files := export.Options{Environment: filepath.Join(dir, "after.json"), Using: "example/1"}.Files(col, time.Now())
	if err := export.Write(files, res); err != nil {
		fmt.Println(err)
		return
	}
	src, _ := os.ReadFile(files[0].Path)
	env, err := collections.ParseEnvironment("after.json", src)
	if err != nil {
		fmt.Println(err)
		return
	}
	user, _ := env.Get("user")
	fmt.Println(env.Name, user)
	// Output: staging ada
}

func TestWrite(t *testing.T) {
	t.Parallel()
	col, res, err := run()
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, tt := range []struct {
		name    string
		options export.Options
		file    string // below the folder
		has     string
		hasNot  string
	}{
		{"secrets are masked", export.Options{Environment: "e.json"}, "e.json", `"ada"`, "s3cr3t-value"},
		{"or written when asked for", export.Options{Environment: "e.json", Secrets: true}, "e.json", "s3cr3t-value", "***"},
		{"the collection has its variables", export.Options{Collection: "c.json"}, "c.json", `"blue"`, `"red"`},
		{"a folder gets a file", export.Options{Globals: "."}, "postie-globals-2026-01-02-03-04-05-000.json", `"globals"`, `"ada"`},
		{"of several runs each has its own", export.Options{Environment: "e.json", Suffix: "staging"}, "e-staging.json", `"ada"`, "red"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			o := tt.options
			for _, p := range []*string{&o.Environment, &o.Globals, &o.Collection} {
				if *p != "" {
					*p = filepath.Join(dir, *p)
				}
			}
			if err := export.Write(o.Files(col, at), res); err != nil {
				t.Fatal(err)
			}
			src, err := os.ReadFile(filepath.Join(dir, tt.file))
			if err != nil {
				t.Fatal(err)
			}
			if text := string(src); !strings.Contains(text, tt.has) || strings.Contains(text, tt.hasNot) {
				t.Errorf("want %q and not %q in\n%s", tt.has, tt.hasNot, text)
			}
		})
	}
}
