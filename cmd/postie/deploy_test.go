package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"

	"postie/cmd/internal/flags"
	"postie/cmd/internal/term"
)

// deploy is where the files are that put postie on other machines.
var deploy = filepath.Join("..", "..", ".github", "deploy")

// A pod is what the tests look at in one.
type pod struct {
	Name       string // file and object
	Containers []container
	Spec       map[string]any
}

// A container is one that may run postie.
type container struct {
	Name         string
	Image        string
	Command      []string
	Args         []string
	VolumeMounts []mount        `yaml:"volumeMounts"`
	Spec         map[string]any `yaml:"-"`
}

type mount struct {
	Name string
	Path string `yaml:"mountPath"`
}

// TestDeployCommandLines holds every command line of the deploy files and of
// the page about clusters against the program: commands, flags and their values.
func TestDeployCommandLines(t *testing.T) {
	t.Parallel()
	lines := map[string][]string{}
	for _, p := range pods(t) {
		for _, c := range p.Containers {
			lines[p.Name] = append([]string{"postie"}, c.Args...)
		}
	}
	for name, args := range composed(t) {
		lines["compose.yaml "+name] = append([]string{"postie"}, args...)
	}
	for _, page := range match(t, filepath.Join(deploy, "systemd", "*")) {
		for _, line := range startLine.FindAllStringSubmatch(read(t, page), -1) {
			lines[filepath.Base(page)] = strings.Fields(strings.ReplaceAll(line[1], "\\\n", " "))
		}
	}
	for i, line := range documented(t, filepath.Join(deploy, "..", "docs", "cluster.md")) {
		lines[fmt.Sprintf("cluster.md %d", i+1)] = line
	}
	for name, line := range lines {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if path.Base(line[0]) != "postie" {
				t.Fatalf("it does not start postie: %q", line)
			}
			if err := parses(line[1:]); err != nil {
				t.Errorf("postie %s: %v", strings.Join(line[1:], " "), err)
			}
		})
	}
}

// documented are the postie commands in the blocks of a page that need machines,
// which TestDocs can't run.
func documented(t *testing.T, page string) [][]string {
	t.Helper()
	var out [][]string
	for _, block := range regexp.MustCompile("(?ms)^```bash\n(.*?)^```$").FindAllStringSubmatch(read(t, page), -1) {
		file, err := syntax.NewParser().Parse(strings.NewReader(block[1]), page)
		if err != nil {
			t.Fatal(err)
		}
		syntax.Walk(file, func(n syntax.Node) bool {
			if call, ok := n.(*syntax.CallExpr); ok && len(call.Args) > 0 && call.Args[0].Lit() == "postie" {
				words, err := expand.Fields(nil, call.Args...)
				if err != nil {
					t.Fatal(err)
				}
				out = append(out, words)
			}
			return true
		})
	}
	return out
}

// TestDeployScales: KEDA gives each worker as many jobs as it takes at once, and
// each scaler is for the Deployment there is.
func TestDeployScales(t *testing.T) {
	t.Parallel()
	var jobs string
	for _, p := range pods(t) {
		for _, c := range p.Containers {
			if i := slices.Index(c.Args, "--jobs"); i >= 0 {
				jobs = c.Args[i+1]
			}
		}
	}
	keda := objects(t, filepath.Join(deploy, "kubernetes", "keda.yaml"))[0]
	hpa := objects(t, filepath.Join(deploy, "kubernetes", "hpa.yaml"))[0]
	triggers, _ := at(keda, "spec.triggers").([]any)
	trigger, _ := triggers[0].(map[string]any)
	if got := at(trigger, "metadata.lagThreshold"); got != jobs || jobs == "" {
		t.Errorf("lagThreshold is %v, and a worker's --jobs %q", got, jobs)
	}
	for _, o := range []map[string]any{keda, hpa} {
		target := at(o, "spec.scaleTargetRef.name")
		if !slices.ContainsFunc(pods(t), func(p pod) bool { return p.Name == "workers.yaml "+target.(string) }) {
			t.Errorf("%v scales %v, which is not there", o["kind"], target)
		}
	}
}

// startLine is a command of a systemd unit, with the lines that continue it.
var startLine = regexp.MustCompile(`(?m)^ExecStart=((?:.*\\\n)*.*)$`)

// substituted are variables that Kubernetes, compose and systemd fill in.
var substituted = regexp.MustCompile(`\$\([A-Z_]+\)|\$\{[A-Z_]+\}|%[a-zA-Z]`)

// parses reports what is wrong with a command line, without carrying it out.
func parses(args []string) error {
	for i, a := range args {
		args[i] = substituted.ReplaceAllString(a, "1")
	}
	rest, reporter := flags.SplitReporters(flags.Normalize(args))
	root := newRoot(&term.Streams{In: strings.NewReader(""), Out: io.Discard, Err: io.Discard}, reporter)
	cmd, rest, err := root.Find(rest)
	if err != nil {
		return err
	}
	if !cmd.Runnable() || cmd == root {
		return errors.New("no such command")
	}
	if err := cmd.ParseFlags(rest); err != nil {
		return err
	}
	if err := reporter.Belong(cmd); err != nil {
		return err
	}
	return cmd.ValidateArgs(cmd.Flags().Args())
}

