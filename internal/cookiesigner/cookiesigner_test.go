package cookiesigner_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/internal/cookiesigner"
)

func options() saltine.Options {
	return saltine.Options{
		Salt:      "salt",
		Fallbacks: []saltine.Key{"old"},
		Now:       func() time.Time { return time.Unix(1700000000, 0) },
	}
}

func TestNew(t *testing.T) {
	opts := options()
	signer, err := cookiesigner.New("new", opts)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]saltine.Key{"old"}, opts.Fallbacks); diff != "" {
		t.Errorf("the caller's keys changed (-want +got):\n%s", diff)
	}
	for i, key := range []saltine.Key{"django.http.cookiesnew", "django.http.cookiesold"} {
		plain := options()
		plain.Fallbacks = nil
		by, err := saltine.NewTimestampSigner(key, &plain)
		if err != nil {
			t.Fatal(err)
		}
		if v, err := signer.Verify(by.Sign("v"), 0); err != nil || v.Key != i {
			t.Errorf("a token of key %d: %+v, %v", i, v, err)
		}
	}
}

// An empty key would become the prefix, which is public.
func TestNewRefuses(t *testing.T) {
	if _, err := cookiesigner.New("", options()); !errors.Is(err, saltine.ErrInvalidKey) {
		t.Errorf("empty key: %v", err)
	}
	opts := options()
	opts.Fallbacks = slices.Concat(opts.Fallbacks, []saltine.Key{""})
	if _, err := cookiesigner.New("new", opts); !errors.Is(err, saltine.ErrInvalidKey) {
		t.Errorf("empty fallback: %v", err)
	}
	opts = options()
	opts.Algorithm = 99
	if _, err := cookiesigner.New("new", opts); !errors.Is(err, saltine.ErrInvalidOption) {
		t.Errorf("unknown algorithm: %v", err)
	}
}
