package convert

import (
	"slices"
	"strings"
)

// shortOptions are the one-letter options of curl.
var shortOptions = map[byte]string{
	'0': "http1.0", '1': "tlsv1", '2': "sslv2", '3': "sslv3", '4': "ipv4", '6': "ipv6", '#': "progress-bar", ':': "next",
	'a': "append", 'A': "user-agent", 'b': "cookie", 'B': "use-ascii", 'c': "cookie-jar", 'C': "continue-at", 'd': "data",
	'D': "dump-header", 'e': "referer", 'E': "cert", 'f': "fail", 'F': "form", 'g': "globoff", 'G': "get", 'h': "help",
	'H': "header", 'i': "include", 'I': "head", 'j': "junk-session-cookies", 'J': "remote-header-name", 'k': "insecure",
	'K': "config", 'l': "list-only", 'L': "location", 'm': "max-time", 'M': "manual", 'n': "netrc", 'N': "no-buffer",
	'o': "output", 'O': "remote-name", 'p': "proxytunnel", 'P': "ftp-port", 'q': "disable", 'Q': "quote", 'r': "range",
	'R': "remote-time", 's': "silent", 'S': "show-error", 't': "telnet-option", 'T': "upload-file", 'u': "user",
	'U': "proxy-user", 'v': "verbose", 'V': "version", 'w': "write-out", 'x': "proxy", 'X': "request", 'y': "speed-time",
	'Y': "speed-limit", 'z': "time-cond", 'Z': "parallel",
}

// valueOptions have a value.
var valueOptions = strings.Fields(`abstract-unix-socket alt-svc aws-sigv4 cacert capath cert cert-type ciphers config
	connect-timeout connect-to continue-at cookie cookie-jar create-file-mode crlfile curves data data-ascii data-binary
	data-raw data-urlencode delegation dns-interface dns-ipv4-addr dns-ipv6-addr dns-servers doh-url dump-header ech
	egd-file engine etag-compare etag-save expect100-timeout form form-string ftp-account ftp-alternative-to-user
	ftp-method ftp-port ftp-ssl-ccc-mode happy-eyeballs-timeout-ms haproxy-clientip header help hostpubmd5 hostpubsha256
	hsts interface ip-tos ipfs-gateway json keepalive-cnt keepalive-time key key-type krb libcurl limit-rate local-port
	login-options mail-auth mail-from mail-rcpt max-filesize max-redirs max-time netrc-file noproxy oauth2-bearer output
	output-dir parallel-max parallel-max-host pass pinnedpubkey preproxy proto proto-default proto-redir proxy proxy-cacert
	proxy-capath proxy-cert proxy-cert-type proxy-ciphers proxy-crlfile proxy-header proxy-key proxy-key-type proxy-pass
	proxy-pinnedpubkey proxy-service-name proxy-tls13-ciphers proxy-tlsauthtype proxy-tlspassword proxy-tlsuser proxy-user
	proxy1.0 pubkey quote random-file range rate referer request request-target resolve retry retry-delay retry-max-time
	sasl-authzid service-name sigalgs socks4 socks4a socks5 socks5-gssapi-service socks5-hostname speed-limit speed-time
	ssl-sessions stderr telnet-option tftp-blksize time-cond tls-max tls13-ciphers tlsauthtype tlspassword tlsuser trace
	trace-ascii trace-config unix-socket upload-file upload-flags url url-query user user-agent variable vlan-priority
	write-out`)

// flagOptions have no value. Each may be turned off with "no-" before its name.
var flagOptions = strings.Fields(`alpn anyauth append basic buffer ca-native cert-status clobber compressed compressed-ssh
	create-dirs crlf digest disable disable-eprt disable-epsv disallow-username-in-url doh-cert-status doh-insecure eprt
	epsv fail fail-early fail-with-body false-start follow form-escape ftp-create-dirs ftp-pasv ftp-pret ftp-skip-pasv-ip
	ftp-ssl-ccc ftp-ssl-control get globoff haproxy-protocol head http0.9 http1.0 http1.1 http2 http2-prior-knowledge http3
	http3-only ignore-content-length include insecure ipv4 ipv6 junk-session-cookies keepalive list-only location
	location-trusted mail-rcpt-allowfails manual metalink mptcp negotiate netrc netrc-optional next npn ntlm ntlm-wb
	out-null parallel parallel-immediate path-as-is post301 post302 post303 progress-bar progress-meter proxy-anyauth
	proxy-basic proxy-ca-native proxy-digest proxy-http2 proxy-insecure proxy-negotiate proxy-ntlm proxy-ssl-allow-beast
	proxy-ssl-auto-client-cert proxy-tlsv1 proxytunnel raw remote-header-name remote-name remote-name-all remote-time
	remove-on-error retry-all-errors retry-connrefused sasl-ir sessionid show-error show-headers silent skip-existing
	socks5-basic socks5-gssapi socks5-gssapi-nec ssl ssl-allow-beast ssl-auto-client-cert ssl-no-revoke ssl-reqd
	ssl-revoke-best-effort sslv2 sslv3 styled-output suppress-connect-headers tcp-fastopen tcp-nodelay test-event
	tftp-no-options tls-earlydata tlsv1 tlsv1.0 tlsv1.1 tlsv1.2 tlsv1.3 tr-encoding trace-ids trace-time use-ascii verbose
	version xattr`)

