// Package fuzz_test holds the fuzz targets on the exported API: what nobody
// should have to believe about tokens, sessions and cookies is said here as a
// property that must hold for every input. The parsers within have targets of
// their own, beside them.
//
// Run one for as long as you like, or all of them, one after the other:
//
//	go test -run '^$' -fuzz '^FuzzLoad$' ./fuzz
//	bash fuzz/long 10m
package fuzz_test

import (
	"errors"
	"maps"
	"math"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine"
)

// testKey is long enough, and public.
const testKey saltine.Key = "a key for fuzzing only, fifty bytes or more, not a secret"

// testKeys is the keyring of testKey alone.
var testKeys = must(saltine.NewKeyring(testKey, nil))

// start is the time of the targets that do not choose one.
var start = time.Unix(1700000000, 0).UTC()

func startClock() time.Time { return start }

// kinds are all kinds of error, with the names that the targets give them.
var kinds = []struct {
	name string
	err  error
}{
	{badSignature, saltine.ErrBadSignature},
	{malformed, saltine.ErrMalformed},
	{tooLarge, saltine.ErrTooLarge},
	{"invalid key", saltine.ErrInvalidKey},
	{invalidOption, saltine.ErrInvalidOption},
	{revoked, saltine.ErrRevoked},
	{unavailable, saltine.ErrUnavailable},
	{"no session", saltine.ErrNoSession},
	{"key taken", saltine.ErrKeyTaken},
	{"interrupted", saltine.ErrInterrupted},
	{missing, saltine.ErrMissing},
	{wrongType, saltine.ErrWrongType},
	{unsupported, saltine.ErrUnsupported},
}

const (
	good          = "good" // no error
	expired       = "expired"
	badSignature  = "bad signature"
	malformed     = "malformed"
	tooLarge      = "too large"
	invalidOption = "invalid option"
	revoked       = "revoked"
	unavailable   = "unavailable"
	missing       = "missing"
	wrongType     = "wrong type"
	unsupported   = "unsupported"
)

// kindOf names the kind of err, and fails unless there is exactly one. Expired
// is a kind of bad signature.
func kindOf(t *testing.T, err error) string {
	t.Helper()
	if err == nil {
		return good
	}
	kind := ""
	for _, k := range kinds {
		if !errors.Is(err, k.err) {
			continue
		}
		if kind != "" {
			t.Fatalf("an error that is both %s and %s: %v", kind, k.name, err)
		}
		kind = k.name
	}
	if errors.Is(err, saltine.ErrSignatureExpired) {
		if kind != badSignature {
			t.Fatalf("expired, and %q instead of a bad signature: %v", kind, err)
		}
		return expired
	}
	if kind == "" {
		t.Fatalf("an error of no kind: %v", err)
	}
	return kind
}

// requireKind fails unless err is of one of the kinds.
func requireKind(t *testing.T, what string, err error, want ...string) {
	t.Helper()
	got := kindOf(t, err)
	if slices.Contains(want, got) {
		return
	}
	t.Fatalf("%s: %s, want %s (error %v)", what, got, strings.Join(want, " or "), err)
}

// requireSecrecy fails if the error repeats a good part of what came in. Dates
// are shorter, and may be repeated.
func requireSecrecy(t *testing.T, err error, inputs ...string) {
	t.Helper()
	if err == nil {
		return
	}
	const part = 24
	text := err.Error()
	for i := 0; i+part <= len(text); i++ {
		for _, input := range inputs {
			if strings.Contains(input, text[i:i+part]) {
				t.Fatalf("the error repeats its input: %v", err)
			}
		}
	}
}

// isSame compares values that were read: 1 is not 1.0, -0.0 is not 0.0, and NaN
// is NaN. Unlike cmp.Equal it takes linear time for deeply nested ones.
func isSame(a, b any) bool {
	switch a := a.(type) {
	case float64:
		b, ok := b.(float64)
		return ok && (math.Float64bits(a) == math.Float64bits(b) || math.IsNaN(a) && math.IsNaN(b))
	case *big.Int:
		b, ok := b.(*big.Int)
		return ok && a.Cmp(b) == 0
	case []any:
		b, ok := b.([]any)
		return ok && slices.EqualFunc(a, b, isSame)
	case map[string]any:
		b, ok := b.(map[string]any)
		return ok && maps.EqualFunc(a, b, isSame)
	default:
		return cmp.Equal(a, b)
	}
}

func requireSame(t *testing.T, what string, want, got any) {
	t.Helper()
	if !isSame(want, got) {
		t.Fatalf("%s: %#v, want %#v", what, got, want)
	}
}

// must is for what cannot fail in a target.
func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}
