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
	keys, err := saltine.NewKeyring(exampleKey, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	store, err := saltine.NewCookieStore(keys, &saltine.StoreOptions{Now: func() time.Time { return now }})
	if err != nil {
		fmt.Println(err)
		return
	}
	table := users{}
	sessions, err := sessionhttp.New(store, &sessionhttp.Options{
		Guard: func(s *saltine.Session) error {
			if !s.Has(string(userID)) {
				return nil // nobody is signed in
			}
			id, err := userID.Get(s)
			if err != nil {
				return err // refused: it is not a number
			}
			since, err := table.signedOutEverywhere(s.Context(), id)
			switch {
			case err != nil:
				return fmt.Errorf("%w: %w", saltine.ErrUnavailable, err)
			case !s.Verification().SignedAt.After(since):
				return saltine.ErrRevoked
			}
			return nil
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
	keys, err := saltine.NewKeyring(exampleKey, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	store, err := saltine.NewCookieStore(keys, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	ended := revoked{}
	sessions, err := sessionhttp.New(store, &sessionhttp.Options{
		Guard: func(s *saltine.Session) error {
			id, _ := copyID.Get(s) // "" in sessions from before
			if ended.has(s.Context(), id) {
				return saltine.ErrRevoked
			}
			return nil
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	signOut := func(r *http.Request) error {
		s := sessionhttp.FromContext(r.Context())
		if id, err := copyID.Get(s); err == nil {
			ended.add(r.Context(), id, time.Now().Add(store.CookieAge()))
		}
		return s.Flush()
	}
	visit := visitor(sessions, func(s *saltine.Session) { fmt.Println("signed in:", s.Has(string(userID))) })

	cookie := signIn(store)
	other := signIn(store)
	visit(cookie)
	fmt.Println(signOut(open(sessions, cookie)))
	visit(cookie) // a copy that somebody kept
	visit(other)  // the same person elsewhere
	// Output:
	// signed in: true
	// <nil>
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
