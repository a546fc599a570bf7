package recipes

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/alicebob/miniredis/v2"
	"github.com/gorilla/sessions"
	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"github.com/redis/go-redis/v9"
	"google.golang.org/grpc/metadata"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/revocation"
	"github.com/seed-52756201/saltine/sessionhttp"
	"github.com/seed-52756201/saltine/sessionhttptest"
)

func newStore(t *testing.T) *saltine.CookieStore {
	t.Helper()
	keys, err := saltine.NewKeyring("a key for tests only, fifty bytes or more, not a secret", nil)
	if err != nil {
		t.Fatal(err)
	}
	store, err := saltine.NewCookieStore(keys, nil)
	if err != nil {
		t.Fatal(err)
	}
	return store
}

func newSessions(t *testing.T, opts *sessionhttp.Options) *sessionhttp.Middleware {
	t.Helper()
	m, err := sessionhttp.New(newStore(t), opts)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestMoveFromGorilla(t *testing.T) {
	old := sessions.NewCookieStore([]byte("a key for tests only, 32 bytes.."))
	m := newSessions(t, nil)
	handler := m.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/old" {
			was, _ := old.Get(r, "old")
			was.Values["user"] = "ann"
			was.Values[7] = "no name"
			if err := was.Save(r, w); err != nil {
				t.Error(err)
			}
			return
		}
		moveFromGorilla(old, "old", r, sessionhttp.FromContext(r.Context()))
	}))
	ann := sessionhttptest.NewClient(t, m, handler, nil)
	ann.Get("/")
	if !ann.Session().IsEmpty() {
		t.Error("a visitor without an old session has a new one")
	}
	ann.Get("/old")
	ann.Get("/")
	if got := user.Or(ann.Session(), ""); got != "ann" || ann.Session().Len() != 1 {
		t.Errorf("user is %q", got)
	}
	ann.SetSession(func(s *saltine.Session) { user.Set(s, "bob") })
	ann.Get("/")
	if got := user.Or(ann.Session(), ""); got != "bob" {
		t.Errorf("the old session overwrote the new one: user is %q", got)
	}
}

func TestMoveFromSCS(t *testing.T) {
	old := scs.New()
	m := newSessions(t, nil)
	handler := old.LoadAndSave(m.Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/old" {
			old.Put(r.Context(), "user", "ann")
			return
		}
		if err := moveFromSCS(r.Context(), old, sessionhttp.FromContext(r.Context())); err != nil {
			t.Error(err)
		}
	})))
	ann := sessionhttptest.NewClient(t, m, handler, nil)
	ann.Get("/old")
	w := ann.Get("/")
	if got := user.Or(ann.Session(), ""); got != "ann" {
		t.Errorf("user is %q", got)
	}
	ended := false
	response := w.Result()
	for _, c := range response.Cookies() {
		ended = ended || c.Name == "session" && c.MaxAge < 0
	}
	if !ended {
		t.Error("the old session was not ended")
	}
}

func TestRedisList(t *testing.T) {
	server := miniredis.RunT(t)
	rdb := redis.NewClient(&redis.Options{Addr: server.Addr()})
	t.Cleanup(func() { _ = rdb.Close() })
	list, err := redisList(rdb)
	if err != nil {
		t.Fatal(err)
	}
	m := newSessions(t, &sessionhttp.Options{Guard: list.Check})
	var id string
	r := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
	sessionhttptest.AddSession(t, m, r, func(s *saltine.Session) {
		s.Set("_auth_user_id", "1")
		id = revocation.Mark(s)
	})
	refused := func() bool {
		return m.FromContext(m.Open(r).Context()).Err() != nil
	}
	if refused() {
		t.Error("a new session is refused")
	}
	server.Set("session_ended:"+id, "1")
	if !refused() {
		t.Error("the session was ended, and is accepted")
	}
	server.FlushAll()
	if err := endAll(context.Background(), rdb, newStore(t), "1"); err != nil {
		t.Fatal(err)
	}
	if !refused() {
		t.Error("all sessions were ended, and one is accepted")
	}
	if ttl := server.TTL("sessions_ended:1"); ttl != 14*24*time.Hour {
		t.Errorf("the entry stays for %v", ttl)
	}
}

// What an RPC gets of the session.
func TestGateway(t *testing.T) {
	m := newSessions(t, nil)
	var users []string
	handler := newGateway(m, func(gateway *runtime.ServeMux) {
		err := gateway.HandlePath(http.MethodGet, "/v1/orders", func(_ http.ResponseWriter, r *http.Request, _ map[string]string) {
			ctx, err := runtime.AnnotateContext(r.Context(), gateway, r, "shop.Orders/List")
			if err != nil {
				t.Error(err)
			}
			md, _ := metadata.FromOutgoingContext(ctx)
			users = md.Get("user")
		})
		if err != nil {
			t.Fatal(err)
		}
	})
	ann := sessionhttptest.NewClient(t, m, handler, nil)
	ann.SetSession(func(s *saltine.Session) { user.Set(s, "ann") })
	ann.Get("/v1/orders")
	if len(users) != 1 || users[0] != "ann" {
		t.Errorf("the RPC gets the users %q", users)
	}
}
