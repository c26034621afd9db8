// Package report turns a run's events into what people and machines read.
package report
