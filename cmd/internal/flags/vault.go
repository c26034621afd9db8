package flags

import (
	"context"

	"github.com/spf13/pflag"

	"postie/cmd/internal/exit"
	"postie/cmd/internal/loader"
	"postie/cmd/internal/term"
	"postie/cmd/internal/values"
	"postie/collections/varfile"
	"postie/collections/vars"
	"postie/runner"
)

// Vault are the flags that name where the secrets of {{vault:name}} and
// pm.vault come from.
type Vault struct {
	Files     []string
	processes []string // prefixes
	prompts   []string

	answers map[string]string // the answers to the prompts
}

// Register defines the flags.
func (f *Vault) Register(fs *pflag.FlagSet) {
	fs.Var((*values.List)(&f.Files), "vault-file", "secrets for {{vault:name}} and pm.vault: a JSON object, an environment or a .env `file`; repeatable")
	fs.Var((*values.List)(&f.processes), "vault-from-process", "take them from the process's variables that start with `PREFIX_`, without it; repeatable")
	fs.Var((*values.List)(&f.prompts), "vault-prompt", "ask for the secret `NAME` on the terminal; repeatable")
}

// Ask asks for the secrets that the user types in, once for all runs.
func (f *Vault) Ask(s *term.Streams) error {
	f.answers = map[string]string{}
	for _, name := range f.prompts {
		value, err := s.Secret("vault secret " + name + ": ")
		if err != nil {
			return exit.Usage("--vault-prompt %s: %v; use --vault-file or --vault-from-process", name, err)
		}
		f.answers[name] = value
	}
	return nil
}

// Fill fills the run's vault: from files, then from the process, then with what
// the user typed in.
func (f *Vault) Fill(ctx context.Context, l *loader.Loader, o *runner.Options) error {
	if len(f.Files)+len(f.processes)+len(f.prompts) == 0 {
		return nil // so that pm.vault tells scripts that there is no vault
	}
	o.Vault = vars.NewScope("vault")
	for _, name := range f.Files {
		list, err := l.Variables(ctx, name, "vault", varfile.ParseVault)
		if err != nil {
			return err
		}
		for _, v := range list {
			o.Vault.SetSecret(v.Key, v.Value)
		}
	}
	for _, prefix := range f.processes {
		if prefix == "" {
			return exit.Usage("--vault-from-process: want a prefix such as POSTIE_VAULT_")
		}
		for _, v := range varfile.FromProcess(l.Streams.Environ(), prefix) {
			o.Vault.SetSecret(v.Key, v.Value)
		}
	}
	for _, name := range f.prompts {
		o.Vault.SetSecret(name, f.answers[name])
	}
	return nil
}
