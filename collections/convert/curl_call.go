package convert

import (
	"net/url"
	"slices"
	"strings"

	postman "github.com/rbretecher/go-postman-collection"
)

// A curlCall holds the options of a command, up to --next.
type curlCall struct {
	reader      *curlReader
	line        int
	stdin       *input
	method      string
	addresses   []string
	query       []string // of --url-query
	headers     []string
	agent       *string
	referer     string
	autoReferer bool
	cookies     []string
	bearer      string
	user        *string
	schemes     []string // the kind of auth: digest, ntlm, …
	aws         *string
	data        []datum
	form        []pair
	formed      bool // there is a form, even when a part of it was left out
	uploads     []string
	json        bool
	proto       string
	routes      []route
	socket      string         // the option that names a Unix socket to send to
	behavior    map[string]any // protocolProfileBehavior
	on          map[string]bool
}

// convert makes the requests of a command: one for each address of each part.
func (r *curlReader) convert(cmd command) {
	list, wrong := options(cmd.args)
	for _, text := range wrong {
		r.note(cmd.line, "%s", text)
	}
	list = r.configured(cmd, list, 0)
	newCall := func() *curlCall {
		return &curlCall{reader: r, line: cmd.line, stdin: cmd.stdin, behavior: map[string]any{}, on: map[string]bool{}, proto: "http"}
	}
	c := newCall()
	for _, o := range list {
		if o.name == "next" {
			c.finish()
			c = newCall()
			continue
		}
		c.option(o)
	}
	c.finish()
	if in := cmd.stdin; in != nil && in.file != "" && !in.used {
		r.note(cmd.line, "the shell reads %q for a command that takes nothing from it: quote an address with < in it", in.file)
	}
}

func (c *curlCall) note(format string, args ...any) { c.reader.note(c.line, format, args...) }

// option stores an option.
func (c *curlCall) option(o option) {
	value := o.value
	switch o.name {
	case "url":
		c.addresses = append(c.addresses, strings.TrimSpace(value))
	case "url-query":
		c.query = append(c.query, c.urlQuery(value)...)
	case "request":
		c.method = value
	case "header":
		c.addHeader(value)
	case "user-agent":
		c.agent = &value
	case "referer":
		c.referer, c.autoReferer = strings.CutSuffix(value, ";auto")
	case "cookie":
		c.cookie(value)
	case "cookie-jar":
		c.on["cookies"] = true
		c.reader.jars = append(c.reader.jars, value)
	case "range":
		c.addHeader("Range: bytes=" + value)
	case "continue-at":
		c.resume(value)
	case "tr-encoding":
		c.headers = append(c.headers, "TE: gzip", "Connection: TE")
	case "variable":
		c.variable(value)
	case "user":
		c.user = &value
	case "oauth2-bearer":
		c.bearer = value
	case "aws-sigv4":
		c.aws = &value
	case "digest", "ntlm", "ntlm-wb", "negotiate", "anyauth":
		c.scheme(o)
	case "basic":
		c.schemes = nil
	default:
		c.content(o)
	}
}

// content stores an option about the body, or about how the request is sent.
func (c *curlCall) content(o option) {
	switch o.name {
	case "data", "data-ascii", "data-raw", "data-binary", "json":
		c.addData(o.name, o.value)
	case "data-urlencode":
		if d, ok := c.encoded(o.value); ok {
			c.data = append(c.data, d)
		}
	case "form", "form-string":
		c.formed = true
		c.part(o.name, o.value)
	case "upload-file":
		c.uploads = append(c.uploads, o.value)
	case "proto-default":
		c.proto = o.value
	case "resolve", "connect-to":
		c.addRoute(o.name, o.value)
	case "unix-socket", "abstract-unix-socket":
		c.socket = o.name
	case "location-trusted":
		c.on["location"] = !o.off
		c.behavior["followAuthorizationHeader"] = !o.off
	case "insecure":
		c.behavior["strictSSL"] = o.off
	case "max-redirs":
		c.maxRedirects(o.value)
	case "post301", "post302", "post303":
		c.behavior["followOriginalHttpMethod"] = !o.off
	case "get", "head", "location", "globoff", "path-as-is", "form-escape":
		c.on[o.name] = !o.off
	default:
		c.unused(o)
	}
}

// unused notes an option that a collection cannot express.
func (c *curlCall) unused(o option) {
	if o.off || slices.Contains(silentOptions, o.name) {
		return
	}
	if hint := hints[o.name]; hint != "" {
		c.note("--%s has no place in a collection: left out; %s", o.name, hint)
		return
	}
	c.note("--%s has no place in a collection: left out", o.name)
}

