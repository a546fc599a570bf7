package main

import (
	"errors"
	"flag"
	"strings"
	"testing"

	"github.com/seed-52756201/saltine/interop/stores/contenders"
	"github.com/seed-52756201/saltine/interop/stores/engines"
)

var n = flag.Int("races", 200, "races on each store")

// A session that was deleted does not come back, on any engine.
func TestRaces(t *testing.T) {
	var out strings.Builder
	err := run(t.Context(), contenders.Engines, *n, &out)
	if missing, ok := errors.AsType[*engines.MissingError](err); ok {
		engines.Require(t, missing)
	}
	if err != nil {
		t.Errorf("%v", err)
	}
	t.Log("\n" + out.String())
	for _, want := range []string{"sqlstore |", "scs pgxstore |", "scs mysqlstore |", "scs sqlite3store |", "filestore |", "memorystore |", "scs memstore |", "scs goredisstore |", "redisstore |", "memcachestore |"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%s was not run", want)
		}
	}
}

func TestUnknownEngine(t *testing.T) {
	if err := run(t.Context(), []string{"oracle"}, 1, &strings.Builder{}); err == nil {
		t.Error("an engine that is not known gives no error")
	}
}
