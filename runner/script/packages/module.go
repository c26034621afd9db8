package packages

import "strings"

// A module is what one require() name refers to.
type module struct {
	name   string
	pkg    string // the npm package that contains it
	entry  string // CommonJS source that exports it; "": exports the package itself
	hot    bool   // often required, so its bytecode is worth the space
	remote bool   // not in lock.json: it brings its own dependencies
}

// modules are all modules, in the versions of Postman's sandbox.
var modules = []module{
	{name: "ajv", pkg: "ajv", hot: true},
	{name: "assert", pkg: "assert"},
	{name: "atob", pkg: "atob"},
	{name: "backbone", pkg: "backbone"},
	{name: "btoa", pkg: "btoa"},
	{name: "buffer", pkg: "buffer"},
	{name: "cheerio", pkg: "cheerio", hot: true},
	{name: "crypto-js", pkg: "crypto-js", hot: true},
	{name: "csv-parse/lib/sync", pkg: "csv-parse", entry: `module.exports = require("csv-parse/lib/sync")`, hot: true},
	{name: "csv-parse", pkg: "csv-parse"},
	{name: "events", pkg: "events", hot: true},
	{name: "handlebars", pkg: "handlebars", entry: `module.exports = require("handlebars/dist/cjs/handlebars").default`},
	{name: "http-reasons", pkg: "http-reasons", entry: `module.exports = require("http-reasons/db.json")`}, // responseCode.detail
	{name: "json", pkg: "liquid-json"},
	{name: "liquid-json", pkg: "liquid-json"},
	{name: "lodash", pkg: "lodash", hot: true},
	{name: "lodash3", pkg: "lodash3", hot: true},
	{name: "moment", pkg: "moment", hot: true},
	{name: "os", pkg: "os-browserify", entry: `module.exports = require("os-browserify/browser")`},
	{name: "path", pkg: "path-browserify"},
	{name: "postman-collection", pkg: "postman-collection"},
	{name: "_process", pkg: "process", entry: `module.exports = require("process/browser")`},
	{name: "punycode", pkg: "punycode", entry: `module.exports = require("punycode/")`},
	{name: "querystring", pkg: "querystring-es3"},
	{name: "stream", pkg: "stream-browserify", hot: true},
	{name: "string_decoder", pkg: "string_decoder", entry: `module.exports = require("string_decoder/")`, hot: true},
	{name: "sugar", pkg: "sugar", entry: `require("sugar"); module.exports = {}`},
	{name: "timers", pkg: "timers-browserify", hot: true},
	{name: "tv4", pkg: "tv4", hot: true},
	{name: "url", pkg: "url", entry: `module.exports = require("url/")`},
	{name: "util", pkg: "util", entry: `module.exports = require("util/")`, hot: true},
	{name: "uuid", pkg: "uuid", entry: `const v4 = require("uuid").v4; module.exports = v4; v4.v4 = v4`, hot: true},
	{name: "web-streams-polyfill", pkg: "web-streams-polyfill"}, // ReadableStream and the like
	{name: "xml2js", pkg: "xml2js", hot: true},
}

func moduleOf(name string) (module, bool) {
	for _, m := range modules {
		if m.name == name {
			return m, true
		}
	}
	return module{}, false
}

// file returns the name of the module's bundle file.
func (m module) file() string { return strings.ReplaceAll(m.name, "/", "__") + ".js.gz" }

func (m module) source() string {
	if m.entry != "" {
		return m.entry
	}
	return `module.exports = require("` + m.pkg + `")`
}
