// Package cluster carries runs out on many machines, through NATS JetStream.
//
// A Dispatcher has the documents. It publishes each run as a job and takes its
// outcome in place of carrying it out: Carry has the form of runner.Run, so
// that package matrix orders and reports the runs as it does those of one
// machine. A Worker takes jobs from the same server, carries them out and
// publishes their events.
//
// Queue, redelivery, storage and membership are JetStream's and those of NATS
// services. The outcome of a job is decided in one place, the ledger: a record
// that an attempt began, and one that it ended, each written only if nobody
// else has. So each job has one outcome, whichever worker delivers, dies or
// comes back.
//
// Whatever leaves the process is sealed with a Key that the server never sees.
package cluster

import (
	"errors"
	"fmt"
	"time"
)

// Protocol is the version of jobs and results. Workers take only jobs of the
// version that they have themselves.
const Protocol = 1

// Names of streams, subjects and the bucket of documents.
const (
	jobStream = "POSTIE_JOBS"
	runStream = "POSTIE_RUNS"
	consumer  = "workers"
	bucket    = "postie"
	service   = "postie-worker"
)

// What is published, by run and job.
func jobSubject(run string, job int) string {
	return fmt.Sprintf("postie.jobs.v%d.%s.%d", Protocol, run, job)
}
func beganSubject(run string, job int) string {
	return fmt.Sprintf("postie.runs.%s.began.%d", run, job)
}
func endSubject(run string, job int) string { return fmt.Sprintf("postie.runs.%s.end.%d", run, job) }
func eventsSubject(run string, job, attempt int) string {
	return fmt.Sprintf("postie.runs.%s.events.%d.%d", run, job, attempt)
}
func planSubject(run string) string    { return "postie.runs." + run + ".plan" }
func controlSubject(run string) string { return "postie.control." + run }
func askSubject(run string) string     { return "postie.ask." + run }
func shareSubject(worker string) string {
	return "postie.share." + worker
}

// Limits of what is taken from others.
const (
	maxMessage  = 512 << 10 // sealed bytes in one message; more goes to the bucket, or into several
	maxDocument = 1 << 30   // bytes of a document, unsealed
	maxRecord   = 64 << 20  // bytes of a job or a record, unsealed
)

// OnLost says what happens to a job whose worker was lost after it had begun: its
// requests may have been sent.
type OnLost string

// What may happen. Auto is Retry for runs that only read, Fail for others.
const (
	Auto  OnLost = ""
	Retry OnLost = "retry"
	Fail  OnLost = "fail"
)

// ParseOnLost reads retry, fail, or auto.
func ParseOnLost(s string) (OnLost, error) {
	switch s {
	case "", "auto":
		return Auto, nil
	case "retry", "fail":
		return OnLost(s), nil
	}
	return "", fmt.Errorf("%q: want retry or fail", s)
}

// Times of the protocol.
type times struct {
	ackWait  time.Duration // without a sign of life of a worker its job is given to another
	noWorker time.Duration // without a worker the dispatcher gives up
	answer   time.Duration // within which workers say that they are there

	// Of loads.
	startsIn time.Duration // after the word to begin: it is everywhere by then
	quiet    time.Duration // a worker that sends no part for so long is asked whether it is there
	silent   time.Duration // a worker that is not heard of for so long is lost
	orphaned time.Duration // a worker that hears no dispatcher for so long ends its load
}

func defaultTimes() times {
	return times{ackWait: 30 * time.Second, noWorker: 30 * time.Second, answer: time.Second, startsIn: 500 * time.Millisecond, quiet: 2 * time.Second, silent: 6 * time.Second, orphaned: 10 * time.Second}
}

// maxAttempts bounds how many workers one job may cost.
const maxAttempts = 5

// Errors of a dispatcher.
var (
	ErrNoWorker = errors.New("no worker took a job")
	errFull     = errors.New("the store of the server is full")
	errGone     = errors.New("the run is not there any more: its stream was deleted or purged")
)
