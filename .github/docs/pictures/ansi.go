package main

import (
	"html"
	"image/color"
	"regexp"
	"strings"
)

// sgr is a terminal's change of color.
var sgr = regexp.MustCompile("\x1b\\[([0-9;]*)m")

// looks are the colors that reporters use.
var looks = map[string]string{
	"1": "font-weight:bold", "2": "color:#9a9aa8", "4": "text-decoration:underline", "31": "color:#e2777a", "32": "color:#85c97a", "33": "color:#e0c36a",
	"34": "color:#7aa7e0", "35": "color:#c59ae0", "36": "color:#74c7c7", "90": "color:#9a9aa8", "91": "color:#e2777a", "92": "color:#85c97a",
}

// spans is a terminal's output as HTML.
func spans(text string) string {
	var b strings.Builder
	open, at := 0, 0
	put := func(s string) { b.WriteString(html.EscapeString(s)) }
	for _, m := range sgr.FindAllStringSubmatchIndex(text, -1) {
		put(text[at:m[0]])
		at = m[1]
		for _, code := range strings.Split(text[m[2]:m[3]], ";") {
			if look := looks[code]; look != "" {
				b.WriteString(`<span style="` + look + `">`)
				open++
				continue
			}
			// Everything else ends a color: postie opens few at a time.
			b.WriteString(strings.Repeat("</span>", open))
			open = 0
		}
	}
	put(text[at:])
	return b.String() + strings.Repeat("</span>", open)
}

// shades are the colors of a picture of a terminal: mixtures of its background
// with each of the looks, which is what smooth letters are made of.
func shades(background color.Color) color.Palette {
	const steps = 24
	p := color.Palette{background}
	r0, g0, b0, _ := background.RGBA()
	for _, to := range []color.RGBA{{0xdd, 0xdd, 0xee, 255}, {0xe2, 0x77, 0x7a, 255}, {0x85, 0xc9, 0x7a, 255}, {0x9a, 0x9a, 0xa8, 255}, {0xe0, 0xc3, 0x6a, 255}, {0x74, 0xc7, 0xc7, 255}} {
		for i := 1; i <= steps; i++ {
			mix := func(from uint32, to uint8) uint8 { return uint8((int(from>>8)*(steps-i) + int(to)*i) / steps) }
			p = append(p, color.RGBA{mix(r0, to.R), mix(g0, to.G), mix(b0, to.B), 255})
		}
	}
	return p
}
