//go:build race

package sandbox_test

// The engine is some fifty times slower under the race detector.
const slowness = 5