// silentOptions do not change the request: they say what is printed or stored,
// or how a connection is made.
var silentOptions = strings.Fields(`alpn alt-svc basic buffer clobber compressed compressed-ssh create-dirs
	create-file-mode disable disable-eprt disable-epsv dump-header eprt epsv expect100-timeout fail fail-early
	fail-with-body false-start happy-eyeballs-timeout-ms hsts http0.9 http1.1 http2 http2-prior-knowledge include ipv4 ipv6
	junk-session-cookies keepalive keepalive-cnt keepalive-time libcurl npn out-null output output-dir parallel
	parallel-immediate parallel-max parallel-max-host progress-bar progress-meter raw remote-header-name remote-name
	remote-name-all remote-time remove-on-error sessionid show-error show-headers silent skip-existing ssl-allow-beast
	ssl-no-revoke ssl-revoke-best-effort stderr styled-output suppress-connect-headers tcp-fastopen tcp-nodelay trace
	trace-ascii trace-config trace-ids trace-time verbose write-out xattr`)

// hints name the options of a run that do the same.
var hints = map[string]string{
	"proxy": "run has --proxy", "proxy-user": "run's --proxy takes user and password", "noproxy": "run has --noproxy",
	"socks5": "run has --proxy socks5://…", "socks5-hostname": "run has --proxy socks5://…",
	"cert": "run has --ssl-client-cert", "key": "run has --ssl-client-key", "pass": "run has --ssl-client-passphrase",
	"cacert": "run has --ssl-extra-ca-certs", "max-time": "run has --timeout-request", "retry": "run has --retry",
}

// An option is an option of a command, with its value.
type option struct {
	name, value string
	off         bool // written as --no-NAME
}

// options reads a command line as curl does: what is not an option is an
// address. The text says what is wrong with an option; that option is left out.
func options(args []string) (list []option, wrong []string) {
	for i := 0; i < len(args); i++ {
		arg := args[i]
		switch {
		case arg == "--":
			for _, a := range args[i+1:] {
				list = append(list, option{name: "url", value: a})
			}
			return list, wrong
		case strings.HasPrefix(arg, "--"):
			o, takes, why := longOption(arg[2:])
			if why != "" {
				wrong = append(wrong, why)
				continue
			}
			if takes {
				if i++; i == len(args) {
					wrong = append(wrong, arg+" has no value: left out")
					continue
				}
				o.value = args[i]
			}
			list = append(list, o)
		case len(arg) > 1 && arg[0] == '-':
			found, taken, why := lettersOf(arg[1:], args[i+1:])
			list, i = append(list, found...), i+taken
			wrong = append(wrong, why...)
		case arg != "":
			list = append(list, option{name: "url", value: arg})
		default:
			wrong = append(wrong, "an address is empty: left out")
		}
	}
	return list, wrong
}

// longOption finds an option by its name, or by the beginning of a name when
// only one option begins like that.
func longOption(name string) (o option, takes bool, wrong string) {
	plain := strings.TrimPrefix(name, "expand-")
	if slices.Contains(valueOptions, plain) {
		return option{name: plain}, true, ""
	}
	if bare, ok := strings.CutPrefix(name, "no-"); ok && slices.Contains(flagOptions, bare) {
		return option{name: bare, off: true}, false, ""
	}
	if slices.Contains(flagOptions, name) {
		return option{name: name}, false, ""
	}
	var found []string
	for _, known := range slices.Concat(valueOptions, flagOptions) {
		if name != "" && strings.HasPrefix(known, name) {
			found = append(found, known)
		}
	}
	switch len(found) {
	case 1:
		return option{name: found[0]}, slices.Contains(valueOptions, found[0]), ""
	case 0:
		return o, false, "curl has no option --" + name + ": left out"
	}
	return o, false, "--" + name + " is the beginning of several options of curl: left out"
}

// lettersOf reads an argument of one-letter options. It returns how many of the
// next arguments are their values.
func lettersOf(letters string, next []string) (list []option, taken int, wrong []string) {
	for i := range len(letters) {
		name, ok := shortOptions[letters[i]]
		if !ok {
			return list, 0, append(wrong, "curl has no option -"+letters[i:i+1]+": left out")
		}
		if !slices.Contains(valueOptions, name) {
			list = append(list, option{name: name})
			continue
		}
		if rest := letters[i+1:]; rest != "" {
			return append(list, option{name: name, value: rest}), 0, wrong
		}
		if len(next) == 0 {
			return list, 0, append(wrong, "-"+letters[i:]+" has no value: left out")
		}
		return append(list, option{name: name, value: next[0]}), 1, wrong
	}
	return list, 0, wrong
}