// TestDeployIsHardened: no container of ours runs as root, writes outside its
// volumes, or may gain rights; and what its command line names is mounted.
func TestDeployIsHardened(t *testing.T) {
	t.Parallel()
	all := pods(t)
	if len(all) == 0 {
		t.Fatal("no pods")
	}
	for _, p := range all {
		t.Run(p.Name, func(t *testing.T) {
			t.Parallel()
			for _, want := range []struct {
				where string
				value any
			}{
				{"automountServiceAccountToken", false}, {"securityContext.runAsNonRoot", true}, {"securityContext.seccompProfile.type", "RuntimeDefault"},
			} {
				if got := at(p.Spec, want.where); got != want.value {
					t.Errorf("%s = %v, want %v", want.where, got, want.value)
				}
			}
			for _, c := range p.Containers {
				hardened(t, c)
				mounted(t, c)
			}
		})
	}
}

func hardened(t *testing.T, c container) {
	t.Helper()
	for where, want := range map[string]any{"securityContext.allowPrivilegeEscalation": false, "securityContext.readOnlyRootFilesystem": true} {
		if got := at(c.Spec, where); got != want {
			t.Errorf("%s: %s = %v, want %v", c.Name, where, got, want)
		}
	}
	if drop, _ := at(c.Spec, "securityContext.capabilities.drop").([]any); !slices.Contains(drop, any("ALL")) {
		t.Errorf("%s keeps capabilities", c.Name)
	}
	if at(c.Spec, "resources.limits.memory") == nil || at(c.Spec, "resources.requests.cpu") == nil {
		t.Errorf("%s has no bounds of memory and processor", c.Name)
	}
	if strings.HasSuffix(c.Image, ":latest") || !strings.Contains(path.Base(c.Image), ":") {
		t.Errorf("%s: the image %s has no version", c.Name, c.Image)
	}
}

func mounted(t *testing.T, c container) {
	t.Helper()
	writable := false
	for _, m := range c.VolumeMounts {
		writable = writable || m.Path == "/tmp"
	}
	if !writable {
		t.Errorf("%s has no /tmp", c.Name)
	}
	for _, a := range c.Args {
		if !strings.HasPrefix(a, "/") {
			continue
		}
		if !slices.ContainsFunc(c.VolumeMounts, func(m mount) bool { return strings.HasPrefix(a, m.Path+"/") }) {
			t.Errorf("%s: nothing is mounted for %s", c.Name, a)
		}
	}
}

// TestDeployHoldsNoSecrets: command lines are seen by whoever lists processes,
// and environments by whoever reads a pod's description.
func TestDeployHoldsNoSecrets(t *testing.T) {
	t.Parallel()
	secret := regexp.MustCompile(`(?i)--[a-z-]*(token|password|secret)\b[= ]|nats://[^/\s]*@|tls://[^/\s]*@|\bSU[A-Z2-7]{56}\b`)
	err := filepath.WalkDir(deploy, func(name string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			if found := secret.FindString(read(t, name)); found != "" {
				t.Errorf("%s: %s", name, found)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// pods are those of all manifests. A field that is there twice is an error.
func pods(t *testing.T) []pod {
	t.Helper()
	var out []pod
	for _, name := range match(t, filepath.Join(deploy, "kubernetes", "*.yaml")) {
		for _, o := range objects(t, name) {
			spec, _ := at(o, "spec.template.spec").(map[string]any)
			if o["kind"] == "CronJob" {
				spec, _ = at(o, "spec.jobTemplate.spec.template.spec").(map[string]any)
			}
			if spec == nil {
				continue
			}
			p := pod{Name: filepath.Base(name) + " " + at(o, "metadata.name").(string), Spec: spec}
			list, _ := spec["containers"].([]any)
			for _, raw := range list {
				src, err := yaml.Marshal(raw)
				if err != nil {
					t.Fatal(err)
				}
				var c container
				if err := yaml.Unmarshal(src, &c); err != nil {
					t.Fatal(err)
				}
				c.Spec, _ = raw.(map[string]any)
				p.Containers = append(p.Containers, c)
			}
			out = append(out, p)
		}
	}
	return out
}

// objects are the documents of a manifest.
func objects(t *testing.T, name string) []map[string]any {
	t.Helper()
	var out []map[string]any
	dec := yaml.NewDecoder(bytes.NewReader([]byte(read(t, name))))
	for {
		var o map[string]any
		err := dec.Decode(&o)
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if o["apiVersion"] == nil || o["kind"] == nil || at(o, "metadata.name") == nil {
			t.Fatalf("%s: an object without apiVersion, kind or name", name)
		}
		out = append(out, o)
	}
}

// composed are the commands of the services that run postie.
func composed(t *testing.T) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	for _, name := range match(t, filepath.Join(deploy, "compose.yaml")) {
		var f struct {
			Services map[string]struct {
				Image   string
				Command []string
			}
		}
		if err := yaml.Unmarshal([]byte(read(t, name)), &f); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for service, s := range f.Services {
			if strings.Contains(s.Image, "postie") {
				out[service] = s.Command
			}
		}
	}
	return out
}

// at is a field by its path, nil when it is not there.
func at(o map[string]any, where string) any {
	var v any = o
	for name := range strings.SplitSeq(where, ".") {
		m, _ := v.(map[string]any)
		v = m[name]
	}
	return v
}

func match(t *testing.T, pattern string) []string {
	t.Helper()
	names, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func read(t *testing.T, name string) string {
	t.Helper()
	src, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(src)
}
