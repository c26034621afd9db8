package cluster

import (
	"encoding/json"

	"postie/collections/vars"
	"postie/runner"
)

// A job is what a worker runs: a run, or some iterations of a run, each in a
// session of its own.
type job struct {
	Version   int    `json:"v"`
	Run       string `json:"run"`
	Number    int    `json:"number"`
	Elsewhere string `json:"elsewhere,omitempty"` // name of the document with the job, when it is too large for a message
	Spec      *spec  `json:"spec,omitempty"`
	OnLost    OnLost `json:"onLost"`
	Rows      []row  `json:"rows,omitempty"` // none: the whole run
	Round     *round `json:"round,omitempty"`
}

// A round are the jobs that all slots of a cluster carry out at the same time.
// The last one has those that would be left after it, too: they share the slots,
// item by item, as those of one machine do (see package matrix).
type round struct {
	Extra int `json:"extra"` // jobs more than slots
	Slots int `json:"slots"` // of all workers
}

// lastRound is the round of a job when it is the last of so many jobs, else nil.
func lastRound(job, jobs, slots int) *round {
	if slots == 0 || jobs < slots || jobs%slots == 0 || job < jobs-jobs%slots-slots {
		return nil
	}
	return &round{jobs % slots, slots}
}

// share is how many of the extra jobs a worker with so many slots takes.
func (r *round) share(slots int) int { return (r.Extra*slots + r.Slots - 1) / r.Slots }

// A row is an iteration of a job.
type row struct {
	Number int             `json:"n"`
	Of     int             `json:"of"`
	Data   json.RawMessage `json:"d,omitempty"`
}

func packRows(list []runner.Iteration) []row {
	var out []row
	for _, n := range list {
		out = append(out, row{n.Number, n.Of, packRow(n.Row)})
	}
	return out
}

func (r row) unpack() (runner.Iteration, error) {
	n := runner.Iteration{Number: r.Number, Of: r.Of}
	if r.Data == nil {
		return n, nil
	}
	scope, err := rowScope(r.Data)
	n.Row = scope
	return n, err
}

// rowScope parses a data row that packRow has written.
func rowScope(src json.RawMessage) (*vars.Scope, error) {
	d, err := dataOf(append(append([]byte{'['}, src...), ']'))
	if err != nil {
		return nil, err
	}
	for s, err := range d.Rows() {
		return s, err
	}
	return nil, nil
}
