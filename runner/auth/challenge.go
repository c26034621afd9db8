package auth

import (
	"strings"

	"postie/collections/regex"
	"postie/runner/transport"
)

// A challenge is one way of authentication that a server offers.
type challenge struct {
	scheme string // lower case
	token  string // the token after the scheme, for schemes such as NTLM
	params map[string]string
}

// challenges returns the challenges of an answer's WWW-Authenticate lines in
// order, as in RFC 9110, section 11.6.1. A line may have several. It also reads
// lines without commas or quotes, which some servers send.
func challenges(h transport.Header) []challenge {
	var out []challenge
	for _, line := range h.Values("WWW-Authenticate") {
		out = append(out, parseChallenges(line)...)
	}
	return out
}

// maxChallenge is how many bytes of a line are read.
const maxChallenge = 16 << 10

func parseChallenges(line string) []challenge {
	p := &challengeParser{rest: line[:min(len(line), maxChallenge)]}
	p.read()
	return p.list
}

type challengeParser struct {
	rest string
	list []challenge
}

var (
	authParam  = regex.Lazy(`^([!#$%&'*+.^_|~0-9A-Za-z` + "`" + `-]+)[ \t]*=[ \t]*`)
	authWord   = regex.Lazy(`^[!#$%&'*+.^_|~0-9A-Za-z` + "`" + `-]*`)
	authScheme = regex.Lazy(`^([!#$%&'*+.^_|~0-9A-Za-z` + "`" + `-]+)(?:[ \t]+|,|$)`)
	authToken  = regex.Lazy(`^[0-9A-Za-z._~+/-]+=*[ \t]*(?:,|$)`)
	nextParam  = regex.Lazy(`[ \t]+[!#$%&'*+.^_|~0-9A-Za-z` + "`" + `-]+[ \t]*=`)
)

// read reads a line: schemes, each with a token or with parameters.
func (p *challengeParser) read() {
	for {
		p.rest = strings.TrimLeft(p.rest, " \t,")
		if p.rest == "" {
			return
		}
		if m := authParam().FindString(p.rest); m != "" && len(p.list) > 0 {
			p.param(m)
			continue
		}
		m := authScheme().FindStringSubmatch(p.rest)
		if m == nil {
			p.skip()
			continue
		}
		p.rest = strings.TrimLeft(p.rest[len(m[1]):], " \t")
		if p.qopWord(m[1]) {
			continue
		}
		p.list = append(p.list, challenge{scheme: strings.ToLower(m[1]), params: map[string]string{}})
		p.token()
	}
}

// skip skips a word that is not a scheme together with the characters that make
// it so. Trying each end of the word would take the square of its length.
func (p *challengeParser) skip() {
	word := len(authWord().FindString(p.rest))
	p.rest = p.rest[min(word+1, len(p.rest)):]
}

// token reads the token after a scheme without parameters.
func (p *challengeParser) token() {
	if m := authToken().FindString(p.rest); m != "" {
		p.list[len(p.list)-1].token = strings.TrimRight(m, " \t,")
		p.rest = p.rest[len(m):]
	}
}

// param reads a parameter. When a name occurs twice the first value counts.
func (p *challengeParser) param(head string) {
	name := strings.ToLower(strings.TrimRight(head, "= \t"))
	p.rest = p.rest[len(head):]
	value := p.value()
	if params := p.list[len(p.list)-1].params; params[name] == "" {
		params[name] = value
	}
}

// qopWord reads the second word of a list that should be in quotes:
// qop=auth,auth-int.
func (p *challengeParser) qopWord(word string) bool {
	if len(p.list) == 0 || !strings.HasPrefix(strings.ToLower(word), "auth") {
		return false
	}
	params := p.list[len(p.list)-1].params
	if params["qop"] == "" {
		return false
	}
	params["qop"] += "," + word
	return true
}

// value reads a quoted string, or a text up to the next comma or parameter.
func (p *challengeParser) value() string {
	if strings.HasPrefix(p.rest, `"`) {
		return p.quoted()
	}
	end := strings.IndexByte(p.rest, ',')
	if end < 0 {
		end = len(p.rest)
	}
	if at := nextParam().FindStringIndex(p.rest[:end]); at != nil {
		end = at[0]
	}
	text := strings.TrimSpace(p.rest[:end])
	p.rest = p.rest[end:]
	return text
}

// quoted reads a quoted string. Without a closing quote it goes to the end of
// the line.
func (p *challengeParser) quoted() string {
	var out strings.Builder
	for i := 1; i < len(p.rest); i++ {
		switch c := p.rest[i]; {
		case c == '"':
			p.rest = p.rest[i+1:]
			return out.String()
		case c == '\\' && i+1 < len(p.rest):
			i++
			out.WriteByte(p.rest[i])
		default:
			out.WriteByte(c)
		}
	}
	p.rest = ""
	return out.String()
}
