package report

import (
	"io"
	"strconv"
	"strings"

	"postie/runner/event"
)

// Allure writes Allure results: a file for each execution with its assertions
// as steps, and one with what was sent and received where something failed.
// Create opens a file of the results folder.
func Allure(log Log, o Options, create func(name string) (io.WriteCloser, error)) error {
	start, _, err := ends(log)
	if err != nil {
		return err
	}
	var histories, files identities
	for x, err := range Executions(log) {
		if err != nil {
			return err
		}
		if o.OnlyFailures && !x.Failed() {
			continue
		}
		r := allureResultOf(start, x)
		r.UUID = files.id(derivedID(x.Cursor.Ref, "allure"))
		r.HistoryID = dashless(histories.id(derivedID(start.ID, labelled(x.Run, x.Item.ID), x.environment(), rowOf(x.Data))))
		if x.Failed() && len(x.Requests) > 0 {
			file := r.UUID + "-attachment.txt"
			if err := writeTo(create, file, o.exchanges(x)); err != nil {
				return err
			}
			r.Attachments = []allureFile{{Name: "requests and answers", Source: file, Type: "text/plain"}}
		}
		if err := writeTo(create, r.UUID+"-result.json", encode(r)); err != nil {
			return err
		}
	}
	all, err := runsOf(log)
	if err != nil {
		return err
	}
	for i, run := range all.broken {
		r := allureResultOfRun(start, i, run.err)
		if err := writeTo(create, r.UUID+"-result.json", encode(r)); err != nil {
			return err
		}
	}
	return nil
}

type allureResult struct {
	UUID      string       `json:"uuid"`
	HistoryID string       `json:"historyId"`
	Name      string       `json:"name"`
	FullName  string       `json:"fullName"`
	Status    string       `json:"status"`
	Details   allureWhy    `json:"statusDetails"`
	Stage     string       `json:"stage"`
	Start     int64        `json:"start"`
	Stop      int64        `json:"stop"`
	Labels    []harPair    `json:"labels"`
	Params    []harPair    `json:"parameters"`
	Steps     []allureStep `json:"steps"`
	allureNone
	Links []struct{} `json:"links"`
}

// allureNone has empty values for fields of Allure's model that a run does not
// have.
type allureNone struct {
	Attachments []allureFile `json:"attachments"`
}

type allureFile struct {
	Name   string `json:"name"`
	Source string `json:"source"`
	Type   string `json:"type"`
}

type allureWhy struct {
	Message string `json:"message,omitempty"`
	Trace   string `json:"trace,omitempty"`
}

type allureStep struct {
	Name    string     `json:"name"`
	Status  string     `json:"status"`
	Details allureWhy  `json:"statusDetails"`
	Stage   string     `json:"stage"`
	Start   int64      `json:"start"`
	Stop    int64      `json:"stop"`
	Params  []harPair  `json:"parameters"`
	Steps   []struct{} `json:"steps"`
	allureNone
}

// allureResultOfRun returns the failure of a run as a whole, as a result of its
// own.
func allureResultOfRun(start *event.RunStarted, number int, f *event.Failure) allureResult {
	at, none := start.Time.UnixMilli(), allureNone{Attachments: []allureFile{}}
	return allureResult{
		UUID: derivedID(start.ID, "run", strconv.Itoa(number)), HistoryID: dashless(derivedID(start.ID, f.Kind, strconv.Itoa(number))),
		Name: runCase(f), FullName: start.Name + " / " + runCase(f), Status: "failed", Details: allureWhy{Message: f.Message}, Stage: "finished",
		Start: at, Stop: at, Labels: []harPair{{"parentSuite", start.Name}, {"suite", start.Name}, {"framework", "postie"}},
		Params: []harPair{}, Steps: []allureStep{}, Links: []struct{}{}, allureNone: none,
	}
}

func allureResultOf(start *event.RunStarted, x *Execution) allureResult {
	began, none := x.Started.UnixMilli(), allureNone{Attachments: []allureFile{}}
	r := allureResult{
		Name: first(x.Item.Name, x.Item.ID), FullName: strings.Join(x.Item.Path, " / "), Status: "passed", Stage: "finished",
		Start: began, Stop: began + x.Time().Milliseconds(),
		Labels: []harPair{{"parentSuite", start.Name}, {"suite", first(folder(x.Item), start.Name)}, {"framework", "postie"}},
		Params: []harPair{}, Steps: []allureStep{}, Links: []struct{}{}, allureNone: none,
	}
	if env := x.environment(); env != "" {
		r.Params = append(r.Params, harPair{"environment", env})
	}
	if row := rowOf(x.Data); row != "" {
		r.Params = append(r.Params, harPair{"data", row})
	}
	if x.Skipped {
		r.Status = "skipped"
	}
	for _, c := range x.cases() {
		s := allureStep{Name: c.name, Status: "passed", Stage: "finished", Start: r.Start, Stop: r.Stop,
			Params: []harPair{}, Steps: []struct{}{}, allureNone: none}
		switch f := c.failure; {
		case c.skipped:
			s.Status = "skipped"
		case f != nil:
			s.Status = "failed"
			if c.broken() {
				s.Status = "broken"
			}
			s.Details = allureWhy{Message: f.Message, Trace: describe(start.File, x, f)}
			if r.Details == (allureWhy{}) {
				r.Status, r.Details = s.Status, s.Details
			}
		}
		r.Steps = append(r.Steps, s)
	}
	return r
}
