//go:build amd64 || arm64

package sandbox

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// openXML is a user whose scripts have xml2js twice, and who compares the two.
func openXML(t testing.TB) libraryUser {
	t.Helper()
	u := openLibraries(t)
	u.run("plain = " + u.plain("xml2js") + "; fast = require('xml2js');" + `
	outcome = (f) => {
		const said = [];
		const shown = (value) => (value instanceof TypeError ? value.name : value instanceof Error ? value.message : value?.saxParser || value?.tags ? 'parser' : value);
		try { said.push(shown(f((...args) => said.push(args.map(shown))))); } catch (e) { said.push(shown(e)); }
		return JSON.stringify(said, (key, value) => (value === undefined ? 'undefined' : value));
	};
	compare = (f) => {
		const [want, got] = [plain, fast].map((lib) => outcome((say) => f(lib, say)));
		if (want !== got) console.log(f + '\nwant ' + want + '\n got ' + got);
	};
	read = (text, options) => compare((lib, say) => {
		const names = (list) => list?.map((name) => lib.processors[name]);
		lib.parseString(text, { ...options, tagNameProcessors: names(options.tags), attrNameProcessors: names(options.attrs) }, say);
		say(text, options);
	});`)
	return u
}

var xmlOptionTexts = []string{
	`explicitArray: false`, `trim: true`, `normalize: true`, `ignoreAttrs: true`, `mergeAttrs: true`, `explicitRoot: false`, `explicitCharkey: true`, `normalizeTags: true`,
	`tags: ['stripPrefix']`, `tags: ['firstCharLowerCase', 'stripPrefix']`, `attrs: ['normalize']`, `attrs: ['stripPrefix']`, `attrkey: '@'`, `charkey: '#text'`, `charkey: '1'`, `attrkey: '_'`,
	`strict: false`, `xmlns: true`, `emptyTag: 'none'`, `explicitChildren: true`, `explicitChildren: true, preserveChildrenOrder: true, charsAsChildren: true`, `valueProcessors: [(v, name) => name + v]`, `validator: (path, old, value) => value`,
}

// Whatever a document and the options are, xml2js gives the objects and errors it
// gives without Go.
func TestXML(t *testing.T) {
	t.Parallel()
	u := openXML(t)
	for seed := range cases(t) {
		r := rand.New(rand.NewPCG(seed, 21))
		var script strings.Builder
		for range 40 {
			var options []string
			for range r.IntN(4) {
				options = append(options, xmlOptionTexts[r.IntN(len(xmlOptionTexts))])
			}
			text := xmlDocument(r)
			if r.IntN(3) == 0 {
				text = damaged(r, text)
			}
			fmt.Fprintf(&script, "read(%s, { %s });\n", quoted(text), strings.Join(options, ", "))
		}
		if got := u.run(script.String()); len(got) > 0 {
			t.Fatalf("seed %d: %s", seed, strings.Join(got, "\n"))
		}
	}
}

func xmlDocument(r *rand.Rand) string {
	head := pick(r, "", "", "<?xml version=\"1.0\" encoding='UTF-8'?>\n", " \n", "<!-- a -->", "<!DOCTYPE a>", "\ufeff", "<?php a ?? b?>", "x")
	return head + xmlElementText(r, 4) + pick(r, "", "\n", "<!---->", "<a/>", "x", "<?end?>")
}

func xmlElementText(r *rand.Rand, depth int) string {
	name := pick(r, "a", "a", "b", "b", "ns:a", "x:2", "A.b-c_d", "cdata", "toString", "constructor", "__proto__", "_", "xmlns:q", "é", "hasOwnProperty", "c:")
	tag := "<" + name
	for range r.IntN(3) {
		quote := pick(r, `"`, `'`)
		tag += pick(r, " ", "\n\t", " ", "") + pick(r, "a", "b", "ns:b", "xmlns", "xmlns:ns", "$", "_", "cdata", "toString") + pick(r, "=", "=", " = ") + quote + xmlText(r) + quote
	}
	tag += pick(r, "", "", " ")
	if r.IntN(4) == 0 {
		return tag + "/>"
	}
	tag += ">"
	for range r.IntN(5) {
		if depth > 0 && r.IntN(2) == 0 {
			tag += xmlElementText(r, depth-1)
		} else {
			tag += xmlText(r) + pick(r, "", "", "<!-- - -- -->", "<!--a-b-->", "<![CDATA[<x> ]] ]]]>", "<![CDATA[]]>", "<![cdata[x]]>", "<?p i?>", "<![CDATA[ \n]]>")
		}
	}
	return tag + "</" + name + pick(r, ">", ">", ">", " >")
}

