package topics_test

import (
	"slices"
	"strings"
	"testing"

	"postie/cmd/internal/topics"
)

func TestCommands(t *testing.T) {
	t.Parallel()
	var names []string
	for _, c := range topics.Commands() {
		names = append(names, c.Name())
		if c.Short == "" || strings.Contains(c.Short, "\n") || !strings.HasPrefix(c.Long, c.Short+"\n\n") || c.Runnable() {
			t.Errorf("%s: the title %q, the text %.60q", c.Name(), c.Short, c.Long)
		}
	}
	if !slices.Contains(names, "exit-codes") || !slices.Contains(names, "secrets") {
		t.Errorf("topics %q", names)
	}
}
