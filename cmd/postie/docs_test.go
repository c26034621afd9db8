package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"postie/collections/forgerock"
	"postie/runner/runnertest"
)

var (
	shellBlock = regexp.MustCompile("(?ms)^```sh\n(.*?)^```$")
	elsewhere  = regexp.MustCompile(`^(go|newman) `)      // the source tree's commands, and another program's
	longTimes  = regexp.MustCompile(`\b(30s|2m|10s)\b`)   // of loads
	tightBound = regexp.MustCompile(`\b(500ms|1s\b|20s)`) // a busy machine misses them
)

// TestDocs runs every sh block of the README and the pages behind it that can
// run here, in a folder that has the documents they name. Loads are cut short.
func TestDocs(t *testing.T) {
	t.Parallel()
	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("no shell")
	}
	root := filepath.Join("..", "..")
	pages, err := filepath.Glob(filepath.Join(root, ".github", "docs", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range append(pages, filepath.Join(root, "README.md")) {
		src, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		blocks := shellBlock.FindAllStringSubmatch(string(src), -1)
		if len(blocks) == 0 {
			continue
		}
		t.Run(filepath.Base(page), func(t *testing.T) {
			t.Parallel()
			dir := docsFolder(t, program)
			for _, b := range blocks {
				runBlock(t, shell, dir, b[1])
			}
		})
	}
}

func runBlock(t *testing.T, shell, dir, block string) {
	t.Helper()
	var lines []string
	for line := range strings.Lines(block) {
		if !elsewhere.MatchString(line) {
			line = tightBound.ReplaceAllString(longTimes.ReplaceAllString(line, "300ms"), "60s")
			lines = append(lines, strings.ReplaceAll(line, "<=400%", "<=1000000%")) // of a baseline
		}
	}
	cmd := exec.CommandContext(t.Context(), shell, "-e", "-c", strings.Join(lines, ""))
	cmd.Dir, cmd.WaitDelay = dir, 10*time.Second
	cmd.Env = []string{"PATH=" + filepath.Join(dir, "bin") + string(os.PathListSeparator) + os.Getenv("PATH"),
		"HOME=" + t.TempDir(), "CI_NODE_INDEX=1", "CI_NODE_TOTAL=1", "TENANT_TOKEN=t"}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%s%v\n%s", block, err, out)
	}
}

// docsFolder holds what the pages name: collections that call a server here,
// environments, data, and this test's program under the name postie.
func docsFolder(t *testing.T, program string) string {
	t.Helper()
	srv := runnertest.Serve(t, nil)
	collection := fmt.Sprintf(`{"info":{"name":"Shop","schema":"https://schema.getpostman.com/json/collection/v2.1.0/collection.json"},"variable":[{"key":"url","value":%q}],"item":[
		{"name":"Pay","request":"{{url}}/pay","event":[{"listen":"test","script":{"exec":["pm.test('up', () => pm.response.to.have.status(200))"]}}]}]}`, srv.URL)
	environment := fmt.Sprintf(`{"name":"test","values":[{"key":"url","value":%q}]}`, srv.URL)
	files := map[string]string{"users.csv": "user\nann\nbob\n",
		"collections/forgerock/session-management.postman_collection.json": string(forgerock.Collection())}
	for _, name := range []string{"collection.json", "orders.json", "smoke.json", "checkout.json"} {
		files[name] = collection
	}
	for _, name := range []string{"environment.json", "test.json", "tenant.json", "tenants/a.json", "tenants/b.json"} {
		files[name] = environment
	}
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "bin"), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(program, filepath.Join(dir, "bin", "postie")); err != nil { // testscript goes by the name it is called by
		t.Skip(err)
	}
	return dir
}
