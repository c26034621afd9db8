package mock

import (
	"crypto/sha1"
	"fmt"
	"strings"
	"time"

	"postie/collections/vars"
)

// maxSessions bounds the memory of a tenant; the oldest session is dropped.
const maxSessions = 10_000

// A session is one login. A dead one is kept, because logout answers otherwise
// for a token that never was.
type session struct {
	id         string // AMCtxId
	user       string // the user's id, a UUID
	realm      string
	created    time.Time
	access     time.Time // latest access
	properties map[string]string
	ended      bool // logged out
}

// login starts a session and returns its token.
func (t *ForgeRock) login(user, realm string) string {
	token := t.randomText(27) + ".*AAJTSQACMDEAAlNLABx" + t.randomText(28) + "*"
	id := userID(t.randomText(20))
	now := t.opts.Now()
	t.mu.Lock()
	defer t.mu.Unlock()
	t.makeRoom()
	t.sessions[token] = &session{
		id: fmt.Sprintf("%s-%d", id, len(t.sessions)+1), user: userID(user), realm: realm,
		created: now, access: now, properties: make(map[string]string),
	}
	return token
}

func (t *ForgeRock) makeRoom() {
	if len(t.sessions) < maxSessions {
		return
	}
	oldest := ""
	for token, s := range t.sessions {
		if oldest == "" || s.created.Before(t.sessions[oldest].created) {
			oldest = token
		}
	}
	delete(t.sessions, oldest)
}

// userID is the same UUID for a name each time, as a tenant's would be.
func userID(name string) string {
	h := sha1.Sum([]byte(name))
	return vars.UUID(5, h[:])
}

// universalID is the distinguished name of the session's user.
func (s *session) universalID() string {
	org := ""
	if s.realm != "/" {
		org = "o=" + strings.ReplaceAll(s.realm[1:], "/", ",o=") + ",ou=services,"
	}
	return "id=" + s.user + ",ou=user," + org + "ou=am-config"
}

// live reports whether the session neither ended nor timed out.
func (t *ForgeRock) live(s *session, now time.Time) bool {
	return !s.ended && now.Sub(s.access) < t.opts.IdleTime && now.Sub(s.created) < t.opts.MaxTime
}

// touch sets the idle time back to zero, unless that was done just before.
func (t *ForgeRock) touch(s *session, now time.Time) {
	if now.Sub(s.access) > t.opts.UpdateTime {
		s.access = now
	}
}