func xmlText(r *rand.Rand) string {
	var text strings.Builder
	for range r.IntN(4) {
		text.WriteString(pick(r, "a", "text", " ", "\n", "  \t", "&amp;", "&lt;", "&quot;", "&#65;", "&#x1F600;", "&#x0041;", "&#0;", "&#xD800;", "&#1e;", "&nbsp;", "&AMP;", "&x;", "&", "é", "€", "😀", "\u00a0", "\u0085", "\x01", "\\", ">", "]]>", "7", "%"))
	}
	return text.String()
}

// damaged is a text without a piece of it.
func damaged(r *rand.Rand, text string) string {
	runes := []rune(text)
	from := r.IntN(len(runes) + 1)
	to := min(len(runes), from+r.IntN(4))
	return string(append(runes[:from:from], runes[to:]...))
}

// What is done to a parser besides is the same as well.
func TestXMLParsers(t *testing.T) {
	t.Parallel()
	u := openXML(t)
	for _, source := range []string{
		`(lib, say) => say(lib.parseString('<a>1</a>', () => say('called')))`,
		`(lib, say) => say(lib.parseString('', say), lib.parseString(' \n', say), lib.parseString('\ufeff<a/>', say), lib.parseString('\ufeff\ufeff<a/>', say))`,
		`(lib, say) => say(lib.parseString('<a>1</a>', () => { throw new Error('mine'); }))`,
		`(lib, say) => lib.parseString('<a>1</a>')`,
		`(lib, say) => lib.parseString('<a>1')`,
		`(lib, say) => lib.parseString(null, say)`,
		`(lib, say) => lib.parseString({ toString: () => '<a>1</a>' }, say)`,
		`(lib, say) => { const p = new lib.Parser(); p.on('end', say); p.on('error', say); p.parseString('<a>1</a>'); say(p.resultObject, p.saxParser.ended); p.parseString('<b>1</b>'); }`,
		`(lib, say) => { const p = new lib.Parser(); p.parseString('<a>1</a>', say); say(p.resultObject); p.parseString('<b>2</b>', say); p.parseString('<b>', say); p.parseString('<c/>', say); }`,
		`(lib, say) => { const p = new lib.Parser(); p.saxParser.oncomment = say; p.parseString('<a><!-- c --></a>', say); }`,
		`(lib, say) => { const p = new lib.Parser(), old = p.saxParser.onopentag; p.saxParser.onopentag = (node) => { say(node.name); old(node); }; p.parseString('<a><b/></a>', say); }`,
		`(lib, say) => { const p = new lib.Parser(); p.assignOrPush = (to, key, value) => { to[key] = say(value); }; p.parseString('<a><b/></a>', say); }`,
		`(lib, say) => { class P extends lib.Parser { emit(...args) { say(args); return super.emit(...args); } } new P().parseString('<a><b/></a>', say); }`,
		`(lib, say) => { const p = new lib.Parser(); p.saxParser.write('<a>').write('1</a>').close(); say(p.resultObject); }`,
		`(lib, say) => { const p = new lib.Parser(); p.options.explicitArray = false; p.options.attrkey = '__proto__'; p.parseString('<a b="1"><c/></a>', say); }`,
		`(lib, say) => { Object.prototype.b = 1; try { lib.parseString('<a><b/></a>', say); } finally { delete Object.prototype.b; } }`,
		`(lib, say) => { const { assignOrPush } = lib.Parser.prototype; lib.Parser.prototype.assignOrPush = (to, key) => { to[key] = 'mine'; }; try { lib.parseString('<a><b/></a>', say); } finally { lib.Parser.prototype.assignOrPush = assignOrPush; } }`,
		`(lib, say) => lib.parseString('<a>' + '<b>'.repeat(300) + '</b>'.repeat(300) + '</a>', say)`,
		`(lib, say) => lib.parseString('<a>' + '<b>é</b>x\ud800'.repeat(300) + '</a>', say)`,
		`(lib, say) => { const names = Array.from({ length: 60 }, (_, i) => 'n' + i % 40); lib.parseString('<a>' + names.map((n) => '<' + n + '/>').join('') + '</a>', say); }`,
	} {
		for _, line := range u.run("compare(" + source + ")") {
			t.Error(line)
		}
	}
	got := u.run(`fast.parseStringPromise('<a>1</a>').then((v) => console.log(v.a)); fast.parseString('<a>2</a>', { async: true }, (e, v) => console.log(v.a));`)
	if len(got) != 2 || got[0] != `"1"` || got[1] != `"2"` {
		t.Errorf("a promise, and a parser that is async: %s", got)
	}
}
