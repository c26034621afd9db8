package mock

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"mime"
	"net/http"
	"strings"
	"time"
)

// stepTime is how long a journey waits for its callbacks.
const stepTime = 5 * time.Minute

// A named is one input or output of a callback.
type named struct {
	Name  string `json:"name"`
	Value any    `json:"value"`
}

// A callback asks the user for one thing.
type callback struct {
	Type   string  `json:"type"`
	Output []named `json:"output"`
	Input  []named `json:"input"`
	ID     int     `json:"_id"`
}

// A step is what a journey asks next, and, filled in, its answer.
type step struct {
	AuthID    string     `json:"authId"`
	Callbacks []callback `json:"callbacks"`
}

// authenticate walks the one journey there is: name and password, given as
// headers at once (zero-page login) or as callbacks in a second call.
func (t *ForgeRock) authenticate(c *call) answer {
	if c.Method != http.MethodPost {
		return failure(http.StatusMethodNotAllowed, "Method Not Allowed")
	}
	var filled step
	if refused := c.object(&filled); refused != nil {
		return *refused
	}
	if !knownJourney(c) {
		return loginFailure("No Configuration found", "")
	}
	if name := headerText(c, "X-OpenAM-Username"); name != "" && filled.AuthID == "" {
		return t.decide(c, name, headerText(c, "X-OpenAM-Password"))
	}
	if filled.AuthID == "" {
		return success(t.ask(c))
	}
	switch expiry, ok := t.openAuthID(filled.AuthID, c.realm); {
	case !ok:
		return failure(http.StatusBadRequest, "Invalid authId")
	case !t.opts.Now().Before(expiry):
		return loginFailure("Session has timed out", "110")
	}
	name, _ := filled.value("NameCallback")
	password, ok := filled.value("PasswordCallback")
	if !ok {
		return success(t.ask(c))
	}
	return t.decide(c, name, password)
}

// knownJourney reports whether the query asks for a journey with name and
// password, or for none in particular.
func knownJourney(c *call) bool {
	query := c.URL.Query()
	if query.Get("authIndexType") == "" {
		return true
	}
	switch query.Get("authIndexValue") {
	case "Login", "PasswordGrant", "ldapService":
		return query.Get("authIndexType") == "service"
	}
	return false
}

// headerText decodes a header that holds more than ASCII as RFC 2047 has it.
func headerText(c *call, name string) string {
	value := c.Header.Get(name)
	var words mime.WordDecoder
	if decoded, err := words.DecodeHeader(value); err == nil {
		return decoded
	}
	return value
}

func (t *ForgeRock) ask(c *call) step {
	field := func(typ, prompt, input string, id int) callback {
		return callback{typ, []named{{"prompt", prompt}}, []named{{input, ""}}, id}
	}
	return step{AuthID: t.newAuthID(c.realm), Callbacks: []callback{
		field("NameCallback", "User Name", "IDToken1", 0),
		field("PasswordCallback", "Password", "IDToken2", 1),
	}}
}

// value is the input of the callback of a type.
func (s step) value(typ string) (string, bool) {
	for _, cb := range s.Callbacks {
		if cb.Type == typ && len(cb.Input) > 0 {
			text, ok := cb.Input[0].Value.(string)
			return text, ok
		}
	}
	return "", false
}

func (t *ForgeRock) decide(c *call, name, password string) answer {
	want, ok := t.opts.Users[name]
	if !ok || !hmac.Equal([]byte(want), []byte(password)) {
		return loginFailure("Login failure", "")
	}
	url := "/enduser/?realm=" + c.realm
	if c.URL.Query().Get("noSession") == "true" {
		return success(struct {
			Message    string `json:"message"`
			SuccessURL string `json:"successUrl"`
			Realm      string `json:"realm"`
		}{"Authentication Successful", url, c.realm})
	}
	return success(struct {
		TokenID    string `json:"tokenId"`
		SuccessURL string `json:"successUrl"`
		Realm      string `json:"realm"`
	}{t.login(name, c.realm), url, c.realm})
}

func loginFailure(message, code string) answer {
	detail := struct {
		ErrorCode  string `json:"errorCode,omitempty"`
		FailureURL string `json:"failureUrl"`
	}{ErrorCode: code}
	return answer{http.StatusUnauthorized, problem{http.StatusUnauthorized, "Unauthorized", message, detail}}
}

// An authClaim is the content of an authId, a signed JWT.
type authClaim struct {
	Nonce  string `json:"otk"`
	Realm  string `json:"realm"`
	Expiry int64  `json:"exp"`
	Issued int64  `json:"iat"`
}

func (t *ForgeRock) newAuthID(realm string) string {
	now := t.opts.Now()
	claim, err := json.Marshal(authClaim{t.randomText(26), realm, now.Add(stepTime).Unix(), now.Unix()})
	if err != nil {
		return "" // cannot happen: strings and numbers
	}
	enc := base64.RawURLEncoding.EncodeToString
	text := enc([]byte(`{"typ":"JWT","alg":"HS256"}`)) + "." + enc(claim)
	return text + "." + enc(t.sign(text))
}

func (t *ForgeRock) sign(text string) []byte {
	mac := hmac.New(sha256.New, t.key)
	mac.Write([]byte(text))
	return mac.Sum(nil)
}

// openAuthID returns when an authId of this tenant and realm expires.
func (t *ForgeRock) openAuthID(id, realm string) (time.Time, bool) {
	cut := strings.LastIndexByte(id, '.')
	if cut < 0 {
		return time.Time{}, false
	}
	text := id[:cut]
	mac, err := base64.RawURLEncoding.DecodeString(id[cut+1:])
	if err != nil || !hmac.Equal(mac, t.sign(text)) {
		return time.Time{}, false
	}
	_, payload, _ := strings.Cut(text, ".")
	raw, err := base64.RawURLEncoding.DecodeString(payload)
	var claim authClaim
	if err != nil || json.Unmarshal(raw, &claim) != nil || claim.Realm != realm {
		return time.Time{}, false
	}
	return time.Unix(claim.Expiry, 0), true
}
