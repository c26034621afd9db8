package vars

import (
	"math/rand/v2"
	"time"
)

// Dynamic makes Postman's $dynamic values ($guid, $timestamp, $randomEmail …).
type Dynamic struct {
	rand *rand.Rand
	now  func() time.Time
}

func NewDynamic(r *rand.Rand, now func() time.Time) *Dynamic { panic("todo") }

// Value returns a fresh value of the dynamic variable name (with its "$").
func (d *Dynamic) Value(name string) (Value, bool) { panic("todo") }

// Names lists all dynamic names, sorted.
func Names() []string { panic("todo") }
