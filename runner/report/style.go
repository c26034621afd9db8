package report

// A style colours text; the zero value leaves it alone.
type style struct{ on bool }

func (s style) wrap(text, open, shut string) string {
	if !s.on || text == "" {
		return text
	}
	return "\x1b[" + open + "m" + text + "\x1b[" + shut + "m"
}

func (s style) red(t string) string       { return s.wrap(t, "31", "39") }
func (s style) green(t string) string     { return s.wrap(t, "32", "39") }
func (s style) yellow(t string) string    { return s.wrap(t, "33", "39") }
func (s style) blue(t string) string      { return s.wrap(t, "34", "39") }
func (s style) cyan(t string) string      { return s.wrap(t, "36", "39") }
func (s style) gray(t string) string      { return s.wrap(t, "90", "39") }
func (s style) bold(t string) string      { return s.wrap(t, "1", "22") }
func (s style) underline(t string) string { return s.wrap(t, "4", "24") }
func (s style) alert(t string) string     { return s.red(s.bold(t)) }

// level is the colour of a console level.
func (s style) level(level, text string) string {
	switch level {
	case "info":
		return s.cyan(text)
	case "warn":
		return s.yellow(text)
	case "error":
		return s.red(text)
	case "debug":
		return s.blue(text)
	}
	return s.gray(text)
}

// symbols mark the lines of the terminal report.
type symbols struct {
	top, middle, bottom                   string // of a console box
	folder, root, sub, ok, star, up, down string
	script, dot, warn                     string
	border                                [11]string // of the summary
}

var unicodeSymbols = symbols{top: "┌", middle: "│", bottom: "└", folder: "❏", root: "→", sub: "↳", ok: "✓",
	star: "★", up: "↑", down: "↓", script: "⠄", dot: ".", warn: "!",
	border: [11]string{"┌", "┬", "┐", "├", "┼", "┤", "└", "┴", "┘", "│", "─"}}

var plainSymbols = symbols{top: "-", middle: "|", bottom: "-", folder: "Folder", root: "Root", sub: "Sub-folder",
	ok: "Pass", star: "*", up: "^", down: "v", script: ":", dot: ".", warn: "!",
	border: [11]string{"-", "-", "-", "-", "+", "-", "-", "-", "-", "|", "-"}}
