package sessionhttp_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/sessionhttp"
)

// A key has at least 50 bytes, and comes from the environment.
const exampleKey saltine.Key = "an example key of fifty bytes or more: never use this one"

func Example() {
	const visits saltine.Field[int] = "visits"
	keys, err := saltine.NewKeyring(exampleKey, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	store, err := saltine.NewCookieStore(keys, &saltine.StoreOptions{
		Now: func() time.Time { return time.Unix(1700000000, 0) }, // for the output below
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	sessions, err := sessionhttp.New(store, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		s := sessionhttp.FromContext(r.Context())
		n, _ := visits.Get(s) // 0 at the first visit
		visits.Set(s, n+1)
		fmt.Fprintf(w, "visit %d", n+1)
	})
	handler := sessions.Handler(mux)

	request := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
	for range 2 {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, request)
		fmt.Println(w.Body)
		fmt.Println(strings.ReplaceAll(w.Header().Get("Set-Cookie"), "; ", "\n  "))
		request.AddCookie(w.Result().Cookies()[0])
	}
	// Output:
	// visit 1
	// sessionid=eyJ2aXNpdHMiOjF9:1r31eq:bnMNonP0kcV7W9XQpVbTDgwR82YGa-sOpONnAi8dp4A
	//   Max-Age=1209600
	//   Expires=Tue, 28 Nov 2023 22:13:20 GMT
	//   Path=/
	//   SameSite=Lax
	//   HttpOnly
	//   Secure
	// visit 2
	// sessionid=eyJ2aXNpdHMiOjJ9:1r31eq:2-w8jEbwcpraE35DLrkssgIuoN7qK0E-I9tKPps79x4
	//   Max-Age=1209600
	//   Expires=Tue, 28 Nov 2023 22:13:20 GMT
	//   Path=/
	//   SameSite=Lax
	//   HttpOnly
	//   Secure
}

// A router with a writer and hooks of its own needs no wrapped handler.
func ExampleMiddleware_Commit() {
	keys, err := saltine.NewKeyring(exampleKey, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	store, err := saltine.NewCookieStore(keys, &saltine.StoreOptions{Salt: "shop"})
	if err != nil {
		fmt.Println(err)
		return
	}
	sessions, err := sessionhttp.New(store, &sessionhttp.Options{Cookie: sessionhttp.CookieOptions{Name: "__Host-sid"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	r := sessions.Open(httptest.NewRequest(http.MethodGet, "/", http.NoBody)) // before the handler
	sessionhttp.FromContext(r.Context()).Get("cart")                          // in the handler
	w := httptest.NewRecorder()
	err = sessions.Commit(w, r, http.StatusOK) // before the headers are sent
	fmt.Println(w.Header(), err)
	// Output: map[Vary:[Cookie]] <nil>
}

// While you develop, a page that hands its visitor's session to shared caches is an error.
func ExampleCacheGuard() {
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
	sessions, err := sessionhttp.New(store, &sessionhttp.Options{
		CacheGuard: sessionhttp.CacheRefuse,
		OnError:    func(_ *http.Request, err error) { fmt.Println(err) },
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	handler := sessions.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "public")
		sessionhttp.FromContext(r.Context()).Set("user", "ann")
	}))
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", http.NoBody))
	fmt.Println(w.Code)
	// Output:
	// sessionhttp: response sets the session's cookie and lets shared caches keep it
	// 500
}
