package sessioncookie_test

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/internal/testkit"
	"github.com/seed-52756201/saltine/sessioncookie"
)

// limitCases are what somebody may send in the Cookie headers of a request.
// bound is what the whole exchange may take, in KiB, and stands in
// docs/security.md.
var limitCases = []struct {
	name    string
	outcome string
	bound   int
	headers func(good string) []string
}{
	{"3,000 cookies", "a session", 16, func(good string) []string {
		return []string{strings.Repeat(`a="\054"; `, 2999) + good}
	}},
	{"3,001 cookies", "no cookie", 16, func(good string) []string {
		return []string{strings.Repeat(`a="\054"; `, 3000) + good}
	}},
	{"Cookie header of 1 MiB", "bad signature", 16, func(string) []string {
		return []string{header("sessionid=", "x", "", 1<<20)}
	}},
	{"Cookie header of 1 MiB, quoted and escaped", "bad signature", 4096, func(string) []string {
		return []string{header(`sessionid="`, `\"`, `"`, 1<<20)}
	}},
	{"Cookie headers of more than 1 MiB", "no cookie", 16, func(good string) []string {
		return []string{good, header("sessionid=", "x", "", 1<<20)}
	}},
}

// header returns begin, as much of fill as there is room for in size, and end.
func header(begin, fill, end string, size int) string {
	return begin + strings.Repeat(fill, (size-len(begin)-len(end))/len(fill)) + end
}

// What a request takes is bounded, whatever it brings. -v prints the rows of
// the table in docs/security.md, whose last two columns nothing depends on.
func TestLimits(t *testing.T) {
	docs, err := os.ReadFile("../docs/security.md")
	if err != nil {
		t.Fatal(err)
	}
	store := newStore(t, testKeys, saltine.StoreOptions{})
	c := newCookie(t, store, nil)
	for _, tt := range limitCases {
		t.Run(tt.name, func(t *testing.T) {
			headers := tt.headers(signed(t, store, nil)[0])
			var e sessioncookie.Exchange
			runtime.GC() // twice: a pool is emptied in two steps
			runtime.GC()
			memory := testkit.Allocated(func() {
				e = c.Open(t.Context(), headers)
				read(e.Session())
				commit(t, &e, 200)
			})
			if got := outcome(&e); got != tt.outcome {
				t.Errorf("%s, want %s", got, tt.outcome)
			}
			if memory > tt.bound<<10 {
				t.Errorf("took %d bytes, want at most %d KiB", memory, tt.bound)
			}
			row := fmt.Sprintf("| %s | %s | %d KiB |", tt.name, tt.outcome, tt.bound)
			t.Logf("%s %.1f KiB | %d |", row, float64(memory)/1024, len(strings.Join(headers, "")))
			if !strings.Contains(string(docs), "\n"+row) {
				t.Errorf("docs/security.md has no row that begins with %s", row)
			}
		})
	}
}

func outcome(e *sessioncookie.Exchange) string {
	switch v, err := e.Verification(); {
	case err != nil:
		return strings.TrimPrefix(saltine.ErrBadSignature.Error(), "saltine: ")
	case v.Size > 0:
		return "a session"
	}
	return "no cookie"
}
