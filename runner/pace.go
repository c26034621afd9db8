package runner

import "time"

// A Pace tells how long after the start of the run an item starts at the
// earliest, such as it did in a recorded run. It is called once before each
// execution of an item.
type Pace func(at Cursor, item ItemRef) time.Duration
