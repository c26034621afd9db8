package cluster

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go/jetstream"

	"postie/runner/cluster/hub"
	"postie/runner/matrix"
	"postie/runner/runnertest"
)

// startServers starts a cluster of three NATS servers.
func startServers(t *testing.T) (servers []*server.Server, urls string) {
	t.Helper()
	var routes []*url.URL
	for _, address := range runnertest.FreeAddresses(t, 3) {
		routes = append(routes, &url.URL{Scheme: "nats", Host: address})
	}
	var clients []string
	for i, at := range routes {
		port, err := strconv.Atoi(at.Port())
		if err != nil {
			t.Fatal(err)
		}
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

// A run outlives the loss of one of three servers, at a moment that the seed
// draws: every run is carried out, and reported once.
func outlives(t *testing.T, seed *rand.Rand, urls string, lose func()) {
	t.Helper()
	srv, key := startServer(t), NewKey()
	at := quick
	at.ackWait = 6 * time.Second     // a job that is lost between server and worker is sent again after it
	b := connectAt(t, urls, key, at) // waits until most of them know each other
	until(t, func() bool { return threeReplicas(t, connectAt(t, urls, key, at)) })
	startWorkerOn(t, connectAt(t, urls, key, at), WorkerOptions{Name: "w1", Slots: 2})
	startWorkerOn(t, connectAt(t, urls, key, at), WorkerOptions{Name: "w2", Slots: 2})
	lostOne := srv.at(t, seed, lose)
	said := &notices{}
	d := dispatcher(t, b, DispatcherOptions{OnLost: Retry, Notice: said.add})
	_, outs := runMatrix(t, tenantRuns(parse(t, twoRequests), srv.URL, "slow", 16), matrix.Options{Workers: 6, Carry: d.Carry})
	<-lostOne
	if err := d.Close(); err != nil {
		t.Error(err)
	}
	checkOutcomes(t, srv, outs, Retry)
	checkRepeats(t, srv, said)
}

// The server that leads the jobs, or the records, is stopped.
func TestStoppedLeader(t *testing.T) {
	t.Parallel()
	for seed := range uint64(*rounds) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			servers, urls := startServers(t)
			stream := []string{jobStream, runStream}[seed%2]
			outlives(t, rand.New(rand.NewPCG(seed, 4)), urls, func() {
				leads := func(s *server.Server) bool { return s.JetStreamIsStreamLeader(server.DEFAULT_GLOBAL_ACCOUNT, stream) }
				until(t, func() bool { return slices.ContainsFunc(servers, leads) })
				servers[slices.IndexFunc(servers, leads)].Shutdown()
			})
		})
	}
}

// spawnHubs starts three hubs that know each other, each in a process.
func spawnHubs(t *testing.T) (hubs []*exec.Cmd, urls string) {
	t.Helper()
	routes := runnertest.FreeAddresses(t, 3)
	var clients []string
	for i, address := range routes {
		o, err := json.Marshal(hub.Options{Listen: "127.0.0.1:0", Store: t.TempDir(), Token: "clients'",
			Routes: hub.Routes{Name: fmt.Sprint("h", i), Listen: address, URLs: routes, Token: "hubs'"}})
		if err != nil {
			t.Fatal(err)
		}
		c, out := spawnAs(t, "hub", string(o), NewKey(), "")
		u, err := out.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		hubs, clients = append(hubs, c), append(clients, strings.Replace(strings.TrimSpace(u), "://", "://clients'@", 1))
	}
	return hubs, strings.Join(clients, ",")
}

// A hub is killed.
func TestKilledHub(t *testing.T) {
	t.Parallel()
	for seed := range uint64(*rounds) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 5))
			hubs, urls := spawnHubs(t)
			victim := hubs[r.IntN(3)]
			outlives(t, r, urls, func() { _ = victim.Process.Kill() })
		})
	}
}

// threeReplicas reports whether all streams have three copies that are current.
func threeReplicas(t *testing.T, b *Bus) bool {
	defer b.Close()
	for _, name := range []string{jobStream, runStream, "OBJ_" + bucket} {
		s, err := b.js.Stream(t.Context(), name)
		if err != nil {
			return false
		}
		info, err := s.Info(t.Context())
		if err != nil || info.Config.Replicas != 3 || info.Cluster == nil || len(info.Cluster.Replicas) != 2 {
			return false
		}
		for _, peer := range info.Cluster.Replicas {
			if !peer.Current {
				return false
			}
		}
	}
	return true
}

// A dispatcher ends at once although the server has just lost the consumer that
// it listens with, and it is making another.
func TestDispatcherEndsWhileItListensAnew(t *testing.T) {
	t.Parallel()
	b := connectTo(t, startHub(t), NewKey())
	for range 100 * *rounds {
		d := dispatcher(t, b, DispatcherOptions{})
		deleted := beside(t, func() {
			for name := range b.runs.ConsumerNames(t.Context()).Name() {
				if err := b.runs.DeleteConsumer(t.Context(), name); err != nil && !errors.Is(err, jetstream.ErrConsumerNotFound) {
					t.Error(err)
				}
			}
		})
		if rand.IntN(2) == 0 {
			<-deleted
		}
		d.Abandon()
		<-deleted
	}
}
