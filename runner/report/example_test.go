package report_test

import (
	"fmt"
	"os"

	"postie/runner/report"
	"postie/runner/runlog"
)

// A report is made from the log of a run, at once or years later.
func Example() {
	log, c, err := runlog.Open("testdata/run.ndjson")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer c.Close()
	if err := report.Replay(log, report.NewDot(os.Stdout)); err != nil {
		fmt.Println(err)
	}
	// Output:
	// .FSEEF.FSEEF
	// 12 requests, 2 failed; 8 assertions, 4 failed, 2 skipped; 2 scripts failed; 45ms
}
