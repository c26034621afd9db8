package job

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"

	"postie/cmd/internal/exit"
)

// parsed are the flags of a run command with these arguments.
func parsed(t *testing.T, args ...string) *Flags {
	t.Helper()
	f := &Flags{}
	root := &cobra.Command{Use: "postie"}
	run := &cobra.Command{Use: "run", Run: f.Begin}
	f.RegisterForRun(run.Flags())
	run.Flags().Bool("no-mask", false, "")
	root.AddCommand(run)
	root.SetArgs(append([]string{"run"}, args...))
	if err := root.ExecuteContext(t.Context()); err != nil {
		t.Fatal(err)
	}
	return f
}

func TestCheck(t *testing.T) {
	for _, tt := range []struct {
		name string
		args []string
		ok   bool
	}{
		{"nothing is said", nil, true},
		{"bail as newman has it", []string{"--bail=folder"}, true},
		{"another bail", []string{"--bail=never"}, false},
		{"the simulated tenant", []string{"--mock", "forgerock"}, true},
		{"another mock", []string{"--mock", "wiremock"}, false},
		{"reporters", []string{"-r", "cli, junit,cli"}, true},
		{"a reporter without a name", []string{"-r", "cli,"}, false},
		{"a reporter that is not there", []string{"-r", "cli,xunit"}, false},
	} {
		err := parsed(t, append([]string{"c.json"}, tt.args...)...).Check()
		var e *exit.Error
		if (err == nil) != tt.ok || err != nil && (!errors.As(err, &e) || e.Code != exit.BadUsage) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

// The command that carries a run out again has what decides what the run meets,
// and neither reports nor secrets.
func TestAgain(t *testing.T) {
	for _, tt := range []struct {
		name string
		args []string
		want []string
	}{
		{"a collection", []string{"c.json"}, []string{"postie", "run", "c.json"}},
		{"its environment and rows", []string{"c.json", "-e", "dev.json", "-d", "rows.csv"},
			[]string{"postie", "run", "c.json", "-e", "dev.json", "--iteration-data", "rows.csv"}},
		{"not what it reports or selects", []string{"c.json", "-r", "junit", "--folder", "A", "--insecure"},
			[]string{"postie", "run", "c.json", "--insecure"}},
		{"variables, without secrets", []string{"c.json", "--env-var", "host=a", "--env-var", "password=p"},
			[]string{"postie", "run", "c.json", "--env-var", "host=a", "--env-var", "password=…"}},
		{"a collection from a pipe", []string{"-"}, nil},
	} {
		if got := parsed(t, tt.args...).again(); !cmp.Equal(got, tt.want) {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
	if got := (&Flags{}).again(); got != nil {
		t.Errorf("without a command line: %q", got)
	}
}

// Files that a run reads are watched, and no report overwrites them. Addresses
// and standard input are no files.
func TestFilesOfARun(t *testing.T) {
	f := parsed(t, "c.json", "-e", "dev.json", "-g", "https://example.com/globals.json", "-d", "-")
	f.sourceFiles = []string{"c.json"}
	if got, want := f.watched(f.sourceFiles), []string{"c.json", "dev.json", "-"}; !cmp.Equal(got, want) {
		t.Errorf("watched %q, want %q", got, want)
	}
	var got []string
	for _, target := range f.inputs() {
		got = append(got, target.Name+" "+target.Path)
	}
	if want := []string{"collection c.json", "environment dev.json"}; !cmp.Equal(got, want) {
		t.Errorf("inputs %q, want %q", got, want)
	}
}

func TestOneReaderOfStandardInput(t *testing.T) {
	for _, tt := range []struct {
		args []string
		ok   bool
	}{
		{[]string{"-"}, true},
		{[]string{"c.json", "--env-file", "-"}, true},
		{[]string{"-", "--env-file", "-"}, false},
	} {
		if err := parsed(t, tt.args...).oneReader(tt.args[0]); (err == nil) != tt.ok {
			t.Errorf("%q: %v", tt.args, err)
		}
	}
}

// With -x a failed run is success; wrong usage stays an error.
func TestSuppress(t *testing.T) {
	failed, usage := &exit.Error{Code: exit.Failed, Text: "failed"}, exit.Usage("wrong")
	if err := parsed(t, "c.json").Suppress(failed); err != error(failed) {
		t.Errorf("without -x: %v", err)
	}
	quiet := parsed(t, "c.json", "-x")
	var e *exit.Error
	if err := quiet.Suppress(failed); !errors.As(err, &e) || e.Code != exit.OK || e.Text != "failed" {
		t.Errorf("with -x: %v", err)
	}
	if err := quiet.Suppress(usage); err != usage {
		t.Errorf("wrong usage: %v", err)
	}
	if err := quiet.Suppress(nil); err != nil {
		t.Errorf("no error: %v", err)
	}
}

// A job of a cluster has so many iterations that each worker gets several jobs.
func TestChunkOf(t *testing.T) {
	for _, tt := range []struct{ iterations, workers, want int }{
		{1, 4, 1}, {64, 4, 2}, {1000, 1, 125}, {1_000_000, 4, 200},
	} {
		if got := chunkOf(tt.iterations, tt.workers); got != tt.want {
			t.Errorf("%d iterations on %d workers: %d, want %d", tt.iterations, tt.workers, got, tt.want)
		}
	}
}
