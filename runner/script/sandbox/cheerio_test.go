//go:build amd64 || arm64

package sandbox

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// htmlPieces are what pages are made of, and what breaks them.
var htmlPieces = []string{
	"<p>", "</p>", "<li>", "</li>", "<ul class=\"a b\">", "</ul>", "<div id=x data-y='1'>", "</div>", "<br/>", "<br>", "<img src=a/b alt>", "<a href=\"?a=1&amp;b=2&c\">", "</a >",
	"<input disabled / value = q>", "<!-- c -->", "<!---->", "<!--a--b--->", "<!DOCTYPE html>", "<?php x ?>", "<![CDATA[ x ]]>", "<script>if (a<b && c) '</p>'</script>", "<style>a > b {}</style>",
	"<SCRIPT>x</Script>", "<sc", "<span>", "</span>", "<svg><circle/></svg>", "<table><tr><td>1<td>2<tr>", "</table>", "<title>&lt;</title>", "<option>1<option>", "text", " ", "\n", "&amp;", "&lt", "&nbsp;", "&copy;", "&#65;",
	"&#x41;", "&notit;", "&apos;x", "&", "<", ">", "< p>", "</", "</ p>", "<1>", "é", "€", "😀", "\x00", "<a b=\"x\"c='y'd>", "<a b=\"<&quot;>\">", "<a b=&gt;x>", "<p\n\tclass=z\n>", "<a =b>", "<a/b/>", "-->", "=", "\"", "'",
}

var htmlSelectors = []string{
	"*", "p", "li:nth-child(2)", "li:nth-child(odd)", ":nth-last-child(2)", "p:nth-of-type(1)", ":nth-last-of-type(-n+2)", "li:nth-child(n)", "li:nth-child(0)", "ul > li", "p + p", "p ~ a", "[href]", ".a.b", "div a, p a", "#x *", ":first-child", "a:not([b])",
}

// Whatever a page is, cheerio makes the tree of it that it makes without Go, and
// finds the same in it.
func TestCheerio(t *testing.T) {
	t.Parallel()
	u := openLibraries(t)
	u.run("plain = " + u.plain("cheerio") + "; fast = require('cheerio');" + `
	tree = (node) => [node.type, node.name, node.data, node.attribs, node.startIndex, node.children?.map(tree), node.prev?.type, node.next?.name, node.parent?.name];
	seen = (lib, page, options, selectors) => {
		try {
			const $ = lib.load(page, options);
			return [$.html(), $.xml(), $.root().toArray().map(tree), selectors.map((s) => $(s).toArray().map((e) => tree(e).slice(0, 4))), selectors.map((s) => $('ul, div').find(s).length)];
		} catch (e) { return e.name; }
	};
	compare = (...args) => {
		const [want, got] = [plain, fast].map((lib) => JSON.stringify(seen(lib, ...args)));
		if (want !== got) console.log(JSON.stringify(args) + '\nwant ' + want + '\n got ' + got);
	};`)
	for seed := range cases(t) {
		r := rand.New(rand.NewPCG(seed, 27))
		var script strings.Builder
		for range 4 {
			var page strings.Builder
			for range r.IntN(25) {
				page.WriteString(htmlPieces[r.IntN(len(htmlPieces))])
			}
			options := pick(r, "{}", "{}", "undefined", "{ xmlMode: true }", "{ decodeEntities: false }", "{ withStartIndices: true, normalizeWhitespace: true }", "{ lowerCaseTags: false, recognizeCDATA: true }")
			fmt.Fprintf(&script, "compare(%s, %s, [%q, %q, %q]);\n", quoted(page.String()), options, htmlSelectors[r.IntN(len(htmlSelectors))], htmlSelectors[r.IntN(len(htmlSelectors))], htmlSelectors[r.IntN(len(htmlSelectors))])
		}
		if got := u.run(script.String()); len(got) > 0 {
			t.Fatalf("seed %d: %s", seed, strings.Join(got, "\n"))
		}
	}
	big := "compare('<ul>' + '<li class=\"a\">x &amp; <b>y</b></li>'.repeat(1300) + '</ul>', {}, ['b'])"
	if got := u.run(big); len(got) > 0 {
		t.Errorf("a page with more tokens than Go hands over in one go: %.500s", got[0])
	}
}
