package cluster

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// A ledger holds records by subject; the newest of each counts. It alone decides
// who carries a job out and what its outcome is.
type ledger interface {
	// last is the newest record of a subject, and its number; 0 for none.
	last(ctx context.Context, subject string) ([]byte, uint64, error)
	// write adds a record unless the newest has another number than expected,
	// 0 for none. It reports whether it did.
	write(ctx context.Context, subject string, record []byte, expected uint64) (bool, error)
}

// A began says that an attempt at a job has begun: from here on its requests
// may have been sent.
type began struct {
	Attempt   int      `json:"attempt"`
	Worker    string   `json:"worker"`
	Token     string   `json:"token"` // of this attempt alone
	Lost      []string `json:"lost,omitempty"`
	Cancelled bool     `json:"cancelled,omitempty"` // by the dispatcher: nobody may begin
}

// An ended is the outcome of a job. In the record the last events of the job
// follow it.
type ended struct {
	Attempt int      `json:"attempt"`
	Worker  string   `json:"worker,omitempty"`
	Token   string   `json:"token"`
	Lost    []string `json:"lost,omitempty"`    // workers of the attempts before
	GaveUp  bool     `json:"gaveUp,omitempty"`  // the last of Lost had begun, and nobody else may
	Fault   string   `json:"fault,omitempty"`   // why the run could not be carried out
	NoneRun bool     `json:"noneRun,omitempty"` // because there was no request
	Chunks  int      `json:"chunks,omitempty"`  // of events, before the rest
	State   *state   `json:"state,omitempty"`
}

// An attempt is that of one worker to carry out one job.
type attempt struct {
	ledger ledger
	key    *Key
	run    string
	job    int
	worker string
	token  string
	onLost OnLost // Retry or Fail
	number int    // set by begin
	lost   []string
}

// A verdict says what a worker does with a job that it was given.
type verdict int

const (
	work verdict = iota // carry it out: nobody else has begun, or who had was lost
	skip                // there is an outcome already
)

// begin asks to carry the job out.
func (a *attempt) begin(ctx context.Context) (verdict, error) {
	// Most jobs were begun by nobody, and so have no end either.
	if first, err := a.take(ctx, began{Attempt: 1}, 0); first || err != nil {
		return a.unlessOver(ctx, err)
	}
	for {
		end, _, err := a.ledger.last(ctx, endSubject(a.run, a.job))
		if end != nil || err != nil {
			return skip, err
		}
		subject := beganSubject(a.run, a.job)
		src, number, err := a.ledger.last(ctx, subject)
		if err != nil {
			return skip, err
		}
		var before began
		if src != nil {
			if err := a.read(subject, src, &before); err != nil {
				return skip, err
			}
		}
		if before.Cancelled {
			return skip, nil
		}
		if src != nil {
			a.lost = append(slices.Clone(before.Lost), before.Worker)
			if a.onLost == Fail || before.Attempt >= maxAttempts {
				_, err := a.end(ctx, ended{Attempt: before.Attempt, Worker: before.Worker, GaveUp: true}, nil)
				return skip, err
			}
		}
		if mine, err := a.take(ctx, began{Attempt: before.Attempt + 1, Lost: a.lost}, number); mine || err != nil {
			return a.unlessOver(ctx, err)
		}
	}
}

// take writes that this attempt has begun, unless another has since the record of
// the number. It reports whether it has.
func (a *attempt) take(ctx context.Context, record began, number uint64) (bool, error) {
	subject := beganSubject(a.run, a.job)
	record.Worker, record.Token = a.worker, a.token
	a.number = record.Attempt
	ok, err := a.ledger.write(ctx, subject, a.seal(subject, record, nil), number)
	if ok || err != nil {
		return ok, err
	}
	return a.isMine(ctx, subject) // it was written, and the answer was lost
}

// unlessOver is to work on a job that was taken, unless its run is over: the plan
// is the first record of a run to be removed, so that who still finds it after
// it has taken the job has not missed an end.
func (a *attempt) unlessOver(ctx context.Context, err error) (verdict, error) {
	if err != nil {
		return skip, err
	}
	if over, err := a.over(ctx); over || err != nil {
		return skip, err
	}
	return work, nil
}

// over reports whether the run of the job is. It looks more than once, because
// a job that is left is never carried out: a server that has just become the
// leader may not know of the plan yet.
func (a *attempt) over(ctx context.Context) (bool, error) {
	for range 3 {
		there, _, err := a.ledger.last(ctx, planSubject(a.run))
		if there != nil || err != nil {
			return false, err
		}
		if !pause(ctx, 300*time.Millisecond) {
			return false, ctx.Err()
		}
	}
	return true, nil
}

// isMine reports whether the newest record of a subject is this attempt's.
func (a *attempt) isMine(ctx context.Context, subject string) (bool, error) {
	src, _, err := a.ledger.last(ctx, subject)
	if err != nil || src == nil {
		return false, err
	}
	var is struct{ Token string }
	err = a.read(subject, src, &is)
	return is.Token == a.token, err
}

// end writes the outcome of the job, with the last of its events. It reports
// whether this outcome counts: that of another attempt may be there.
func (a *attempt) end(ctx context.Context, e ended, events []byte) (bool, error) {
	subject := endSubject(a.run, a.job)
	e.Token, e.Lost = a.token, a.lost
	ok, err := a.ledger.write(ctx, subject, a.seal(subject, e, events), 0)
	if ok || err != nil {
		return ok, err
	}
	return a.isMine(ctx, subject)
}

// cancel keeps everybody from beginning the job. It reports false when somebody
// has.
func (a *attempt) cancel(ctx context.Context) (bool, error) {
	subject := beganSubject(a.run, a.job)
	ok, err := a.ledger.write(ctx, subject, a.seal(subject, began{Token: a.token, Cancelled: true}, nil), 0)
	if ok || err != nil {
		return ok, err
	}
	return a.isMine(ctx, subject)
}

// seal is a record as it is published: a line of JSON, and what follows it.
func (a *attempt) seal(subject string, record any, rest []byte) []byte {
	line, err := encode(record)
	if err != nil {
		panic(err) // records hold nothing that JSON cannot
	}
	return a.key.seal(subject, append(append(line, '\n'), rest...))
}

// read opens a record.
func (a *attempt) read(subject string, src []byte, into any) error {
	_, err := openRecord(a.key, subject, src, into)
	return err
}

// openRecord opens a record, and returns what follows its line.
func openRecord(k *Key, subject string, src []byte, into any) (rest []byte, err error) {
	plain, err := k.open(subject, src, maxRecord)
	if err != nil {
		return nil, fmt.Errorf("a record of job %s: %w", subject, err)
	}
	line, rest := plain, []byte(nil)
	for i, c := range plain {
		if c == '\n' {
			line, rest = plain[:i], plain[i+1:]
			break
		}
	}
	return rest, json.Unmarshal(line, into)
}
