package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/joho/godotenv"
	"github.com/spf13/pflag"

	"postie/collections/lint"
	"postie/collections/vars"
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
			return usageError("--env-from-process: want a prefix such as POSTIE_VAR_")
		}
		j.fromProcess(prefix, func(key, value string) { set(env, key, value) })
	}
	for _, name := range f.varFiles {
		if err := j.varFile(ctx, env, name); err != nil {
			return err
		}
	}
	return nil
}

// set gives a variable a value; one whose name says so is secret.
func set(env *vars.Scope, key, value string) {
	if lint.IsSecretName(key) {
		env.SetSecret(key, value)
		return
	}
	env.Set(key, value)
}

func (j *job) dotenv(ctx context.Context, env *vars.Scope, name string) error {
	src, err := j.loader.read(ctx, name, ".env")
	if err != nil {
		return err
	}
	values, err := godotenv.UnmarshalBytes(src)
	if err != nil { // it quotes the file, which holds secrets
		return cannotRun("%s:%d: not a KEY=value line", name, badLine(src))
	}
	for _, key := range sortedKeys(values) {
		set(env, key, values[key])
	}
	return nil
}

func sortedKeys(m map[string]string) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// badLine is the line after the longest part of a .env file that can be read.
func badLine(src []byte) int {
	lines := bytes.SplitAfter(src, []byte("\n"))
	for n := len(lines) - 1; n > 0; n-- {
		if _, err := godotenv.UnmarshalBytes(bytes.Join(lines[:n], nil)); err == nil {
			return n + 1
		}
	}
	return 1
}

// fromProcess gives set the process's variables of a prefix, without it.
func (j *job) fromProcess(prefix string, set func(key, value string)) {
	list := j.streams.Environ()
	slices.Sort(list)
	for _, pair := range list {
		key, value, _ := strings.Cut(pair, "=")
		if name, ok := strings.CutPrefix(key, prefix); ok && name != "" {
			set(name, value)
		}
	}
}

// varFile reads key=value lines as --env-var takes them: nothing is quoted or
// expanded. Blank lines and those that start with # are skipped.
func (j *job) varFile(ctx context.Context, env *vars.Scope, name string) error {
	src, err := j.loader.read(ctx, name, "variables")
	if err != nil {
		return err
	}
	lines := bufio.NewScanner(bytes.NewReader(bytes.TrimPrefix(src, []byte("\ufeff"))))
	lines.Buffer(nil, maxDocument)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSuffix(lines.Text(), "\r")
		if text := strings.TrimSpace(line); text == "" || text[0] == '#' {
			continue
		}
		key, value, ok := strings.Cut(line, "=")
		if key = strings.TrimSpace(key); !ok || key == "" {
			return cannotRun("%s:%d: not a key=value line", shown(name), n)
		}
		env.SetSecret(key, value)
	}
	if err := lines.Err(); err != nil {
		return cannotRun("variables %s: %v", shown(name), err)
	}
	return nil
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
