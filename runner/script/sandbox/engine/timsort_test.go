package engine

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
)

// comparators of all kinds; most contradict themselves.
func comparators() []struct {
	name    string
	compare func(a, b int) float64
} {
	calls := 0
	truth := func(b bool) float64 {
		if b {
			return 1
		}
		return 0
	}
	return []struct {
		name    string
		compare func(a, b int) float64
	}{
		{"bool", func(a, b int) float64 { return truth(a > b) }},
		{"less", func(a, b int) float64 { return truth(a < b) }},
		{"nozero", func(a, b int) float64 { return 2*truth(a > b) - 1 }},
		{"noless", func(a, b int) float64 { return truth(a >= b) }},
		{"always", func(int, int) float64 { return 1 }},
		{"never", func(int, int) float64 { return -1 }},
		{"zero", func(int, int) float64 { return 0 }},
		{"nan", func(int, int) float64 { return 0 }},
		{"mod", func(a, b int) float64 { return float64(a%7 - b%5) }},
		{"odd", func(int, int) float64 { calls++; return float64(calls%3 - 1) }},
		{"plain", func(a, b int) float64 { return float64(a - b) }},
		{"desc", func(a, b int) float64 { return float64(b - a) }},
		{"tens", func(a, b int) float64 { return math.Floor(float64(a)/10) - math.Floor(float64(b)/10) }},
	}
}

// testdata/v8sort.txt is what V8 (Node 20) makes of the same lists with the same
// comparators: name, length, kind of list, number of comparisons, hash of the
// result.
func TestSortLikeV8(t *testing.T) {
	want, err := os.ReadFile("testdata/v8sort.txt")
	if err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	seed := uint32(1)
	random := func(n uint32) int {
		seed = seed*1103515245 + 12345
		return int((seed >> 8) % n)
	}
	for i, c := range comparators() {
		for _, n := range []int{1, 2, 3, 12, 33, 64, 129, 1000} {
			for _, kind := range []string{"random", "runs", "few"} {
				list := make([]int, n)
				for i := range list {
					switch kind {
					case "random":
						list[i] = random(1000)
					case "few":
						list[i] = random(4)
					default:
						list[i] = 100 + i%97*(1-i/97%2*2)
					}
				}
				compare, count := comparators()[i].compare, 0 // a new one counts anew
				sortLikeV8(list, func(a, b int) float64 { count++; return compare(a, b) })
				hash := uint32(2166136261)
				for _, v := range list {
					hash = (hash ^ uint32(v)) * 16777619
				}
				fmt.Fprintln(&got, c.name, n, kind, count, hash)
			}
		}
	}
	wanted := strings.Split(string(want), "\n")
	for i, line := range strings.Split(got.String(), "\n") {
		if line != wanted[i] {
			t.Errorf("got %s, want %s", line, wanted[i])
		}
	}
}

// With a comparator that is one, the order is stable.
func TestSortIsStable(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for n := range 300 {
		list := make([][2]int, n*7)
		for i := range list {
			list[i] = [2]int{random.IntN(n + 1), i}
		}
		want := slices.Clone(list)
		slices.SortStableFunc(want, func(a, b [2]int) int { return a[0] - b[0] })
		sortLikeV8(list, func(a, b [2]int) float64 { return float64(a[0] - b[0]) })
		if !slices.Equal(list, want) {
			t.Fatalf("%d elements are not in order", len(list))
		}
	}
}
