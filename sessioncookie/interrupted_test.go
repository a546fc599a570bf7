package sessioncookie_test

import (
	"context"
	"errors"
	"testing"

	"github.com/seed-52756201/saltine"
)

// vanishing is a backend whose only session is deleted while it is used.
type vanishing struct{ saltine.Backend }

func (vanishing) Load(context.Context, string) (saltine.Record, error) { return saltine.Record{}, nil }

func (vanishing) Update(context.Context, string, saltine.Record) error { return saltine.ErrNoSession }

// A session that was deleted meanwhile gives neither a cookie nor a Vary: the answer is
// 400 for everybody.
func TestInterrupted(t *testing.T) {
	store, err := saltine.NewServerStore(vanishing{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	e := newCookie(t, store, nil).Open(t.Context(), []string{"sessionid=abcdefghabcdefghabcdefghabcdefgh"})
	e.Session().Set("a", 1)
	setCookie, vary, err := e.Commit(200)
	if setCookie != nil || vary || !errors.Is(err, saltine.ErrInterrupted) {
		t.Errorf("%q, vary %v, %v", setCookie, vary, err)
	}
}
