package cluster

import (
	"strings"
	"testing"

	"github.com/nats-io/nats.go/jetstream"
)

// A store that is full ends the run with words that say so; nothing is tried
// again.
func TestFullStore(t *testing.T) {
	t.Parallel()
	limits := map[string]jetstream.StreamConfig{
		"bytes":    {MaxBytes: 4 << 10},
		"messages": {MaxMsgs: 1},
	}
	for name, c := range limits {
		b := connectTo(t, startHub(t), NewKey())
		c.Name, c.Subjects, c.Discard = runStream, []string{"postie.runs.>"}, jetstream.DiscardNew
		if _, err := b.js.UpdateStream(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		var err error
		for n := 0; n < 10 && err == nil; n++ {
			_, err = b.publish(t.Context(), "postie.runs.full", make([]byte, 1<<10))
		}
		if err == nil || !strings.Contains(err.Error(), "the store of the server is full") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
