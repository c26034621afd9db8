//go:build !race

package sandbox_test

const slowness = 1
