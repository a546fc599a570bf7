package testkit_test

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine/internal/testkit"
)

var (
	errBad     = errors.New("bad")
	errExpired = fmt.Errorf("expired: %w", errBad)
	errOther   = errors.New("other")
)

// failures counts what a helper reports of the test that it is given.
type failures struct {
	testing.TB
	n int
}

func (f *failures) Helper()               {}
func (f *failures) Errorf(string, ...any) { f.n++ }
func (f *failures) Fatal(...any)          { f.n++ }
func (f *failures) Skip(...any)           {}

func TestKindOf(t *testing.T) {
	bad := testkit.Kind{Name: "bad", Err: errBad}
	expired := testkit.Kind{Name: "expired", Err: errExpired, In: errBad}
	other := testkit.Kind{Name: "other", Err: errOther}
	for _, kinds := range [][]testkit.Kind{{bad, expired, other}, {expired, bad, other}, {other, expired, bad}} {
		for _, tt := range []struct {
			name, reason string
			err          error
			want         string
			failures     int
		}{
			{"nil", "no error is of no kind, and that is fine", nil, "none", 0},
			{"kind itself", "it matches", errBad, "bad", 0},
			{"wrapped", "errors.Is decides", fmt.Errorf("%w: at line 1", errOther), "other", 0},
			{"kind within a kind", "the narrower one is its name", errExpired, "expired", 0},
			{"no kind", "every error has one", errors.ErrUnsupported, "", 1},
			{"two kinds", "kinds are disjoint", errors.Join(errBad, errOther), "*", 1},
		} {
			f := &failures{TB: t}
			got := testkit.KindOf(f, tt.err, kinds)
			if f.n != tt.failures || got != tt.want && tt.want != "*" {
				t.Errorf("%s: %q with %d failures, want %q with %d: %s", tt.name, got, f.n, tt.want, tt.failures, tt.reason)
			}
		}
	}
}

func TestMissing(t *testing.T) {
	for value, want := range map[string]int{"1": 1, "": 0} {
		t.Setenv("SALTINE_REQUIRE_LIVE", value)
		f := &failures{TB: t}
		testkit.Missing(f, "no such program")
		if f.n != want {
			t.Errorf("SALTINE_REQUIRE_LIVE=%q: %d failures, want %d", value, f.n, want)
		}
	}
}

func TestPythonLines(t *testing.T) {
	const upper = "import sys\nfor line in sys.stdin: print(line.strip().upper())"
	got := testkit.PythonLines(t, testkit.Python(t), upper, []string{"a", "", "b c"})
	if diff := cmp.Diff([]string{"A", "", "B C"}, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestDjango(t *testing.T) {
	out := testkit.RunPython(t, testkit.Django(t), "import django; print(django.get_version())", strings.NewReader(""))
	if !strings.Contains(string(out), ".") {
		t.Errorf("Django is of version %q", out)
	}
}

func TestGo(t *testing.T) {
	if got := strings.TrimSpace(testkit.Go(t, ".", "list", ".")); got != "github.com/seed-52756201/saltine/internal/testkit" {
		t.Errorf("go list printed %s", got)
	}
	if got := strings.TrimSpace(testkit.Go(t, ".", "list", "-deps", ".")); strings.Count(got, "saltine") != 1 {
		t.Errorf("testkit imports a part of the library:\n%s", got)
	}
}

func TestAgain(t *testing.T) {
	if os.Getenv("SALTINE_TEST_AGAIN") != "" {
		t.Log("again")
		return
	}
	if out, err := testkit.Again(t, "SALTINE_TEST_AGAIN=1"); err != nil || !strings.Contains(out, "again") {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestMemory(t *testing.T) {
	const size = 1 << 20
	take := func() { runtime.KeepAlive(make([]byte, size)) }
	if got := testkit.Allocated(take); got < size {
		t.Errorf("Allocated says %d, want %d or more", got, size)
	}
	if got := testkit.Memory(take); got < size || got > 2*size {
		t.Errorf("Memory says %d, want about %d", got, size)
	}
	f := &failures{TB: t}
	testkit.Allocations(f, 0, "none", func() {})
	if f.n != 0 {
		t.Error("a func that does nothing allocates")
	}
	testkit.Allocations(f, 0, "one", func() { runtime.KeepAlive(make([]byte, size)) })
	if f.n != 1 && !testkit.Race {
		t.Error("an allocation is not seen")
	}
}
