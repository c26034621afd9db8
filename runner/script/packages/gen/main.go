// Gen fetches, verifies and bundles the packages of lock.json into bundle/,
// for builds to embed.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"

	"postie/runner/script/packages"
	"postie/runner/script/sandbox"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "packages:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	const dir = "bundle"
	c := packages.Compiler{Engine: sandbox.Version(), Compile: sandbox.CompileLibrary}
	if packages.Current(dir, c) {
		return nil
	}
	r, err := packages.FindRegistry(os.Getenv)
	if err != nil {
		return err
	}
	return packages.Install(ctx, r, dir, c)
}
