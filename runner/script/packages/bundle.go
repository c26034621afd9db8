package packages

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// bundleVersion must change when existing bundles have to be made again.
const bundleVersion = 4

// shared are the modules that bundles load with require() instead of containing
// a copy.
var shared = map[string]string{
	"assert": "assert", "buffer": "buffer", "events": "events", "os": "os", "path": "path", "punycode": "punycode",
	"querystring": "querystring", "stream": "stream", "string_decoder": "string_decoder", "timers": "timers", "url": "url", "util": "util",
	"lodash": "lodash",
}

// absent are node's modules that scripts have no use for.
var absent = []string{"fs", "crypto", "http", "https", "zlib", "net", "tls", "child_process", "vm", "tty", "worker_threads"}

// prelude gives packages the globals of a browserified bundle.
const prelude = `var global = globalThis, process = globalThis.process || { env: {}, browser: true, version: "", argv: [], platform: "browser",
 nextTick: function (f) { var a = [].slice.call(arguments, 1); Promise.resolve().then(function () { f.apply(null, a) }) }, cwd: function () { return "/" } },
 navigator = globalThis.navigator || { userAgent: "" };`

// bundle makes one CommonJS file of a module and its dependencies.
func bundle(dir string, m module) ([]byte, error) {
	result := api.Build(api.BuildOptions{
		Stdin:             &api.StdinOptions{Contents: m.source(), ResolveDir: dir, Sourcefile: "entry.js"},
		AbsWorkingDir:     dir,
		Bundle:            true,
		Format:            api.FormatCommonJS,
		Platform:          api.PlatformBrowser,
		MainFields:        []string{"main", "module"},
		Target:            api.ES2020,
		MinifyWhitespace:  true,
		MinifySyntax:      m.name != "postman-collection", // it would remove names that messages show
		MinifyIdentifiers: false,                          // stacks and messages show names
		LegalComments:     api.LegalCommentsInline,
		LogLevel:          api.LogLevelSilent,
		Banner:            map[string]string{"js": prelude},
		Define:            map[string]string{"process.env.NODE_ENV": `"production"`},
		Plugins:           []api.Plugin{resolver(dir, m)},
	})
	if len(result.Errors) > 0 {
		var all []error
		for _, e := range result.Errors {
			all = append(all, errors.New(e.Text))
		}
		return nil, errors.Join(all...)
	}
	if len(result.OutputFiles) != 1 {
		return nil, fmt.Errorf("%d files instead of one", len(result.OutputFiles))
	}
	return result.OutputFiles[0].Contents, nil
}

// resolver leaves shared modules to require(), and replaces absent ones by
// empty modules.
func resolver(dir string, m module) api.Plugin {
	return api.Plugin{Name: "postie", Setup: func(b api.PluginBuild) {
		b.OnResolve(api.OnResolveOptions{Filter: `^(node:)?[a-z_][a-z0-9_]*$`}, func(a api.OnResolveArgs) (api.OnResolveResult, error) {
			path := strings.TrimPrefix(a.Path, "node:")
			if m.remote && installed(dir, path) {
				return api.OnResolveResult{}, nil
			}
			if name, ok := shared[path]; ok && name != m.name && a.Importer != "entry.js" {
				return api.OnResolveResult{Path: name, External: true}, nil
			}
			for _, name := range absent {
				if path == name {
					return api.OnResolveResult{Path: name, Namespace: "absent"}, nil
				}
			}
			return api.OnResolveResult{}, nil
		})
		b.OnLoad(api.OnLoadOptions{Filter: `.*`, Namespace: "absent"}, func(api.OnLoadArgs) (api.OnLoadResult, error) {
			text := "module.exports = {}"
			return api.OnLoadResult{Contents: &text, Loader: api.LoaderJS}, nil
		})
	}}
}

// installed reports whether a package is in the node_modules of dir.
func installed(dir, name string) bool {
	_, err := os.Stat(filepath.Join(dir, "node_modules", name))
	return err == nil
}