// cookie reads -b: "name=value", or a file of cookies.
func (c *curlCall) cookie(value string) {
	if !strings.Contains(value, "=") && !strings.Contains(value, "{{") {
		c.on["cookies"] = true
		if value != "" && !slices.Contains(c.reader.jars, value) { // a run keeps the cookies that answers set
			c.note("--cookie reads the file %q: left out; run has --cookie-jar", value)
		}
		return
	}
	c.cookies = append(c.cookies, value)
}

// resume reads -C: the position at which a download continues.
func (c *curlCall) resume(offset string) {
	if offset == "-" {
		c.note("--continue-at - depends on a file: left out")
		return
	}
	c.addHeader("Range: bytes=" + offset + "-")
}

func (c *curlCall) maxRedirects(value string) {
	n := 0
	for _, digit := range value {
		if digit < '0' || digit > '9' || n > 1000 {
			c.note("--max-redirs %s has no place in a collection: left out", value)
			return
		}
		n = 10*n + int(digit-'0')
	}
	c.behavior["maxRedirects"] = n
}

// variable reads --variable name=content. Options with --expand use it in the
// syntax of templates.
func (c *curlCall) variable(value string) {
	name, content, ok := strings.Cut(value, "=")
	switch {
	case strings.HasPrefix(value, "%"):
		return // it comes from the environment, so it stays a variable
	case !ok:
		c.note("--variable reads a file: left out")
	default:
		c.reader.variables[name] = content
	}
}

// scheme turns a kind of auth on or off.
func (c *curlCall) scheme(o option) {
	c.schemes = slices.DeleteFunc(c.schemes, func(s string) bool { return s == o.name })
	if !o.off {
		c.schemes = append(c.schemes, o.name)
	}
}

// finish adds the requests of a complete command.
func (c *curlCall) finish() {
	if why := c.refused(); why != "" {
		c.note("%s: left out", why)
		return
	}
	for i, pattern := range c.addresses {
		list, why := c.globs(pattern)
		if why != "" {
			c.note("%s: left out", why)
			continue
		}
		uploads := []string{""}
		if i < len(c.uploads) {
			if uploads, why = c.globs(c.uploads[i]); why != "" {
				c.note("%s: left out", why)
				continue
			}
		}
		for _, upload := range uploads {
			for _, address := range list {
				c.add(address, upload, i < len(c.uploads))
			}
		}
	}
}

// refused returns the reason why curl itself would send nothing.
func (c *curlCall) refused() string {
	kinds := 0
	for _, is := range []bool{len(c.data) > 0 && !c.on["get"], c.formed, len(c.uploads) > 0, c.on["head"]} {
		if is {
			kinds++
		}
	}
	switch {
	case len(c.addresses) == 0:
		return "a curl command without an address"
	case c.socket != "":
		return "a run cannot send to the socket of --" + c.socket
	case kinds > 1:
		return "curl takes one of --data, --form, --upload-file and --head, not several"
	}
	return ""
}

// maxRequests is the largest number of requests that the loops and patterns of
// a script may make.
const maxRequests = 2000

// add adds the request to one address.
func (c *curlCall) add(address, upload string, uploaded bool) {
	if len(c.reader.out.Items) == maxRequests {
		c.note("the script makes more than %d requests: the others are left out", maxRequests)
		return
	}
	t, why := c.address(address, upload, uploaded)
	if why != "" {
		c.note("%s: left out", why)
		return
	}
	method := c.verb(uploaded)
	if v, ok := c.reader.variables[strings.Trim(method, "{}")]; ok && anyTemplate().MatchString(method) {
		method = v // a variable cannot be used in a method, because its name would become upper case
	}
	if strings.ContainsAny(method, " \t\r\n") {
		c.note("%q is no method: left out", method)
		return
	}
	if up := strings.ToUpper(method); up != method {
		c.note("the method %q is sent as %s", method, up)
		method = up
	}
	t.request.Method = postman.Method(method)
	c.lines(t)
	c.body(t, upload, uploaded)
	c.beyondASCII(t)
	c.auth(t)
	c.redirects(t)
	if !c.on["cookies"] {
		t.behavior["disableCookies"] = true
	}
	item := postman.Item{Name: itemName(t.request), Request: t.request}
	if len(t.behavior) > 0 {
		item.ProtocolProfileBehavior = t.behavior
	}
	c.reader.out.AddItem(postman.CreateItem(item))
}

