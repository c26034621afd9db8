package vars

import (
	"encoding/binary"
	"strconv"
	"time"
)

func (d *Dynamic) uuid() string {
	b := binary.BigEndian.AppendUint64(nil, d.rand.Uint64())
	return UUID(4, binary.BigEndian.AppendUint64(b, d.rand.Uint64()))
}

// timestamp is rounded, as Postman's is, not cut.
func (d *Dynamic) timestamp() string {
	return strconv.FormatInt((d.now().UnixMilli()+500)/1000, 10)
}

func (d *Dynamic) isoTimestamp() string {
	return d.now().UTC().Format("2006-01-02T15:04:05.000Z")
}

func (d *Dynamic) integer() string { return strconv.Itoa(d.between(0, 1000)) }

func (d *Dynamic) semver() string {
	return d.several(func(d *Dynamic) string { return d.chars(digits, 1) }, 3, ".")
}

const (
	day  = 24 * time.Hour
	year = 365 * day
)

func (d *Dynamic) datePast() string   { return dateText(d.now().Add(-d.within(year))) }
func (d *Dynamic) dateFuture() string { return dateText(d.now().Add(d.within(year))) }
func (d *Dynamic) dateRecent() string { return dateText(d.now().Add(-d.within(day))) }

// within is a span from one second to limit.
func (d *Dynamic) within(limit time.Duration) time.Duration {
	return time.Second + time.Duration(d.rand.Int64N(int64(limit-time.Second)))
}

// dateText is JavaScript's Date.prototype.toString in UTC, so that a seeded
// run prints the same everywhere.
func dateText(t time.Time) string {
	return t.UTC().Format("Mon Jan 02 2006 15:04:05") + " GMT+0000 (Coordinated Universal Time)"
}

func (d *Dynamic) month() string   { return time.Month(d.between(1, 12)).String() }
func (d *Dynamic) weekday() string { return time.Weekday(d.between(0, 6)).String() }
