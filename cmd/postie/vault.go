package main

import (
	"bytes"
	"context"

	"github.com/joho/godotenv"
	"github.com/spf13/pflag"
	"github.com/tidwall/gjson"

	"postie/cmd/internal/term"
	"postie/collections"
	"postie/collections/vars"
	"postie/runner"
)

// vaultFlags name where the secrets of {{vault:name}} and pm.vault come from.
type vaultFlags struct {
	files     []string
	processes []string // prefixes
	prompts   []string

	answers map[string]string // to the prompts
}

func (f *vaultFlags) register(fs *pflag.FlagSet) {
	fs.StringArrayVar(&f.files, "vault-file", nil, "secrets for {{vault:name}} and pm.vault: a JSON object, an environment or a .env `file`; repeatable")
	fs.StringArrayVar(&f.processes, "vault-from-process", nil, "take them from the process's variables that start with `PREFIX_`, without it; repeatable")
	fs.StringArrayVar(&f.prompts, "vault-prompt", nil, "ask for the secret `NAME` on the terminal; repeatable")
}

// ask asks for the secrets that are typed in, once for all runs.
func (f *vaultFlags) ask(s *term.Streams) error {
	f.answers = map[string]string{}
	for _, name := range f.prompts {
		value, err := s.Secret("vault secret " + name + ": ")
		if err != nil {
			return usageError("--vault-prompt %s: %v; use --vault-file or --vault-from-process", name, err)
		}
		f.answers[name] = value
	}
	return nil
}

// vault fills the run's vault: from files, then the process, then what was
// typed in.
func (j *job) vault(ctx context.Context, o *runner.Options) error {
	f := &j.flags.vault
	o.Vault = vars.NewScope("vault")
	for _, name := range f.files {
		if err := j.vaultFile(ctx, o.Vault, name); err != nil {
			return err
		}
	}
	for _, prefix := range f.processes {
		if prefix == "" {
			return usageError("--vault-from-process: want a prefix such as POSTIE_VAULT_")
		}
		j.fromProcess(prefix, func(key, value string) { o.Vault.SetSecret(key, value) })
	}
	for _, name := range f.prompts {
		o.Vault.SetSecret(name, f.answers[name])
	}
	return nil
}

// vaultFile reads one file of secrets. Errors quote nothing of it.
func (j *job) vaultFile(ctx context.Context, into *vars.Scope, name string) error {
	src, err := j.loader.read(ctx, name, "vault")
	if err != nil {
		return err
	}
	doc := gjson.ParseBytes(src)
	switch {
	case !bytes.HasPrefix(bytes.TrimSpace(src), []byte("{")):
		values, err := godotenv.UnmarshalBytes(src)
		if err != nil {
			return cannotRun("%s:%d: not a KEY=value line", shown(name), badLine(src))
		}
		for _, key := range sortedKeys(values) {
			into.SetSecret(key, values[key])
		}
		return nil
	case !gjson.ValidBytes(src) || doc.Get("values").IsArray():
		scope, err := collections.ParseEnvironment(shown(name), src)
		if err != nil {
			return documentError("vault", err)
		}
		for v := range scope.All() {
			if !v.Disabled {
				into.SetSecret(v.Key, vars.Text(v.Value))
			}
		}
		return nil
	}
	bad := ""
	doc.ForEach(func(key, value gjson.Result) bool {
		if value.IsObject() || value.IsArray() {
			bad = key.Str
			return false
		}
		into.SetSecret(key.Str, value.String())
		return true
	})
	if bad != "" {
		return cannotRun("vault %s: the secret %q is no text", shown(name), bad)
	}
	return nil
}
