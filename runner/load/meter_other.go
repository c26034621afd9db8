//go:build !unix

package load

import "time"

// On this platform a meter measures nothing.
type meter struct{}

func newMeter() *meter { return &meter{} }

func (m *meter) share(time.Duration) float64 { return 0 }
