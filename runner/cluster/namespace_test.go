package cluster

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"postie/runner/matrix"
)

// namespaces has partitions made by the kernel, which takes root and Linux.
var namespaces = flag.Bool("namespaces", false, "also cut workers off in network namespaces; takes root")

// A namespace is a network of its own for a worker, with two wires to this one.
type namespace struct{ name, bus, target string }

// ip runs the tool that sets networks up.
func ip(t *testing.T, line string) {
	t.Helper()
	if out, err := exec.Command("ip", strings.Fields(line)...).CombinedOutput(); err != nil {
		t.Errorf("ip %s: %v: %s", line, err, out)
	}
}

func newNamespace(t *testing.T) *namespace {
	t.Helper()
	n := &namespace{name: fmt.Sprint("postie", os.Getpid()), bus: "postieb0", target: "postiet0"}
	ip(t, "netns add "+n.name)
	t.Cleanup(func() { ip(t, "netns del "+n.name) })
	for i, wire := range []string{n.bus, n.target} {
		ip(t, fmt.Sprintf("link add %s type veth peer name eth%d netns %s", wire, i, n.name))
		t.Cleanup(func() { ip(t, "link del "+wire) }) // at once: with the namespace it would go later
		ip(t, fmt.Sprintf("addr add 10.213.%d.1/24 dev %s", i, wire))
		ip(t, fmt.Sprintf("link set %s up", wire))
		ip(t, fmt.Sprintf("-n %s addr add 10.213.%d.2/24 dev eth%d", n.name, i, i))
		ip(t, fmt.Sprintf("-n %s link set eth%d up", n.name, i))
	}
	if t.Failed() {
		t.FailNow()
	}
	return n
}

// A worker whose network loses the way to the server, and keeps the one to the
// target, is as good as one behind a cut wire: for less than AckWait what it has
// done counts, for longer another has its jobs.
func TestWorkerIsCutOffByItsNetwork(t *testing.T) {
	if !*namespaces {
		t.Skip("-namespaces runs it, as root")
	}
	for _, long := range []bool{false, true} {
		t.Run(fmt.Sprint("long ", long), func(t *testing.T) {
			n, srv, h, key := newNamespace(t), startServer(t), startHub(t), NewKey()
			bus, target := startWireAt(t, "10.213.0.1:0", h.URL()), startWireAt(t, "10.213.1.1:0", srv.URL)
			spawnAs(t, "worker", bus.url(), key, "cut", "ip", "netns", "exec", n.name)
			spare := connectAt(t, h.URL(), key, loses)
			after := beside(t, func() {
				until(t, func() bool { return srv.held.Load() == 2 })
				ip(t, "link set "+n.bus+" down")
				if long {
					startWorkerOn(t, spare, WorkerOptions{Name: "other", Slots: 2})
				}
				close(srv.hold)
				until(t, func() bool { return srv.asked.Load() >= 4 })
				if !long {
					ip(t, "link set "+n.bus+" up")
				}
			})
			said := &notices{}
			d := dispatcher(t, connectAt(t, h.URL(), key, loses), DispatcherOptions{OnLost: Retry, Notice: said.add})
			_, outs := runMatrix(t, tenantRuns(parse(t, twoRequests), "http://"+target.listener.Addr().String(), "hold", 16), matrix.Options{Workers: 16, Carry: d.Carry})
			<-after
			if long {
				ip(t, "link set "+n.bus+" up")
			}
			checkOutcomes(t, srv, outs, Retry)
			if err := d.Close(); err != nil {
				t.Error(err)
			}
			checkRepeats(t, srv, said)
			if long && len(said.lines) == 0 {
				t.Error("jobs were begun again, and the user read nothing of it")
			}
		})
	}
}
