package main

import (
	"fmt"
	"io"

	"github.com/seed-52756201/saltine/interop/stores/storevectors"
)

// runCaches runs what was recorded of caches. It says what differs, and which rules it took, each with how often.
func runCaches(file *storevectors.File, out io.Writer) (passed, failed int, err error) {
	r := &report{out: out, ruled: map[string]int{}}
	for _, part := range []struct {
		name string
		run  func(*storevectors.File, *report) error
	}{
		{"calls on caches", runCacheCalls},
		{"values of caches", runCacheValues},
		{"keys of caches", runCacheKeys},
		{"names of files", runCacheFileNames},
	} {
		before := r.passed
		if err := part.run(file, r); err != nil {
			return r.passed, r.failed, err
		}
		fmt.Fprintf(out, "%-18s %5d passed\n", part.name, r.passed-before)
	}
	for _, reason := range r.rules {
		fmt.Fprintf(out, "rule, %d times: %s\n", r.ruled[reason], reason)
	}
	return r.passed, r.failed, nil
}
