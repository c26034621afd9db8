package main

import (
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// TestImage lays out the image as its Dockerfile says, and starts the program
// there as the image's user: nothing but the binary and CA certificates, not
// even /tmp.
func TestImage(t *testing.T) {
	t.Parallel()
	if os.Getuid() != 0 {
		t.Skip("chroot needs root")
	}
	if os.Getenv("POSTIE_IMAGE") == "" {
		t.Skip("it builds the whole program anew, without cgo: POSTIE_IMAGE=1, as in CI, runs it")
	}
	srv := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte("{}"))
	}))
	t.Cleanup(srv.Close)
	img := readDockerfile(t)
	root := rootFolder(t)
	for dest, make := range map[string]func(string) error{
		"/usr/bin/postie": func(name string) error {
			build := exec.CommandContext(t.Context(), "go", "build", "-o", name, ".")
			build.Env = append(os.Environ(), "CGO_ENABLED=0")
			return build.Run()
		},
		"/etc/ssl/certs/ca-certificates.crt": func(name string) error {
			block := &pem.Block{Type: "CERTIFICATE", Bytes: srv.Certificate().Raw}
			return os.WriteFile(name, pem.EncodeToMemory(block), 0o644)
		},
	} {
		if !img.files[dest] {
			t.Fatalf("the Dockerfile has no %s", dest)
		}
		name := filepath.Join(root, dest)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := make(name); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(root, img.workdir), 0o755); err != nil {
		t.Fatal(err)
	}
	collection := `{"info":{"name":"Shop","schema":"https://schema.getpostman.com/json/collection/v2.1.0/collection.json"},"item":[
		{"name":"Pay","request":"` + srv.URL + `/pay","event":[{"listen":"test","script":{"exec":["pm.test('up', () => pm.response.to.have.status(200))"]}}]}]}`
	if err := os.WriteFile(filepath.Join(root, img.workdir, "shop.json"), []byte(collection), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"demo"}, {"run", "shop.json"}} {
		cmd := exec.CommandContext(t.Context(), img.entrypoint, args...)
		cmd.Dir, cmd.Env = img.workdir, []string{}
		cmd.SysProcAttr = &syscall.SysProcAttr{Chroot: root, Credential: &syscall.Credential{Uid: img.uid, Gid: img.gid}}
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("postie %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
}

// rootFolder is a folder that the image's user may enter.
func rootFolder(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	for dir := root; dir != filepath.Dir(dir) && dir != os.TempDir(); dir = filepath.Dir(dir) {
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// An image is what the last stage of the Dockerfile says.
type image struct {
	files               map[string]bool
	uid, gid            uint32
	workdir, entrypoint string
}

func readDockerfile(t *testing.T) image {
	t.Helper()
	_, last, ok := strings.Cut(read(t, filepath.Join(deploy, "Dockerfile")), "\nFROM scratch\n")
	if !ok {
		t.Fatal("the image is not from scratch")
	}
	img := image{files: map[string]bool{}}
	for line := range strings.Lines(last) {
		f := strings.Fields(line)
		if len(f) == 0 {
			continue
		}
		switch f[0] {
		case "COPY":
			img.files[f[len(f)-1]] = true
		case "WORKDIR":
			img.workdir = f[1]
		case "ENTRYPOINT":
			img.entrypoint = strings.Trim(f[1], `["]`)
		case "USER":
			uid, gid, _ := strings.Cut(f[1], ":")
			img.uid, img.gid = number(t, uid), number(t, gid)
		}
	}
	if img.uid == 0 {
		t.Fatal("the image's user is root")
	}
	return img
}

func number(t *testing.T, s string) uint32 {
	t.Helper()
	n, err := strconv.ParseUint(s, 10, 32)
	if err != nil {
		t.Fatalf("the image's user %q is no number, which Kubernetes needs to see that it is not root", s)
	}
	return uint32(n)
}
