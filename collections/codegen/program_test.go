package codegen

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A tool runs a target's programs: each on its own, or many in one process when
// it has a driver, which saves to start, and to compile, each of them.
type tool struct {
	lang, file string
	command    []string
	driver     func(t *testing.T, dir string, programs []string) []string // its command
}

var tools = []tool{
	{lang: "curl", file: "call.sh", command: []string{"sh"}},
	{lang: "python", file: "call.py", command: []string{"python3"}, driver: interpreted("driver.py", ".py", "", "")},
	{lang: "javascript", file: "call.js", command: []string{"node"}, driver: interpreted("driver.js", ".js", "main().catch(", "module.exports = main().catch(")},
	{lang: "php", file: "call.php", command: []string{"php"}},
	{lang: "ruby", file: "call.rb", command: []string{"ruby"}, driver: interpreted("driver.rb", ".rb", "", "")},
	{lang: "httpie", file: "call.sh", command: []string{"sh"}},
	{lang: "go", file: "main.go", command: []string{"go", "run"}, driver: goDriver},
	{lang: "java", file: "Main.java", command: []string{"java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"}, driver: javaDriver}, // a program that ends at once
	{lang: "rust", file: "main.rs", command: []string{"rustc"}, driver: rustDriver},
	{lang: "k6", file: "call.js", command: []string{"k6", "run", "--quiet"}},
	{lang: "kotlin", file: "Main.kt", command: []string{"kotlinc"}, driver: kotlinDriver},
}

// needs are the programs a tool cannot run without.
func (tl tool) needs() []string {
	return append(map[string][]string{"curl": {"curl"}, "httpie": {"http"}, "java": {"javac"}}[tl.lang], tl.command[0])
}

// need skips a test whose tool is not here, and the slow ones in short runs.
func (tl tool) need(t *testing.T) {
	t.Helper()
	for _, need := range tl.needs() {
		if _, err := exec.LookPath(need); err != nil {
			t.Skipf("no %s here", need)
		}
	}
	if tl.lang == "kotlin" && os.Getenv("POSTIE_OKHTTP") == "" {
		t.Skip("no OkHttp here: POSTIE_OKHTTP names its class path")
	}
	if testing.Short() && tl.lang != "curl" {
		t.Skip("short")
	}
}

func save(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// must runs a command that prepares a test.
func must(t *testing.T, dir string, command ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), command[0], command[1:]...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "GO111MODULE=on", "GOFLAGS=-mod=mod", "GOWORK=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%q: %v\n%s", command, err, out)
	}
}

// interpreted is the driver of a language that loads programs by name. In each
// of them from becomes to.
func interpreted(driver, ext, from, to string) func(*testing.T, string, []string) []string {
	return func(t *testing.T, dir string, programs []string) []string {
		for i, code := range programs {
			if from != "" {
				code = strings.Replace(code, from, to, 1)
			}
			save(t, filepath.Join(dir, fmt.Sprint(i)+ext), code)
		}
		path, err := filepath.Abs(filepath.Join("testdata/drivers", driver))
		if err != nil {
			t.Fatal(err)
		}
		return []string{map[string]string{".py": "python3", ".js": "node", ".rb": "ruby"}[ext], path}
	}
}

// javaDriver compiles all programs at once and runs them in one machine.
func javaDriver(t *testing.T, dir string, programs []string) []string {
	driver, err := os.ReadFile("testdata/drivers/Driver.java")
	if err != nil {
		t.Fatal(err)
	}
	save(t, filepath.Join(dir, "Driver.java"), string(driver))
	files := []string{"javac", "-J-XX:TieredStopAtLevel=1", "-nowarn", "-d", ".", "Driver.java"}
	for i, code := range programs {
		name := fmt.Sprintf("Main%d.java", i)
		save(t, filepath.Join(dir, name), strings.Replace(code, "public class Main {", fmt.Sprintf("class Main%d {", i), 1))
		files = append(files, name)
	}
	must(t, dir, files...)
	return []string{"java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", dir, "Driver"}
}

// kotlinDriver compiles all programs at once, each as a package of its own, and
// runs them in one machine. POSTIE_OKHTTP is OkHttp's class path.
func kotlinDriver(t *testing.T, dir string, programs []string) []string {
	okHTTP := os.Getenv("POSTIE_OKHTTP")
	files := []string{"kotlinc", "-nowarn", "-cp", okHTTP, "-d", "calls.jar"}
	for i, code := range programs {
		code = strings.NewReplacer("exitProcess(0)", "", "fun env(", "private fun env(").Replace(code)
		name := fmt.Sprintf("call%d.kt", i)
		save(t, filepath.Join(dir, name), fmt.Sprintf("package p%d\n%s\nobject Main%d {\n    @JvmStatic fun main(args: Array<String>) = p%d.main()\n}\n", i, code, i, i))
		files = append(files, name)
	}
	driver, err := os.ReadFile("testdata/drivers/Driver.java")
	if err != nil {
		t.Fatal(err)
	}
	save(t, filepath.Join(dir, "Driver.java"), strings.Replace(string(driver), `"Main" + line`, `"p" + line + ".Main" + line`, 1))
	must(t, dir, files...)
	must(t, dir, "javac", "-d", ".", "Driver.java")
	return []string{"kotlin", "-cp", strings.Join([]string{okHTTP, "calls.jar", "."}, string(filepath.ListSeparator)), "Driver"}
}

