// Gen compiles the script API into bytecode/, for builds to embed.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"postie/runner/script/sandbox"
)

const folder = "bytecode"

func main() {
	if err := generate(); err != nil {
		fmt.Fprintln(os.Stderr, "sandbox:", err)
		os.Exit(1)
	}
}

func generate() error {
	files, err := sandbox.Precompile()
	if err != nil {
		return err
	}
	former, err := filepath.Glob(filepath.Join(folder, "[^.]*"))
	if err != nil {
		return err
	}
	for _, file := range former {
		if err := os.Remove(file); err != nil {
			return err
		}
	}
	for name, code := range files {
		if err := os.WriteFile(filepath.Join(folder, name), code, 0o644); err != nil {
			return err
		}
	}
	return nil
}
