package cluster

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// A ledger has records by subject; the newest record of a subject counts. Only
// the ledger decides which worker runs a job, and what the job's outcome is.
type ledger interface {
	// last returns the newest record of a subject and its number, or 0 when
	// there is none.
	last(ctx context.Context, subject string) ([]byte, uint64, error)
	// write adds a record if the number of the newest one is expected (0:
	// none). It returns whether it did.
	write(ctx context.Context, subject string, record []byte, expected uint64) (bool, error)
}

// A began record says that an attempt at a job has begun: from then on the
// job's requests may have been sent.
type began struct {
	Attempt   int      `json:"attempt"`
	Worker    string   `json:"worker"`
	Token     string   `json:"token"` // unique to this attempt
	Lost      []string `json:"lost,omitempty"`
	Cancelled bool     `json:"cancelled,omitempty"` // by the dispatcher: no attempt may begin
}

// An ended record has the outcome of a job. The last events of the job follow
// it in the message.
type ended struct {
	Attempt int      `json:"attempt"`
	Worker  string   `json:"worker,omitempty"`
	Token   string   `json:"token"`
	Lost    []string `json:"lost,omitempty"`    // workers of earlier attempts
	GaveUp  bool     `json:"gaveUp,omitempty"`  // the last of Lost had begun, and no other worker may repeat the job
	Fault   string   `json:"fault,omitempty"`   // why the run could not run
	NoneRun bool     `json:"noneRun,omitempty"` // because there was no request
	Chunks  int      `json:"chunks,omitempty"`  // number of messages with earlier events
	State   *state   `json:"state,omitempty"`
}

// An attempt is the attempt of one worker to run one job.
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

// A verdict says what a worker does with a job that it received.
type verdict int

const (
	work verdict = iota // run the job: no other attempt has begun, or its worker was lost
	skip                // the job has an outcome already
)

// begin asks for permission to run the job.
func (a *attempt) begin(ctx context.Context) (verdict, error) {
	// Nearly always no other attempt has begun the job, so it has no end
	// either.
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

// take writes that this attempt has begun, unless another attempt has begun
// since the record with this number. It returns whether it did.
func (a *attempt) take(ctx context.Context, record began, number uint64) (bool, error) {
	subject := beganSubject(a.run, a.job)
	record.Worker, record.Token = a.worker, a.token
	a.number = record.Attempt
	ok, err := a.ledger.write(ctx, subject, a.seal(subject, record, nil), number)
	if ok || err != nil {
		return ok, err
	}
	return a.isMine(ctx, subject) // the record may have been written, and only the response was lost
}

// unlessOver returns work for a job that was taken, unless its run is over. The
// plan is the first record of a run that is deleted: if it still exists after
// the job was taken, no end can have been deleted before the check.
func (a *attempt) unlessOver(ctx context.Context, err error) (verdict, error) {
	if err != nil {
		return skip, err
	}
	if over, err := a.over(ctx); over || err != nil {
		return skip, err
	}
	return work, nil
}

// over reports whether the run of the job is over. It checks several times,
// because a server that has just become the leader may not know the plan yet,
// and a job that is skipped never runs.
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

// isMine reports whether the newest record of a subject belongs to this
// attempt.
func (a *attempt) isMine(ctx context.Context, subject string) (bool, error) {
	src, _, err := a.ledger.last(ctx, subject)
	if err != nil || src == nil {
		return false, err
	}
	var is struct{ Token string }
	err = a.read(subject, src, &is)
	return is.Token == a.token, err
}

// end writes the outcome of the job, with its last events. It returns whether
// this outcome counts, since another attempt may have written one.
func (a *attempt) end(ctx context.Context, e ended, events []byte) (bool, error) {
	subject := endSubject(a.run, a.job)
	e.Token, e.Lost = a.token, a.lost
	ok, err := a.ledger.write(ctx, subject, a.seal(subject, e, events), 0)
	if ok || err != nil {
		return ok, err
	}
	return a.isMine(ctx, subject)
}

// cancel prevents all attempts from beginning the job. It returns false when
// one has begun.
func (a *attempt) cancel(ctx context.Context) (bool, error) {
	subject := beganSubject(a.run, a.job)
	ok, err := a.ledger.write(ctx, subject, a.seal(subject, began{Token: a.token, Cancelled: true}, nil), 0)
	if ok || err != nil {
		return ok, err
	}
	return a.isMine(ctx, subject)
}

// seal returns a sealed record: a line of JSON, and what follows it.
func (a *attempt) seal(subject string, record any, rest []byte) []byte {
	line, err := encode(record)
	if err != nil {
		panic(err) // records contain only values that JSON can represent
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
