package report_test

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// A browser is a headless Chromium driven over its debugging pipe.
type browser struct {
	t       *testing.T
	in      *os.File
	session string
	next    int
	replies chan reply

	mu       sync.Mutex
	troubles []string // errors, refusals of the page's policy, requests to a network
}

// patience is what a browser's answer may take: it ends tests of one that hangs,
// and none of one that shares the machine with many.
const patience = 5 * time.Minute

// dialog is the trouble of a script that should not have run: those of the
// tests open one.
const dialog = "a script of the run's data ran"

type reply struct {
	ID     int             `json:"id"`
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
	Result json.RawMessage `json:"result"`
	Error  *struct {
		Message string `json:"message"`
	} `json:"error"`
}

// openBrowser starts a browser; the test is skipped where none is installed.
func openBrowser(t *testing.T) *browser {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if p, err := exec.LookPath(name); err == nil {
			path = p
			break
		}
	}
	if path == "" {
		if os.Getenv("POSTIE_REQUIRE_BROWSER") == "1" {
			t.Fatal("POSTIE_REQUIRE_BROWSER is set and no Chromium is installed")
		}
		t.Skip("no Chromium is installed; POSTIE_REQUIRE_BROWSER=1 makes this a failure")
	}
	theirs, in := pipe(t)
	out, theirOut := pipe(t)
	args := []string{"--headless", "--remote-debugging-pipe", "--disable-gpu", "--disable-quic", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--user-data-dir=" + profile(t)}
	if os.Getuid() == 0 {
		args = append(args, "--no-sandbox")
	}
	cmd := exec.CommandContext(t.Context(), path, append(args, "about:blank")...)
	cmd.ExtraFiles = []*os.File{theirs, theirOut}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	theirs.Close()
	theirOut.Close()
	b := &browser{t: t, in: in, replies: make(chan reply, 16)}
	done := make(chan struct{})
	go func() { defer close(done); b.read(out) }()
	t.Cleanup(func() {
		in.Write([]byte(`{"id":999999,"method":"Browser.close"}` + "\x00"))
		<-done
		cmd.Wait()
	})
	b.attach()
	return b
}

// profile is a folder for the browser's own files. Its helpers may write there
// for a moment after it ended, which is no failure.
func profile(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "postie-browser-*")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for range 20 {
			if os.RemoveAll(dir) == nil {
				return
			}
			time.Sleep(50 * time.Millisecond)
		}
	})
	return dir
}

func pipe(t *testing.T) (r, w *os.File) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close(); w.Close() })
	return r, w
}

// read hands replies on and notes what should not happen, until the browser
// ends.
func (b *browser) read(out *os.File) {
	defer close(b.replies)
	in := bufio.NewReader(out)
	for {
		text, err := in.ReadBytes(0)
		if err != nil {
			return
		}
		var r reply
		if json.Unmarshal(text[:len(text)-1], &r) != nil {
			continue
		}
		if r.ID != 0 && r.ID != 999999 {
			b.replies <- r
		}
		b.watch(r)
	}
}

func (b *browser) watch(r reply) {
	trouble := ""
	switch r.Method {
	case "Runtime.exceptionThrown", "Log.entryAdded":
		trouble = string(r.Params)
	case "Network.requestWillBeSent":
		var p struct{ Request struct{ URL string } }
		if json.Unmarshal(r.Params, &p) == nil && !strings.HasPrefix(p.Request.URL, "file:") && !strings.HasPrefix(p.Request.URL, "data:") {
			trouble = "request to " + p.Request.URL
		}
	case "Page.javascriptDialogOpening":
		trouble = dialog
	}
	if trouble != "" {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.troubles = append(b.troubles, trouble)
	}
}

func (b *browser) attach() {
	b.t.Helper()
	var target struct{ TargetID string }
	b.call("Target.createTarget", `{"url":"about:blank"}`, &target)
	var attached struct{ SessionID string }
	b.call("Target.attachToTarget", `{"targetId":"`+target.TargetID+`","flatten":true}`, &attached)
	b.session = attached.SessionID
	for _, domain := range []string{"Page", "Runtime", "Log", "Network"} {
		b.call(domain+".enable", `{}`, nil)
	}
	b.size(1400, 900)
}

func (b *browser) size(w, h int) {
	params, _ := json.Marshal(map[string]any{"width": w, "height": h, "deviceScaleFactor": 1, "mobile": false})
	b.call("Emulation.setDeviceMetricsOverride", string(params), nil)
}

