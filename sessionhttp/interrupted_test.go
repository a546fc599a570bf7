package sessionhttp_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/sessionhttp"
)

// vanishing is a backend whose only session is deleted while it is used.
type vanishing struct{ saltine.Backend }

func (vanishing) Load(context.Context, string) (saltine.Record, error) { return saltine.Record{}, nil }

func (vanishing) Update(context.Context, string, saltine.Record) error { return saltine.ErrNoSession }

// Django: SessionInterrupted, a BadRequest.
func TestInterruptedIs400(t *testing.T) {
	logged(t)
	store, err := saltine.NewServerStore(vanishing{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp := handle(t, newMiddleware(t, store, nil).Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		sessionhttp.FromContext(r.Context()).Set("a", 1)
	})), []string{"sessionid=abcdefghabcdefghabcdefghabcdefgh"})
	if resp.Status != http.StatusBadRequest || resp.Header["Set-Cookie"] != nil || resp.Header["Vary"] != nil {
		t.Errorf("%d %v", resp.Status, resp.Header)
	}
}
