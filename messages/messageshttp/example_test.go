package messageshttp_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/messages"
	"github.com/seed-52756201/saltine/messages/messageshttp"
	"github.com/seed-52756201/saltine/sessionhttp"
)

// A form that redirects, and the page after it.
func Example() {
	keys, err := saltine.NewKeyring("an example key of fifty bytes or more: never use this one", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	store, err := saltine.NewCookieStore(keys, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	sessions, err := sessionhttp.New(store, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	codec, err := messages.New(keys, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	flash, err := messageshttp.New(sessions, codec, nil)
	if err != nil {
		fmt.Println(err)
		return
	}

	mux := http.NewServeMux()
	mux.HandleFunc("POST /profile", func(w http.ResponseWriter, r *http.Request) {
		if err := messages.Add(r.Context(), messages.Success, "Profile updated.", "profile"); err != nil {
			fmt.Println(err)
		}
		http.Redirect(w, r, "/", http.StatusSeeOther)
	})
	mux.HandleFunc("GET /{$}", func(_ http.ResponseWriter, r *http.Request) {
		list := messages.Take(r.Context()) // before anything is written
		fmt.Println(len(list), "to show")
		for _, m := range list {
			fmt.Printf("<p class=%q>%s</p>\n", m.Tags(), m.Text)
		}
	})

	server := httptest.NewTLSServer(flash.Handler(mux))
	defer server.Close()
	client := server.Client()
	client.Jar, err = cookiejar.New(nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, visit := range []func() (*http.Response, error){
		func() (*http.Response, error) { return client.PostForm(server.URL+"/profile", nil) }, // and is redirected
		func() (*http.Response, error) { return client.Get(server.URL) },
	} {
		resp, err := visit()
		if err != nil {
			fmt.Println(err)
			return
		}
		if err := resp.Body.Close(); err != nil {
			fmt.Println(err)
		}
	}
	// Output:
	// 1 to show
	// <p class="profile success">Profile updated.</p>
	// 0 to show
}

// Count the messages that fit nowhere, in place of a line in the log.
func ExampleOptions() {
	lost := 0
	opts := &messageshttp.Options{OnError: func(_ *http.Request, err error) {
		if errors.Is(err, messageshttp.ErrUnstored) {
			lost++
		}
	}}
	opts.OnError(nil, fmt.Errorf("%w: cause", messageshttp.ErrUnstored)) // the middleware does
	fmt.Println(lost)
	// Output: 1
}
