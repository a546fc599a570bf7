package sessionhttp_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/sessionhttp"
)

const (
	userID saltine.Field[int]    = "user"
	copyID saltine.Field[string] = "copy"
)

// users stands for a table with a column that says when somebody signed out
// everywhere.
type users map[int]time.Time

func (u users) signedOutEverywhere(ctx context.Context, id int) (time.Time, error) {
	return u[id], ctx.Err()
}

func Example_logOutEverywhere() {
	now := time.Unix(1700000000, 0)
	store, err := saltine.NewCookieStore(exampleKey, &saltine.StoreOptions{Options: saltine.Options{Now: func() time.Time { return now }}})
	if err != nil {
		fmt.Println(err)
		return
	}
	table := users{}
	sessions, err := sessionhttp.New(store, &sessionhttp.Options{
		Revoked: func(r *http.Request, s *saltine.Session, signedAt time.Time) bool {
			id, err := userID.Get(s)
			if err != nil {
				return false // nobody is signed in
			}
			since, err := table.signedOutEverywhere(r.Context(), id)
			return err != nil || !signedAt.After(since)
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	visit := visitor(sessions, func(s *saltine.Session) {
		if id, err := userID.Get(s); err == nil {
			fmt.Println("user", id)
		} else {
			fmt.Println("nobody:", s.Err())
		}
	})

	stolen := signIn(store)
	visit(stolen)
	now = now.Add(time.Hour)
	table[7] = now // somebody signs out everywhere
	visit(stolen)
	now = now.Add(time.Minute)
	visit(signIn(store))
	// Output:
	// user 7
	// nobody: saltine: session revoked
	// user 7
}

// revoked stands for a small table, or a cache, of the sessions that were ended
// before their time.
type revoked map[string]time.Time

func (r revoked) add(_ context.Context, id string, until time.Time) { r[id] = until }
func (r revoked) has(_ context.Context, id string) bool             { return id != "" && !r[id].IsZero() }

func Example_logOutOneCopy() {
	store, err := saltine.NewCookieStore(exampleKey, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	ended := revoked{}
	sessions, err := sessionhttp.New(store, &sessionhttp.Options{
		Revoked: func(r *http.Request, s *saltine.Session, _ time.Time) bool {
			id, _ := copyID.Get(s) // "" in sessions from before
			return ended.has(r.Context(), id)
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	signOut := func(r *http.Request) {
		s := sessionhttp.FromContext(r.Context())
		if id, err := copyID.Get(s); err == nil {
			ended.add(r.Context(), id, time.Now().Add(store.CookieAge()))
		}
		s.Flush()
	}
	visit := visitor(sessions, func(s *saltine.Session) { fmt.Println("signed in:", s.Has(string(userID))) })

	cookie := signIn(store)
	other := signIn(store)
	visit(cookie)
	signOut(open(sessions, cookie))
	visit(cookie) // a copy that somebody kept
	visit(other)  // the same person elsewhere
	// Output:
	// signed in: true
	// signed in: false
	// signed in: true
}

// signIn returns the cookie of somebody who just signed in.
func signIn(store *saltine.CookieStore) string {
	s := store.New()
	userID.Set(s, 7)
	copyID.Set(s, rand.Text())
	value, err := store.Save(s)
	if err != nil {
		panic(err)
	}
	return value
}

func open(m *sessionhttp.Middleware, cookie string) *http.Request {
	r := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
	r.Header.Set("Cookie", "sessionid="+cookie)
	return m.Open(r)
}

// visitor returns a function that sends a request with a cookie.
func visitor(m *sessionhttp.Middleware, do func(*saltine.Session)) func(cookie string) {
	return func(cookie string) { do(sessionhttp.FromContext(open(m, cookie).Context())) }
}