// redirects makes the run handle redirects as curl does: it follows them only
// when asked to, and sends the former address only with --referer ";auto".
func (c *curlCall) redirects(t *transfer) {
	switch {
	case !c.on["location"]:
		t.behavior["followRedirects"] = false
	case !c.autoReferer:
		t.behavior["removeRefererHeaderOnRedirect"] = true
	}
}

// verb returns the method, by curl's rules.
func (c *curlCall) verb(uploaded bool) string {
	switch {
	case c.method != "":
		return c.method
	case c.on["head"]:
		return "HEAD"
	case uploaded:
		return "PUT"
	case !c.on["get"] && len(c.data) > 0 || c.formed:
		return "POST"
	}
	return "GET"
}

// auth adds the credentials, unless a header of the command contains them.
func (c *curlCall) auth(t *transfer) {
	user := c.user
	if user == nil {
		user = t.user
	}
	switch {
	case hasHeader(t.request, "Authorization"):
	case c.bearer != "":
		t.request.Auth = postman.CreateAuth(postman.Bearer, postman.CreateAuthParam("token", c.bearer))
	case user == nil:
		if c.aws != nil || len(c.schemes) > 0 {
			c.note("credentials are not in the command: the request is sent without")
		}
	case c.aws != nil:
		c.signed(t, *user)
	default:
		c.login(t, *user)
	}
}

// login adds a user with the requested scheme. A password is sent in clear text
// only where curl does that.
func (c *curlCall) login(t *transfer, user string) {
	name, password, ok := strings.Cut(user, ":")
	if !ok {
		c.note("curl asks for the password of --user: it is empty here")
	}
	params := []*postman.AuthParam{postman.CreateAuthParam("username", name), postman.CreateAuthParam("password", password)}
	has := func(scheme string) bool { return slices.Contains(c.schemes, scheme) }
	switch {
	case has("anyauth") || len(c.schemes) > 1:
		c.note("curl picks the scheme that the server asks for: the request has digest auth")
		t.request.Auth = postman.CreateAuth(postman.Digest, params...)
	case has("digest"):
		t.request.Auth = postman.CreateAuth(postman.Digest, params...)
	case has("ntlm"):
		if domain, bare, ok := strings.Cut(name, `\`); ok {
			params[0] = postman.CreateAuthParam("username", bare)
			params = append(params, postman.CreateAuthParam("domain", domain))
		}
		c.note("NTLM begins when the server asks for it; curl begins at once")
		t.request.Auth = postman.CreateAuth(postman.NTLM, params...)
	case len(c.schemes) > 0:
		c.note("--%s has no place in a collection: the request is sent without credentials", c.schemes[0])
	default:
		t.request.Auth = postman.CreateAuth(postman.Basic, params...)
	}
}

// signed makes AWS auth of --aws-sigv4 provider:provider:region:service. Parts
// that the option leaves out are in the host's name: service.region.….
func (c *curlCall) signed(t *transfer, user string) {
	parts := append(strings.Split(*c.aws, ":"), "", "", "")
	if !strings.EqualFold(parts[0], "aws") || parts[1] != "" && !strings.EqualFold(parts[1], "amz") {
		c.note("--aws-sigv4 for %s has no place in a collection: the request is sent without credentials", strings.Trim(*c.aws, ":"))
		return
	}
	region, service := parts[2], parts[3]
	labels := append(strings.Split(t.host, "."), "", "")
	if service == "" {
		service = labels[0]
		if region == "" {
			region = labels[1]
		}
	}
	key, secret, _ := strings.Cut(user, ":")
	t.request.Auth = postman.CreateAuth(postman.AWSV4, postman.CreateAuthParam("accessKey", key), postman.CreateAuthParam("secretKey", secret),
		postman.CreateAuthParam("region", region), postman.CreateAuthParam("service", service))
}

// urlQuery reads --url-query: as --data-urlencode does, or as it is after "+".
func (c *curlCall) urlQuery(value string) []string {
	if plain, ok := strings.CutPrefix(value, "+"); ok {
		return []string{plain}
	}
	if d, ok := c.encoded(value); ok {
		return []string{d.text}
	}
	return nil
}

// escapeValue percent-encodes a value except for its {{templates}}, which the
// run fills in.
func escapeValue(s string) string {
	s = url.QueryEscape(s)
	return strings.NewReplacer("%7B%7B", "{{", "%7D%7D", "}}").Replace(s)
}
