// Package cluster distributes runs to many machines through NATS JetStream.
//
// A Dispatcher has the documents. It publishes each run as a job and receives
// the outcome: Carry has the signature of runner.Run, so package matrix orders
// and reports the runs like those of one machine. A Worker takes jobs from the
// same server, runs them and publishes their events.
//
// JetStream provides queue, redelivery and storage, and NATS services provide
// membership. The outcome of a job is decided in one place, the ledger: a
// record that an attempt began, and a record that it ended. Each is written
// only if no other attempt has written it. So each job has exactly one outcome,
// whichever worker delivers, dies or returns.
//
// Everything that leaves the process is sealed with a Key that the server never
// gets.
package cluster

import (
	"errors"
	"fmt"
	"time"
)

// Protocol is the version of jobs and results. Workers take only jobs of their
// own version.
const Protocol = 1

// Names of streams, of the workers' consumer, and of the bucket of documents.
const (
	jobStream = "POSTIE_JOBS"
	runStream = "POSTIE_RUNS"
	consumer  = "workers"
	bucket    = "postie"
	service   = "postie-worker"
)

// Subjects, by run and job.
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

// Limits of data from other processes.
const (
	maxMessage  = 512 << 10 // sealed bytes in one message; larger content goes to the bucket, or into several messages
	maxDocument = 1 << 30   // bytes of a document, unsealed
	maxRecord   = 64 << 20  // bytes of a job or a record, unsealed
)

// OnLost says what happens to a job whose worker was lost after it had begun.
// Its requests may have been sent.
type OnLost string

// The choices. Auto is Retry for runs that only read, and Fail for others.
const (
	Auto  OnLost = ""
	Retry OnLost = "retry"
	Fail  OnLost = "fail"
)

// ParseOnLost parses retry, fail or auto.
func ParseOnLost(s string) (OnLost, error) {
	switch s {
	case "", "auto":
		return Auto, nil
	case "retry", "fail":
		return OnLost(s), nil
	}
	return "", fmt.Errorf("%q: want retry or fail", s)
}

// The time limits of the protocol.
type times struct {
	ackWait  time.Duration // a job whose worker sends no sign of life for so long is given to another
	noWorker time.Duration // a dispatcher that finds no worker for so long gives up
	answer   time.Duration // how long workers have to answer a roll call

	// Of loads.
	startsIn time.Duration // from the word to begin to the begin, so that all workers have the word by then
	quiet    time.Duration // after so long without a part a worker is asked whether it is there
	silent   time.Duration // after so long without a sign of life a worker counts as lost
	orphaned time.Duration // a worker that hears nothing from a dispatcher for so long ends its load
}

func defaultTimes() times {
	return times{ackWait: 30 * time.Second, noWorker: 30 * time.Second, answer: time.Second, startsIn: 500 * time.Millisecond, quiet: 2 * time.Second, silent: 6 * time.Second, orphaned: 10 * time.Second}
}

// maxAttempts limits how many workers may be lost by one job.
const maxAttempts = 5

// Errors of a dispatcher.
var (
	ErrNoWorker = errors.New("no worker took a job")
	errFull     = errors.New("the store of the server is full")
	errGone     = errors.New("the run is not there any more: its stream was deleted or purged")
)
