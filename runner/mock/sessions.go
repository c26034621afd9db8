package mock

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"
)

// sessionAction serves POST /sessions?_action=…; an action's name may be
// written in any case.
func (t *ForgeRock) sessionAction(c *call) answer {
	if c.Method != http.MethodPost {
		return t.query(c)
	}
	body := make(map[string]json.RawMessage)
	if refused := c.object(&body); refused != nil {
		return *refused
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.opts.Now()
	action := c.URL.Query().Get("_action")
	switch strings.ToLower(action) {
	case "validate":
		return t.validate(c, body, now)
	case "logout":
		return t.logout(c, body, now)
	}
	s, refused := t.authorized(c, body, now)
	switch {
	case refused != nil:
		return *refused
	case action == "":
		return failure(http.StatusBadRequest, "The request has no _action")
	}
	switch strings.ToLower(action) {
	case "refresh":
		t.touch(s, now)
		return success(t.times(s, now))
	case "getsessioninfo":
		return success(t.info(s))
	case "getsessioninfoandresetidletime":
		t.touch(s, now)
		return success(t.info(s))
	case "getsessionproperties":
		return success(t.properties(s))
	case "updatesessionproperties":
		return t.update(s, body)
	}
	return failure(http.StatusNotImplemented, "Action "+action+" not implemented for this resource")
}

// query refuses to list sessions: that takes an administrator.
func (t *ForgeRock) query(c *call) answer {
	if c.Method != http.MethodGet {
		return failure(http.StatusMethodNotAllowed, "Method Not Allowed")
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, refused := t.authorized(c, nil, t.opts.Now()); refused != nil {
		return *refused
	}
	return failure(http.StatusForbidden, "Forbidden")
}

// caller is the token that the request itself carries: as the header named by
// CookieName, else as the cookie of that name.
func (t *ForgeRock) caller(c *call) string {
	if token := c.Header.Get(t.opts.CookieName); token != "" {
		return token
	}
	if cookie, err := c.Cookie(t.opts.CookieName); err == nil {
		return cookie.Value
	}
	return ""
}

// target is the token that the call is about: the body's tokenId, the query's
// as older versions had it, or the caller's own.
func (t *ForgeRock) target(c *call, body map[string]json.RawMessage) string {
	var token string
	if raw, ok := body["tokenId"]; ok && json.Unmarshal(raw, &token) == nil && token != "" {
		return token
	}
	if token := c.URL.Query().Get("tokenId"); token != "" {
		return token
	}
	return t.caller(c)
}

// authorized returns the live session that the call may act on: the caller's
// own, as nobody here is an administrator.
func (t *ForgeRock) authorized(c *call, body map[string]json.RawMessage, now time.Time) (*session, *answer) {
	caller := t.caller(c)
	s, ok := t.sessions[caller]
	if !ok || !t.live(s, now) {
		return nil, refuse(http.StatusUnauthorized, "Access Denied")
	}
	if t.target(c, body) != caller {
		return nil, refuse(http.StatusForbidden, "Forbidden")
	}
	return s, nil
}

// validate needs no authentication and answers 200 for a dead token too.
func (t *ForgeRock) validate(c *call, body map[string]json.RawMessage, now time.Time) answer {
	type valid struct {
		Valid      bool   `json:"valid"`
		SessionUID string `json:"sessionUid,omitempty"`
		UID        string `json:"uid,omitempty"`
		Realm      string `json:"realm,omitempty"`
	}
	s, ok := t.sessions[t.target(c, body)]
	if !ok || !t.live(s, now) {
		return success(valid{})
	}
	if c.URL.Query().Get("refresh") != "false" {
		t.touch(s, now)
	}
	return success(valid{true, s.id, s.user, s.realm})
}

func (t *ForgeRock) logout(c *call, body map[string]json.RawMessage, now time.Time) answer {
	type result struct {
		Result string `json:"result"`
	}
	s, known := t.sessions[t.caller(c)]
	if !known {
		return accessDenied()
	}
	if !t.live(s, now) {
		return success(result{"Token has expired"})
	}
	if t.target(c, body) != t.caller(c) {
		return failure(http.StatusForbidden, "Forbidden")
	}
	s.ended = true
	return success(result{"Successfully logged out"})
}

// A timing is the answer to refresh: seconds used and left, minutes allowed.
type timing struct {
	UID            string `json:"uid"`
	Realm          string `json:"realm"`
	IdleTime       int    `json:"idletime"`
	MaxIdleTime    int    `json:"maxidletime"`
	MaxSessionTime int    `json:"maxsessiontime"`
	MaxTime        int    `json:"maxtime"`
}

func (t *ForgeRock) times(s *session, now time.Time) timing {
	return timing{
		UID: s.user, Realm: s.realm,
		IdleTime:       int(now.Sub(s.access).Seconds()),
		MaxIdleTime:    int(t.opts.IdleTime.Minutes()),
		MaxSessionTime: int(t.opts.MaxTime.Minutes()),
		MaxTime:        int(s.created.Add(t.opts.MaxTime).Sub(now).Seconds()),
	}
}

// An info is the answer to getSessionInfo.
type info struct {
	Username                 string            `json:"username"`
	UniversalID              string            `json:"universalId"`
	Realm                    string            `json:"realm"`
	LatestAccessTime         string            `json:"latestAccessTime"`
	MaxIdleExpirationTime    string            `json:"maxIdleExpirationTime"`
	MaxSessionExpirationTime string            `json:"maxSessionExpirationTime"`
	Properties               map[string]string `json:"properties"`
}

func (t *ForgeRock) info(s *session) info {
	stamp := func(at time.Time) string { return at.UTC().Format(time.RFC3339) }
	return info{
		Username: s.user, UniversalID: s.universalID(), Realm: s.realm,
		LatestAccessTime:         stamp(s.access),
		MaxIdleExpirationTime:    stamp(s.access.Add(t.opts.IdleTime)),
		MaxSessionExpirationTime: stamp(s.created.Add(t.opts.MaxTime)),
		Properties:               map[string]string{"AMCtxId": s.id},
	}
}

// properties are the listed session properties, "" where unset.
func (t *ForgeRock) properties(s *session) map[string]string {
	m := make(map[string]string, len(t.opts.Properties))
	for _, name := range t.opts.Properties {
		m[name] = s.properties[name]
	}
	return m
}

// update sets session properties: all the listed ones at once, no others.
func (t *ForgeRock) update(s *session, body map[string]json.RawMessage) answer {
	delete(body, "tokenId")
	if len(body) == 0 {
		return failure(http.StatusBadRequest, "The request body must name the properties to set")
	}
	values := make(map[string]string, len(body))
	for name, raw := range body {
		if !slices.Contains(t.opts.Properties, name) {
			return failure(http.StatusForbidden, "Forbidden")
		}
		var value string
		if json.Unmarshal(raw, &value) != nil || string(raw) == "null" {
			return failure(http.StatusBadRequest, "The value of property "+name+" must be a string")
		}
		values[name] = value
	}
	for _, name := range t.opts.Properties {
		if _, ok := values[name]; !ok {
			return failure(http.StatusBadRequest, "The request body must hold property "+name)
		}
	}
	s.properties = values
	return success(t.properties(s))
}
