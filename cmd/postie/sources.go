package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/spf13/pflag"

	"postie/cmd/internal/exit"
	"postie/collections/varfile"
	"postie/collections/vars"
	"postie/runner/documents"
	"postie/runner/report/output"
)

// sourceFlags name where environment variables come from besides the
// environment document. Nothing of them shows in a list of processes.
type sourceFlags struct {
	dotenv    []string
	processes []string // prefixes
	varFiles  []string
}

func (f *sourceFlags) register(fs *pflag.FlagSet) {
	fs.StringArrayVar(&f.dotenv, "env-file", nil, "set environment variables from a .env `file`; repeatable")
	fs.StringArrayVar(&f.processes, "env-from-process", nil, "set them from the process's variables that start with `PREFIX_`, without it; repeatable")
	fs.StringArrayVar(&f.varFiles, "env-var-file", nil, "set secret ones from the key=value lines of a `file`, or - for standard input; repeatable")
}

// sources sets them over the environment document's: files first, then the
// process's, then secrets. --env-var comes last of all.
func (j *job) sources(ctx context.Context, env *vars.Scope) error {
	f := &j.flags.sources
	for _, name := range f.dotenv {
		if err := j.dotenv(ctx, env, name); err != nil {
			return err
		}
	}
	for _, prefix := range f.processes {
		if prefix == "" {
			return exit.Usage("--env-from-process: want a prefix such as POSTIE_VAR_")
		}
		for _, v := range varfile.FromProcess(j.streams.Environ(), prefix) {
			set(env, v)
		}
	}
	for _, name := range f.varFiles {
		if err := j.varFile(ctx, env, name); err != nil {
			return err
		}
	}
	return nil
}

// set gives a variable a value, from whatever source besides a document; one
// whose name looks secret is secret.
func set(to *vars.Scope, v vars.Variable) {
	if vars.IsSecretName(v.Key) {
		to.SetSecret(v.Key, v.Value)
		return
	}
	to.Set(v.Key, v.Value)
}

func (j *job) dotenv(ctx context.Context, env *vars.Scope, name string) error {
	list, err := j.loader.Variables(ctx, name, ".env", varfile.ParseDotenv)
	for _, v := range list {
		set(env, v)
	}
	return err
}

// varFile reads key=value lines as --env-var takes them; all are secret.
func (j *job) varFile(ctx context.Context, env *vars.Scope, name string) error {
	list, err := j.loader.Variables(ctx, name, "variables", varfile.ParsePairs)
	for _, v := range list {
		env.SetSecret(v.Key, v.Value)
	}
	return err
}

// inputs are the files that a run reads, which no log and no report may
// overwrite.
func (f *runFlags) inputs() []output.Target {
	var out []output.Target
	add := func(name string, paths ...string) {
		for _, p := range paths {
			if p != "" && p != "-" && !documents.IsURL(p) {
				out = append(out, output.Target{Name: name, Path: p})
			}
		}
	}
	add("collection", f.sourceFiles...)
	add("environment", f.environments...)
	add("environment", f.environment)
	add("globals", f.globals)
	add("iteration data", f.data)
	add("file of variables", slices.Concat(f.sources.dotenv, f.sources.varFiles)...)
	add("vault", f.vault.files...)
	add("cookie jar", f.cookieJar)
	add("certificate", f.certList, f.cert, f.key, f.extraCA)
	return out
}

// oneReader refuses to read standard input twice.
func (f *runFlags) oneReader(collection string) error {
	readers := 0
	for _, name := range slices.Concat([]string{collection}, f.sources.varFiles, f.vault.files) {
		if name == "-" {
			readers++
		}
	}
	if readers > 1 {
		return fmt.Errorf("standard input can be read once")
	}
	return nil
}
