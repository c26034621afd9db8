package sandbox

import (
	"container/heap"
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/tidwall/gjson"

	"postie/collections/vars"
	"postie/runner/script"
)

// timers are the script's calls of setTimeout, setInterval and setImmediate
// that have not fired yet, soonest first.
type timers struct {
	queue  queue
	byID   map[int]*timer
	count  int
	wanted int // how many the script waits for
}

type timer struct {
	id    int
	due   time.Time
	order int
	at    int  // index in the queue
	idle  bool // the script does not wait for it
}

type queue []*timer

func (q queue) Len() int { return len(q) }
func (q queue) Less(i, j int) bool {
	if !q[i].due.Equal(q[j].due) {
		return q[i].due.Before(q[j].due)
	}
	return q[i].order < q[j].order
}
func (q queue) Swap(i, j int) {
	q[i], q[j] = q[j], q[i]
	q[i].at, q[j].at = i, j
}
func (q *queue) Push(v any) {
	t := v.(*timer)
	t.at = len(*q)
	*q = append(*q, t)
}
func (q *queue) Pop() any {
	old := *q
	t := old[len(old)-1]
	*q = old[:len(old)-1]
	return t
}

// timer implements host.timer(id, milliseconds, idle): the timer fires after
// that time, unless the script ends before. The script waits for timers that
// are not idle.
func (x *execution) timer(a arguments) (any, error) {
	id := int(a.number(0))
	if x.timers.byID == nil {
		x.timers.byID = map[int]*timer{}
	}
	x.timers.count++
	wait := min(max(a.number(1), 0), float64(1<<31))
	t := &timer{id: id, due: time.Now().Add(time.Duration(wait * float64(time.Millisecond))), order: x.timers.count, idle: a.flag(2)}
	x.timers.byID[id] = t
	heap.Push(&x.timers.queue, t)
	if !t.idle {
		x.timers.wanted++
	}
	return missing, nil
}

// clear implements host.clear(id).
func (x *execution) clear(a arguments) (any, error) {
	id := int(a.number(0))
	if t, ok := x.timers.byID[id]; ok {
		x.timers.remove(t)
	}
	return missing, nil
}

func (ts *timers) remove(t *timer) {
	heap.Remove(&ts.queue, t.at)
	delete(ts.byID, t.id)
	if !t.idle {
		ts.wanted--
	}
}

// wait waits for the next timer or answer, and passes it to the script.
func (x *execution) wait(ctx context.Context) (ended bool, err error) {
	until := x.time.wait()
	var next *timer
	if len(x.timers.queue) > 0 {
		next = x.timers.queue[0]
		until = min(until, time.Until(next.due))
	}
	if until > 0 {
		switch got := x.pause(ctx, until); {
		case got != nil:
			return x.settle(*got)
		case ctx.Err() != nil:
			return false, context.Cause(ctx)
		}
	}
	if x.left() <= 0 {
		return false, errAsync
	}
	if next == nil {
		return false, nil
	}
	x.timers.remove(next)
	return x.enter(x.realm.driver.fire, errAsync, next.id)
}

// pause waits for an answer, until the time is up or ctx ends. Meanwhile a
// script of another sandbox may run.
func (x *execution) pause(ctx context.Context, most time.Duration) *result {
	defer x.giveTurn()()
	alarm := time.NewTimer(most)
	defer alarm.Stop()
	select {
	case got := <-x.results:
		return &got
	case <-ctx.Done():
	case <-alarm.C:
	}
	return nil
}

// giveTurn lets the scripts of other sandboxes run until the returned function is
// called.
func (x *execution) giveTurn() (resume func()) {
	if x.pool == nil {
		return func() {}
	}
	x.pool.exit()
	return func() { x.pool.turns <- struct{}{} } // the scripts that have a turn end in time
}

// await waits for requests that are in progress when a script skips its own
// request: they were sent, and are not failures.
func (x *execution) await(ctx context.Context) {
	defer x.giveTurn()()
	late := time.NewTimer(x.time.wait())
	defer late.Stop()
	for ; x.inflight > 0; x.inflight-- {
		select {
		case <-x.results:
		case <-ctx.Done():
			return
		case <-late.C:
			return
		}
	}
}

// A result is the result of one pm.sendRequest.
type result struct {
	id  int
	got *script.SendResult
	err error
}

var errFanOut = errors.New("sandbox: too many requests")

// send implements host.send(id, request).
func (x *execution) send(a arguments) (any, error) {
	request := &script.SendRequest{JSON: json.RawMessage(a.text(1))}
	return x.launch(int(a.number(0)), func() (*script.SendResult, error) { return x.host.Send(x.ctx, request) })
}

