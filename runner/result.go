package runner

import "time"

// A Count is newman's {total, pending, failed}.
type Count struct {
	Total   int `json:"total"`
	Pending int `json:"pending"`
	Failed  int `json:"failed"`
}

// Stats are newman's nine counters; Tests counts items whose test phase ran,
// Prerequests items reached.
type Stats struct {
	Iterations        Count `json:"iterations"`
	Items             Count `json:"items"`
	Scripts           Count `json:"scripts"`
	Prerequests       Count `json:"prerequests"`
	Requests          Count `json:"requests"`
	Tests             Count `json:"tests"`
	Assertions        Count `json:"assertions"`
	TestScripts       Count `json:"testScripts"`
	PrerequestScripts Count `json:"prerequestScripts"`
}

// A Spread is mean, extremes and population deviation in milliseconds.
type Spread struct {
	Average float64 `json:"average"`
	Min     float64 `json:"min"`
	Max     float64 `json:"max"`
	Sd      float64 `json:"sd"`
}

// Summary is the fold of a run's events: counts, never bodies.
type Summary struct {
	Stats     Stats     `json:"stats"`
	Skipped   int       `json:"skipped"` // assertions skipped
	Response  Spread    `json:"response"`
	DNS       Spread    `json:"dns"`
	FirstByte Spread    `json:"firstByte"`
	Received  int64     `json:"received"` // response body bytes
	Started   time.Time `json:"started"`
	Completed time.Time `json:"completed"`
}

// A Result is what a run came to.
type Result struct {
	Summary
	Failures    []Failure // the first MaxFailures; Stats counts all
	Warnings    int
	Interrupted bool
}
