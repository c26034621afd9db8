package matrix_test

import (
	"fmt"
	"strings"
	"testing"

	"postie/collections"
	"postie/runner"
	"postie/runner/matrix"
)

// A machine of a CI system runs its part of the top-level folders.
func ExampleShard() {
	c, err := collections.Parse("shop.json", []byte(`{"info":{"name":"Shop"},"item":[
		{"id":"a","name":"Orders","item":[{"name":"List","request":"h"}]},
		{"id":"b","name":"Users","item":[{"name":"List","request":"h"}]},
		{"id":"c","name":"Health","request":"h"}]}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	env := map[string]string{"CI_NODE_INDEX": "1", "CI_NODE_TOTAL": "2"}
	part, err := matrix.ParseShard("auto", func(name string) string { return env[name] })
	if err != nil {
		fmt.Println(err)
		return
	}
	o := runner.Options{Documents: runner.Documents{Collection: c}}
	part.Apply(&o)
	fmt.Println(part, "runs", o.Select)
	// Output:
	// shard 1/2 runs [a c]
}

func TestParseShard(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, in, env, want, err string }{
		{"the whole run", "", "", "shard 0/0", ""},
		{"a part", "2/5", "", "shard 2/5", ""},
		{"GitLab counts from 1", "auto", "CI_NODE_INDEX=2 CI_NODE_TOTAL=5", "shard 2/5", ""},
		{"CircleCI counts from 0", "auto", "CIRCLE_NODE_INDEX=2 CIRCLE_NODE_TOTAL=5", "shard 3/5", ""},
		{"Kubernetes has the index alone", "auto/3", "JOB_COMPLETION_INDEX=0", "shard 1/3", ""},
		{"the number of parts is missing", "auto", "JOB_COMPLETION_INDEX=0", "", "auto: JOB_COMPLETIONS is not set; give the number of parts as auto/5"},
		{"no CI system", "auto", "", "", "auto: no variable of a CI system says the part, such as CI_NODE_INDEX; give it as 2/5"},
		{"beyond the last", "6/5", "", "", "6/5: want part/parts, such as 2/5"},
		{"before the first", "0/5", "", "", "0/5: want part/parts, such as 2/5"},
		{"no number", "a/b", "", "", "a/b: want part/parts, such as 2/5"},
		{"no parts", "2", "", "", "2: want part/parts, such as 2/5"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := matrix.ParseShard(tt.in, func(name string) string {
				for _, pair := range strings.Fields(tt.env) {
					if key, value, _ := strings.Cut(pair, "="); key == name {
						return value
					}
				}
				return ""
			})
			if err != nil && err.Error() != tt.err || err == nil && (tt.err != "" || got.String() != tt.want) {
				t.Errorf("got %v, %v", got, err)
			}
		})
	}
}

// Every part of a run together are the run, each piece once.
func TestShardsCoverTheRun(t *testing.T) {
	t.Parallel()
	for parts := 1; parts <= 5; parts++ {
		for i := range 12 {
			n := 0
			for p := 1; p <= parts; p++ {
				if (matrix.Shard{Index: p, Of: parts}).Has(i) {
					n++
				}
			}
			if n != 1 {
				t.Errorf("piece %d is in %d of %d parts", i, n, parts)
			}
		}
	}
}
