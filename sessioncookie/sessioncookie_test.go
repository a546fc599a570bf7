package sessioncookie_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/sessioncookie"
)

// A store that no constructor made would fail with the first response that has a
// session.
func TestNewRefusesStore(t *testing.T) {
	for _, tt := range []struct {
		name   string
		store  saltine.Store
		reason string
	}{
		{"nil", nil, "there is nothing to call"},
		{"typed nil", (*saltine.CookieStore)(nil), "an interface that holds it is not nil"},
		{"zero", &saltine.CookieStore{}, "it has no key"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, err := sessioncookie.New(tt.store, nil)
			if c != nil || !errors.Is(err, saltine.ErrInvalidOption) {
				t.Errorf("New = %v, %v, want an invalid option: %s", c, err, tt.reason)
			}
		})
	}
}

// calls counts what is asked of a store, of its serializer and of its clock.
type calls struct{ Open, Dumps, Loads, Now int }

// countingStore is a store that counts.
type countingStore struct {
	saltine.Store
	calls *calls
}

func (c countingStore) Open(ctx context.Context, cookie string) *saltine.Session {
	c.calls.Open++
	return c.Store.Open(ctx, cookie)
}

// countingSerializer is the serializer of one.
type countingSerializer struct {
	saltine.JSONSerializer
	calls *calls
}

func (c countingSerializer) Dumps(dst []byte, v any) ([]byte, error) {
	c.calls.Dumps++
	return c.JSONSerializer.Dumps(dst, v)
}

func (c countingSerializer) Loads(payload []byte, v any) error {
	c.calls.Loads++
	return c.JSONSerializer.Loads(payload, v)
}

// New makes no session to try its store: a store may be a database that is not up
// yet.
func TestNewSavesNothing(t *testing.T) {
	var got calls
	store := newStore(t, testKeys, saltine.StoreOptions{
		Serializer: countingSerializer{calls: &got},
		Now: func() time.Time {
			got.Now++
			return start
		},
	})
	c := newCookie(t, countingStore{store, &got}, nil)
	if diff := cmp.Diff(calls{}, got); diff != "" {
		t.Errorf("New (-want +got):\n%s", diff)
	}

	e := c.Open(t.Context(), nil) // to show that the calls are counted
	e.Session().Set("a", 1)
	cookies := commit(t, &e, 200).SetCookie
	e = c.Open(t.Context(), cookies)
	read(e.Session())
	if got.Open != 2 || got.Dumps != 1 || got.Loads != 1 || got.Now == 0 {
		t.Errorf("two exchanges: %+v", got)
	}
}