// goDriver compiles all programs into one, each as a function of its own.
func goDriver(t *testing.T, dir string, programs []string) []string {
	var calls strings.Builder
	for i, code := range programs {
		code, _, _ = strings.Cut(code, "\n// env is a parameter")
		save(t, filepath.Join(dir, fmt.Sprintf("call%d.go", i)), strings.Replace(code, "func main() {", fmt.Sprintf("func main%d() {", i), 1))
		fmt.Fprintf(&calls, "case \"%d\":\nmain%d()\n", i, i)
	}
	save(t, filepath.Join(dir, "go.mod"), "module programs\n\ngo 1.21\n")
	save(t, filepath.Join(dir, "driver.go"), "package main\n\nimport (\n\"bufio\"\n\"fmt\"\n\"log\"\n\"os\"\n)\n\nfunc main() {\nfor in := bufio.NewScanner(os.Stdin); in.Scan(); fmt.Println(\"\\n\\x01ok\") {\nswitch in.Text() {\n"+calls.String()+"}\n}\n}\n"+goEnv)
	must(t, dir, "go", "build", "-o", "driver", ".")
	return []string{filepath.Join(dir, "driver")}
}

// rustDriver compiles all programs into one, each as a module of its own.
func rustDriver(t *testing.T, dir string, programs []string) []string {
	var modules, calls strings.Builder
	for i, code := range programs {
		fmt.Fprintf(&modules, "mod p%d {\n%s}\n", i, strings.Replace(code, "fn main()", "pub fn main()", 1))
		fmt.Fprintf(&calls, "            \"%d\" => p%d::main(),\n", i, i)
	}
	save(t, filepath.Join(dir, "driver.rs"), "fn main() {\n    for line in std::io::stdin().lines() {\n        let line = line.unwrap();\n        match match line.as_str() {\n"+calls.String()+
		"            _ => Err(\"no such program\".into()),\n        } {\n            Ok(()) => println!(\"\\n\\u{1}ok\"),\n            Err(error) => println!(\"\\n\\u{1}failed: {error}\"),\n        }\n    }\n}\n"+modules.String())
	compileRust(t, dir, filepath.Join(dir, "driver"), filepath.Join(dir, "driver.rs"))
	return []string{filepath.Join(dir, "driver")}
}

// crates that the programs use; testdata has stand-ins for machines that
// cannot fetch them.
var crates = []string{"reqwest", "urlencoding", "base64"}

// compileRust makes a program of a source; the crates' own libraries are made
// with the first.
func compileRust(t *testing.T, dir, program, source string) {
	t.Helper()
	args := []string{"rustc", "--edition", "2021", "-C", "debuginfo=0", "-A", "warnings", "-o", program, source}
	for _, crate := range crates {
		library := filepath.Join(dir, "lib"+crate+".rlib")
		if _, err := os.Stat(library); err != nil {
			path, err := filepath.Abs(filepath.Join("testdata/rust", crate+".rs"))
			if err != nil {
				t.Fatal(err)
			}
			must(t, dir, "rustc", "--edition", "2021", "-C", "debuginfo=0", "--crate-type", "rlib", "--out-dir", dir, path)
		}
		args = append(args, "--extern", crate+"="+library)
	}
	must(t, dir, args...)
}

// environment is what programs get: the parameters, and the way to the test's own
// server whatever the machine's proxy is.
func environment(env []string) []string {
	return append(append(os.Environ(), "NO_PROXY=*", "no_proxy=*"), env...)
}

// run runs one program and returns what it printed.
func (tl tool) run(t *testing.T, dir, code string, env ...string) (string, error) {
	t.Helper()
	file := filepath.Join(dir, tl.file)
	save(t, file, code)
	command := append(slices.Clone(tl.command), file)
	switch tl.lang {
	case "rust":
		compileRust(t, dir, filepath.Join(dir, "call"), file)
		command = []string{filepath.Join(dir, "call")}
	case "kotlin":
		must(t, dir, "kotlinc", "-nowarn", "-cp", os.Getenv("POSTIE_OKHTTP"), "-d", "call.jar", file)
		command = []string{"kotlin", "-cp", os.Getenv("POSTIE_OKHTTP") + ":call.jar", "MainKt"}
	}
	cmd := exec.CommandContext(t.Context(), command[0], command[1:]...)
	cmd.Dir, cmd.Env = dir, environment(env)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// start prepares many programs, and returns what runs the one of an index.
func (tl tool) start(t *testing.T, dir string, programs []string, env ...string) func(i int) error {
	t.Helper()
	if tl.driver == nil {
		return func(i int) error {
			out, err := tl.run(t, dir, programs[i], env...)
			if err != nil {
				return fmt.Errorf("%w\n%s", err, out)
			}
			return nil
		}
	}
	command := tl.driver(t, dir, programs)
	var d *process
	t.Cleanup(func() { d.end() })
	return func(i int) error {
		if d == nil {
			d = startProcess(t, dir, command, env)
		}
		outcome, err := d.ask(i)
		switch {
		case err != nil: // a program that failed took the driver with it
			d.end()
			d = nil
			return err
		case outcome != "ok":
			return errors.New(outcome)
		}
		return nil
	}
}

// A process is a driver at work.
type process struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

func startProcess(t *testing.T, dir string, command, env []string) *process {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), command[0], command[1:]...)
	cmd.Dir, cmd.Env = dir, environment(env)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return &process{cmd: cmd, in: in, out: bufio.NewReader(out)}
}

// ask runs the program of an index and returns its outcome.
func (p *process) ask(i int) (outcome string, err error) {
	if _, err := fmt.Fprintln(p.in, i); err != nil {
		return "", err
	}
	for {
		line, err := p.out.ReadString('\n')
		if err != nil {
			return "", fmt.Errorf("the driver has ended: %w", err)
		}
		if outcome, ok := strings.CutPrefix(line, "\x01"); ok {
			return strings.TrimSpace(outcome), nil
		}
	}
}

func (p *process) end() {
	if p != nil {
		p.in.Close()
		_ = p.cmd.Wait()
	}
}
