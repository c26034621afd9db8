package cluster

import "github.com/nats-io/nats.go/micro"

// share answers a dispatcher that asks for a share of a load.
func (w *Worker) share(r micro.Request) {
	_ = r.Error("400", "no load is carried out here yet", nil)
}
