//go:build !amd64 && !arm64

package sandbox

import "postie/runner/script/sandbox/engine"

func native(*engine.Call) engine.Value { return engine.Undefined }

func (*realm) accelerate() {}

type search struct{ ticks, looked int }

func loadOf(string) *engine.Load { return nil }

func (*realm) stringifyFast() bool { return false }
