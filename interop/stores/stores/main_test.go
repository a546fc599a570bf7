package main

import (
	"errors"
	"flag"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/seed-52756201/saltine/interop/stores/contenders"
	"github.com/seed-52756201/saltine/interop/stores/engines"
)

// A second process is this test binary, with the flags of the program.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "-worker" {
		flags := flag.NewFlagSet("worker", flag.ExitOnError)
		worker, address, slice := flags.String("worker", "", ""), flags.String("address", "", ""), flags.Duration("slice", 0, "")
		if flags.Parse(os.Args[1:]) != nil || work(*worker, *address, *slice, os.Stdout) != nil {
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// A request sends no more than it must: one statement to read, two to write. Times are not looked at.
func TestStatements(t *testing.T) {
	var out strings.Builder
	m := &measurement{rounds: 1, slice: 5 * time.Millisecond, out: &out}
	err := m.run(t.Context(), contenders.Engines)
	if missing, ok := errors.AsType[*engines.MissingError](err); ok {
		engines.Require(t, missing)
	}
	if err != nil {
		t.Error(err)
	}
	t.Log("\n" + out.String())
	for _, want := range []string{"| postgresql | sqlstore |", "| mariadb | sqlstore |", "| 1, 1 | 2, 2 | 1, 1 | 3, 3 |\n"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is missing", want)
		}
	}
}