// runRequest implements host.run(id, name, variables); variables is a JSON
// object. The script's changes of the scopes were reported before, by keep and
// drop.
func (x *execution) runRequest(a arguments) (any, error) {
	request := &script.RunRequest{Name: a.text(1)}
	gjson.Parse(a.text(2)).ForEach(func(key, value gjson.Result) bool {
		v, err := vars.FromJSON([]byte(value.Raw))
		request.Variables = append(request.Variables, vars.Variable{Key: key.String(), Value: v})
		return err == nil
	})
	set := &x.changes
	request.Set = script.ScopeChanges{Local: set[localLayer], Environment: set[environmentLayer],
		Collection: set[collectionLayer], Globals: set[globalsLayer]}
	clear(set[:]) // because the script may go on
	return x.launch(int(a.number(0)), func() (*script.SendResult, error) { return x.host.RunRequest(x.ctx, request) })
}

// launch runs a request on a goroutine. Its result reaches the script through
// wait.
func (x *execution) launch(id int, work func() (*script.SendResult, error)) (any, error) {
	if x.sent >= x.options.Requests {
		return nil, errFanOut
	}
	if x.results == nil {
		x.results = make(chan result)
		x.answers = map[int]*script.Response{}
	}
	x.sent++
	x.inflight++
	x.sends.Go(func() {
		got, err := work()
		select {
		case x.results <- result{id: id, got: got, err: err}:
		case <-x.ctx.Done():
		}
	})
	return missing, nil
}

func (x *execution) settle(r result) (ended bool, err error) {
	x.inflight--
	set := ""
	if r.got != nil {
		if set, err = changesText(&r.got.Set); err != nil {
			return false, err
		}
	}
	if r.err != nil {
		return x.enter(x.realm.driver.settle, errAsync, r.id, sendError(r.err), "", set)
	}
	if r.got.Response == nil {
		return x.enter(x.realm.driver.settle, errAsync, r.id, "", "null", set)
	}
	x.answers[r.id] = r.got.Response
	cookies := r.got.Cookies
	if cookies == nil {
		cookies = []script.Cookie{}
	}
	text, err := json.Marshal(cookies)
	if err != nil {
		return false, err
	}
	return x.enter(x.realm.driver.settle, errAsync, r.id, "", string(text), set)
}

// A change is a change of a scope in the form that js/scope.js reads.
type change struct {
	Layer int             `json:"layer"`
	Key   string          `json:"key"`
	Value json.RawMessage `json:"value,omitempty"` // absent when the value is undefined
	Unset bool            `json:"unset,omitempty"`
}

// changesText returns changes as JSON, or "" when there are none.
func changesText(c *script.ScopeChanges) (string, error) {
	var list []change
	add := func(layer int, changes []vars.Change) {
		for _, ch := range changes {
			one := change{Layer: layer, Key: ch.Key, Unset: ch.Unset}
			if _, undefined := ch.Value.(vars.Undefined); !undefined {
				one.Value = vars.JSON(ch.Value)
			}
			list = append(list, one)
		}
	}
	add(localLayer, c.Local)
	add(environmentLayer, c.Environment)
	add(collectionLayer, c.Collection)
	add(globalsLayer, c.Globals)
	if len(list) == 0 {
		return "", nil
	}
	text, err := json.Marshal(list)
	return string(text), err
}

func sendError(err error) string {
	var e *script.SendError
	if !errors.As(err, &e) {
		e = &script.SendError{Message: err.Error()}
	}
	text, jsonErr := json.Marshal(e)
	if jsonErr != nil {
		return `{"message":"the request failed"}`
	}
	return string(text)
}

// jar implements host.jar(operation, url, …). Its result is JSON, or undefined.
func (x *execution) jar(a arguments) (any, error) {
	jar := x.host.Jar()
	url := a.text(1)
	switch a.text(0) {
	case "get":
		return found(jar.Get(url, a.text(2)))
	case "getAll":
		all, err := jar.GetAll(url)
		if err != nil {
			return nil, err
		}
		if all == nil {
			all = []script.Cookie{}
		}
		return encode(all)
	case "set":
		return found(jar.Set(url, a.text(2)))
	case "unset":
		return missing, jar.Unset(url, a.text(2))
	case "clear":
		return missing, jar.Clear(url)
	}
	return missing, nil
}

var errNoVault = errors.New("the run has no vault; --vault-file gives it one")

// vault implements host.vault(operation, name, value). Values are JSON, both
// the argument and the result of "get".
func (x *execution) vault(a arguments) (any, error) {
	vault, name := x.host.Vault(), a.text(1)
	if vault == nil {
		return nil, errNoVault
	}
	switch a.text(0) {
	case "get":
		if value, ok := vault.Get(name); ok {
			return string(vars.JSON(value)), nil
		}
		if !vault.Given() {
			return nil, errNoVault
		}
	case "set":
		value, err := vars.FromJSON([]byte(a.text(2)))
		if err != nil {
			return nil, err
		}
		vault.Set(name, value)
	case "unset":
		vault.Unset(name)
	}
	return missing, nil
}

func found(c *script.Cookie, err error) (any, error) {
	if err != nil || c == nil {
		return missing, err
	}
	return encode(c)
}
