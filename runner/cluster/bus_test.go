package cluster

import (
	"encoding/json"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Who connects while a stream has no leader waits until it has one.
func TestConnectWaitsForLeaders(t *testing.T) {
	t.Parallel()
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: server.RANDOM_PORT, NoSigs: true, NoLog: true})
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	if !s.ReadyForConnections(time.Minute) {
		t.Fatal("the server does not start")
	}
	nc, err := nats.Connect("", nats.InProcessServer(s))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	var asked atomic.Int64
	if _, err := nc.Subscribe("$JS.API.STREAM.INFO.>", func(m *nats.Msg) {
		answer := map[string]any{"config": map[string]any{"name": m.Subject[strings.LastIndexByte(m.Subject, '.')+1:]}, "state": map[string]any{}}
		if asked.Add(1) == 2 { // the first stream has a leader, and the second none yet
			answer = map[string]any{"error": map[string]any{"code": 503, "err_code": noLeader, "description": "JetStream system temporarily unavailable"}}
		}
		src, err := json.Marshal(answer)
		if err == nil {
			err = m.Respond(src)
		}
		if err != nil {
			t.Error(err)
		}
	}); err != nil {
		t.Fatal(err)
	}
	connectAt(t, s.ClientURL(), NewKey(), quick)
	if asked.Load() < 5 {
		t.Errorf("asked %d times", asked.Load())
	}
}

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
