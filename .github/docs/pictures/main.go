// Pictures makes the pictures of the documentation anew: it runs postie on a
// small shop and on simulated tenants, and lets Chromium draw what came out.
//
//	go run ./.github/docs/pictures
//
// It is run from the top of the repository and needs chromium in PATH.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"postie/collections/forgerock"
	"postie/runner/mock"
)

func main() {
	log.SetFlags(0)
	if err := makeAll(); err != nil {
		log.Fatal("pictures: ", err)
	}
}

// A studio has what the pictures are made of.
type studio struct {
	dir    string // of the documents and of what the runs write
	postie string
	docs   string // where the pictures go
	proxy  string // leads to the servers
}

func makeAll() error {
	docs, err := filepath.Abs(".github/docs")
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "pictures")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	proxy := httptest.NewServer(servers())
	defer proxy.Close()
	s := &studio{dir: dir, postie: filepath.Join(dir, "postie"), docs: docs, proxy: proxy.URL}
	if out, err := exec.Command("go", "build", "-o", s.postie, "./cmd/postie").CombinedOutput(); err != nil {
		return fmt.Errorf("%w\n%s", err, out)
	}
	if err := s.write(); err != nil {
		return err
	}
	return errors.Join(s.terminals(), s.pages())
}

// write puts the collections and environments in place.
func (s *studio) write() error {
	shop, err := os.ReadFile(filepath.Join(s.docs, "pictures", "shop.json"))
	if err != nil {
		return err
	}
	files := map[string][]byte{"shop.json": shop, "session.json": forgerock.Collection()}
	for i, name := range []string{"dev", "dev-us", "qa", "staging-eu", "staging-us", "preview"} {
		env := bytes.Replace(forgerock.Simulated(), []byte(`"name": "Simulated tenant"`), fmt.Appendf(nil, `"name": %q`, name), 1)
		env = bytes.Replace(env, []byte("127.0.0.1:8080"), fmt.Appendf(nil, "%s.example.com", name), 1)
		files[fmt.Sprintf("tenants/%d-%s.json", i, name)] = env
	}
	if err := os.Mkdir(filepath.Join(s.dir, "tenants"), 0o755); err != nil {
		return err
	}
	for name, data := range files {
		if err := os.WriteFile(filepath.Join(s.dir, name), data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// terminals draws what reporters print.
func (s *studio) terminals() error {
	shop := []string{"run", "shop.json"}
	return errors.Join(
		s.terminal("cli", append(shop, "-r", "cli")...),
		s.terminal("dot", append(shop, "-r", "dot")...),
		s.terminal("tap", append(shop, "-r", "tap")...),
		s.terminal("teamcity", append(shop, "-r", "teamcity")...),
		s.terminal("github", append(shop, "-r", "github")...),
		s.terminal("matrix", "run", "session.json", "-e", "tenants/", "-j", "4", "--quiet", "--reporter-cli-no-failures"),
	)
}

// terminal runs postie and draws its output, in color.
func (s *studio) terminal(name string, args ...string) error {
	out, err := s.run(args...)
	if err != nil {
		return err
	}
	page := `<meta charset="utf-8"><style>body{margin:0;background:#1d2424;color:#dde}pre{margin:0;padding:22px;font:16.5px/1.43 "DejaVu Sans Mono",monospace;width:max-content}</style><pre><span style="color:#889">$</span> postie ` +
		strings.Join(args, " ") + "\n" + spans(out) + "</pre>"
	return s.shoot(name, page)
}

// run carries postie out; a run in which something failed is fine.
func (s *studio) run(args ...string) (string, error) {
	cmd := exec.Command(s.postie, append(args, "--color", "on")...)
	cmd.Dir = s.dir
	cmd.Env = append(os.Environ(), "http_proxy="+s.proxy)
	var failed *exec.ExitError
	out, err := cmd.Output()
	if errors.As(err, &failed) && failed.ExitCode() == 1 {
		err = nil
	} else if failed != nil {
		err = fmt.Errorf("postie %s: %w\n%s", strings.Join(args, " "), err, failed.Stderr)
	}
	return string(out), err
}

// pages draws the HTML report: its first view, one execution, and several runs.
func (s *studio) pages() error {
	if _, err := s.run("run", "shop.json", "-r", "html", "--reporter-html-export", "one.html"); err != nil {
		return err
	}
	if _, err := s.run("run", "session.json", "-e", "tenants/", "-r", "html", "--reporter-html-export", "many.html"); err != nil {
		return err
	}
	one, many := "file://"+filepath.Join(s.dir, "one.html"), "file://"+filepath.Join(s.dir, "many.html")
	return errors.Join(
		s.screenshot("html", one, 1400, 900),
		s.screenshot("html-detail", one+"#e=2", 1400, 900),
		s.screenshot("html-grid", many, 1400, 900),
	)
}

// shoot draws a page as large as its text.
func (s *studio) shoot(name, page string) error {
	file := filepath.Join(s.dir, name+".page.html")
	if err := os.WriteFile(file, []byte(page), 0o644); err != nil {
		return err
	}
	if err := s.screenshot(name, "file://"+file, 1600, 2400); err != nil {
		return err
	}
	return crop(filepath.Join(s.docs, name+".png"))
}

func (s *studio) screenshot(name, url string, width, height int) error {
	cmd := exec.Command("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--force-device-scale-factor=1",
		"--user-data-dir="+filepath.Join(s.dir, "chromium"), "--virtual-time-budget=3000",
		fmt.Sprintf("--window-size=%d,%d", width, height), "--screenshot="+filepath.Join(s.docs, name+".png"), url)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("chromium: %w\n%s", err, out)
	}
	return nil
}

// crop takes away the empty right and bottom of a picture, and colors that
// hardly differ.
func crop(file string) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	full, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		return err
	}
	var used image.Rectangle
	empty := full.At(0, 0)
	for y := range full.Bounds().Dy() {
		for x := range full.Bounds().Dx() {
			if full.At(x, y) != empty {
				used = used.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	used.Min = image.Point{}
	used.Max = used.Max.Add(image.Pt(22, 22))
	out := image.NewPaletted(used.Intersect(full.Bounds()), shades(full.At(0, 0)))
	draw.Draw(out, out.Bounds(), full, image.Point{}, draw.Src)
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, out); err != nil {
		return err
	}
	return os.WriteFile(file, b.Bytes(), 0o644)
}

// servers are a shop and tenants, by host: one of the tenants has another user.
func servers() http.Handler {
	tenant, other := mock.NewForgeRock(mock.ForgeRockOptions{}), mock.NewForgeRock(mock.ForgeRockOptions{Users: map[string]string{"somebody": "else"}})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.Host {
		case "api.shop.example":
			answer(w, r)
		case "staging-us.example.com":
			other.ServeHTTP(w, r)
		default:
			tenant.ServeHTTP(w, r)
		}
	})
}

// answer is the shop.
func answer(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	w.Header().Set("Content-Type", "application/json")
	code, body := http.StatusNotFound, `{"message":"no such thing"}`
	switch r.Method + " " + r.URL.Path {
	case "POST /v1/session":
		code, body = http.StatusCreated, `{"token":"s3cr3t-token-of-the-shop"}`
	case "GET /v1/orders":
		code, body = http.StatusOK, `{"orders":[{"id":7},{"id":8}]}`
	case "GET /v1/orders/7":
		code, body = http.StatusOK, `{"id":7,"customer":"Ada","lines":[{"sku":"A1","count":2}],"total":12}`
	case "DELETE /v1/orders/8":
		code, body = http.StatusConflict, `{"message":"order 8 has been shipped"}`
	}
	w.WriteHeader(code)
	_, _ = io.WriteString(w, body)
}
