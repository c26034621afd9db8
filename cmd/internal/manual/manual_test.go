package manual_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"postie/cmd/internal/manual"
)

func TestWrite(t *testing.T) {
	t.Parallel()
	root := &cobra.Command{Use: "postie", Run: func(*cobra.Command, []string) {}}
	root.AddCommand(&cobra.Command{Use: "run <collection>", Short: "Run a collection", Run: func(*cobra.Command, []string) {}})
	dir := t.TempDir()
	if err := manual.Write(root, dir); err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(filepath.Join(dir, "postie-run.1"))
	if err != nil || !strings.Contains(string(page), "run collection") {
		t.Errorf("%v\n%s", err, page)
	}
}