// call sends a command and takes its result.
func (b *browser) call(method, params string, result any) {
	b.t.Helper()
	b.next++
	msg := map[string]any{"id": b.next, "method": method, "params": json.RawMessage(params)}
	if b.session != "" {
		msg["sessionId"] = b.session
	}
	text, err := json.Marshal(msg)
	if err != nil {
		b.t.Fatal(err)
	}
	if _, err := b.in.Write(append(text, 0)); err != nil {
		b.t.Fatal(err)
	}
	for {
		select {
		case r, ok := <-b.replies:
			switch {
			case !ok:
				b.t.Fatalf("%s: the browser ended", method)
			case r.ID != b.next:
				continue
			case r.Error != nil:
				b.t.Fatalf("%s: %s", method, r.Error.Message)
			case result != nil:
				if err := json.Unmarshal(r.Result, result); err != nil {
					b.t.Fatalf("%s: %v", method, err)
				}
			}
			return
		case <-time.After(patience):
			b.t.Fatalf("%s: no answer", method)
		}
	}
}

// ask evaluates an expression, awaits it and returns its value as text.
func (b *browser) ask(js string) string {
	b.t.Helper()
	params, _ := json.Marshal(map[string]any{"expression": js, "awaitPromise": true, "returnByValue": true})
	var r struct {
		Result struct {
			Value json.RawMessage
		}
		ExceptionDetails *struct {
			Exception struct{ Description string }
		}
	}
	b.call("Runtime.evaluate", string(params), &r)
	if r.ExceptionDetails != nil {
		b.t.Fatalf("%s: %s", js, r.ExceptionDetails.Exception.Description)
	}
	var s string
	if json.Unmarshal(r.Result.Value, &s) == nil {
		return s
	}
	return string(r.Result.Value)
}

// until waits for an expression to hold.
func (b *browser) until(js string) {
	b.t.Helper()
	if !b.becomes(js) {
		b.t.Fatalf("never came true: %s", js)
	}
}

// becomes reports whether an expression holds, now or when the page has done what
// it was told to.
func (b *browser) becomes(js string) bool {
	b.t.Helper()
	return b.ask(`new Promise((done) => { const end = Date.now() + `+strconv.FormatInt((patience/2).Milliseconds(), 10)+`; const look = () => {
		let is = false; try { is = (`+js+`); } catch {}
		if (is) done(true); else if (Date.now() > end) done(false); else setTimeout(look, 15); }; look(); })`) == "true"
}

// is fails the test when an expression does not become the text.
func (b *browser) is(js, want string) {
	b.t.Helper()
	text, err := json.Marshal(want)
	if err != nil {
		b.t.Fatal(err)
	}
	if !b.becomes("(" + js + ") === " + string(text)) {
		b.t.Errorf("%s = %q, want %q", js, b.ask(js), want)
	}
}

// press presses and releases a key.
func (b *browser) press(key string) {
	b.t.Helper()
	text := ""
	if len(key) == 1 {
		text = key
	}
	if key == "Enter" {
		text = "\r"
	}
	down, _ := json.Marshal(map[string]any{"type": "keyDown", "key": key, "text": text})
	b.call("Input.dispatchKeyEvent", string(down), nil)
	up, _ := json.Marshal(map[string]any{"type": "keyUp", "key": key})
	b.call("Input.dispatchKeyEvent", string(up), nil)
}

// open shows a page and waits until it has made itself.
func (b *browser) open(path, hash string) {
	b.t.Helper()
	url, _ := json.Marshal("file://" + filepath.ToSlash(path) + hash)
	b.call("Page.navigate", `{"url":`+string(url)+`}`, nil)
	b.until(`document.documentElement.dataset.ready === 'yes'`)
}

// shoot keeps a picture of the page when pictures are asked for.
func (b *browser) shoot(name string) {
	b.t.Helper()
	if *shots == "" {
		return
	}
	b.ask(`new Promise((done) => setTimeout(done, 250))`)
	var r struct{ Data string }
	b.call("Page.captureScreenshot", `{"format":"png"}`, &r)
	png, err := base64.StdEncoding.DecodeString(r.Data)
	if err == nil {
		err = os.WriteFile(filepath.Join(*shots, name+".png"), png, 0o644)
	}
	if err != nil {
		b.t.Fatal(err)
	}
}
