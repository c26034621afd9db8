package cluster

import (
	"fmt"
	"math/rand/v2"
	"net"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"postie/runner/matrix"
)

// startServers starts a cluster of three NATS servers.
func startServers(t *testing.T) (servers []*server.Server, urls string) {
	t.Helper()
	var ports []int
	var routes []*url.URL
	for range 3 {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
		routes = append(routes, &url.URL{Scheme: "nats", Host: l.Addr().String()})
		_ = l.Close()
	}
	var clients []string
	for i, port := range ports {
		s, err := server.NewServer(&server.Options{ServerName: fmt.Sprint("s", i), Host: "127.0.0.1", Port: server.RANDOM_PORT, NoSigs: true, NoLog: true,
			JetStream: true, StoreDir: t.TempDir(), DisableJetStreamBanner: true, Routes: routes, Cluster: server.ClusterOpts{Name: "three", Host: "127.0.0.1", Port: port}})
		if err != nil {
			t.Fatal(err)
		}
		s.Start()
		t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
		if !s.ReadyForConnections(time.Minute) {
			t.Fatal("a server does not start")
		}
		servers, clients = append(servers, s), append(clients, s.ClientURL())
	}
	until(t, func() bool {
		for _, s := range servers {
			if s.JetStreamIsLeader() && len(s.JetStreamClusterPeers()) == 3 {
				return true
			}
		}
		return false
	})
	return servers, strings.Join(clients, ",")
}

// Of three servers the one that leads the streams is stopped at a moment drawn
// from a seed: every run is carried out, and reported once.
func TestStoppedLeader(t *testing.T) {
	t.Parallel()
	for seed := range uint64(*rounds) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 4))
			srv, key := startServer(t), NewKey()
			servers, urls := startServers(t)
			at := quick
			at.ackWait = 6 * time.Second // a job that is lost between server and worker is sent again after it
			startWorkerOn(t, connectAt(t, urls, key, at), WorkerOptions{Name: "w1", Slots: 2})
			startWorkerOn(t, connectAt(t, urls, key, at), WorkerOptions{Name: "w2", Slots: 2})
			b := connectAt(t, urls, key, at)
			stream := []string{jobStream, runStream}[seed%2]
			s, err := b.js.Stream(t.Context(), stream)
			if err != nil {
				t.Fatal(err)
			}
			info := s.CachedInfo()
			if info.Config.Replicas != 3 {
				t.Fatalf("%d replicas of %s", info.Config.Replicas, stream)
			}
			stoppedOne := make(chan struct{})
			srv.at(t, r.Int64N(28), r.IntN(60), func() {
				defer close(stoppedOne)
				for _, s := range servers {
					if s.Name() == info.Cluster.Leader {
						s.Shutdown()
					}
				}
			})
			var lost atomic.Int64
			d := dispatcher(t, b, DispatcherOptions{OnLost: Retry, Notice: func(text string) {
				t.Log(text)
				if strings.Contains(text, "was lost") {
					lost.Add(1)
				}
			}})
			_, outs := runMatrix(t, tenantRuns(parse(t, twoRequests), srv.URL, "slow", 16), matrix.Options{Workers: 6, Carry: d.Carry})
			<-stoppedOne
			if err := d.Close(); err != nil {
				t.Error(err)
			}
			checkOutcomes(t, srv, outs, Retry)
			if srv.asked.Load() != 32 && lost.Load() == 0 {
				t.Errorf("%d requests, want 32", srv.asked.Load())
			}
		})
	}
}
