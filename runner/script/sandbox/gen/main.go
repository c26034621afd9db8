// Gen compiles the script API into bytecode/, for builds to embed.
package main

import (
	"fmt"
	"os"

	"postie/runner/script/sandbox"
)

func main() {
	code, err := sandbox.Precompile()
	if err == nil {
		err = os.WriteFile("bytecode/api.gob.gz", code, 0o644)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "sandbox:", err)
		os.Exit(1)
	}
}
