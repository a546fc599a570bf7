package djangocsrf_test

import (
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/djangocsrf"
)

var loginPage = template.Must(template.New("page").Parse(
	`<form method="post"><input type="hidden" name="csrfmiddlewaretoken" value="{{.}}"><button>Sign in</button></form>`))

// A form: GET shows it, POST works on it, and the secret is new after the login.
func Example_form() {
	protection, err := djangocsrf.New(nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /login", func(w http.ResponseWriter, r *http.Request) {
		if err := loginPage.Execute(w, djangocsrf.FromContext(r.Context()).Token()); err != nil {
			fmt.Println(err)
		}
	})
	mux.HandleFunc("POST /login", func(w http.ResponseWriter, r *http.Request) {
		// Look at the password here.
		djangocsrf.FromContext(r.Context()).Rotate()
		fmt.Fprintln(w, "Hello", template.HTMLEscapeString(r.PostFormValue("name")))
	})
	server := protection.Handler(mux, nil)

	// A browser that asks for the form, and sends it.
	shown := httptest.NewRecorder()
	server.ServeHTTP(shown, httptest.NewRequest(http.MethodGet, "/login", http.NoBody))
	cookie, _, _ := strings.Cut(shown.Header().Get("Set-Cookie"), ";")
	_, token, _ := strings.Cut(shown.Body.String(), `value="`)
	for _, form := range []string{"name=Ann", "name=Ann&csrfmiddlewaretoken=" + token[:64]} {
		r := httptest.NewRequest(http.MethodPost, "/login", strings.NewReader(form))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Cookie", cookie)
		answer := httptest.NewRecorder()
		server.ServeHTTP(answer, r)
		rotated, _, _ := strings.Cut(answer.Header().Get("Set-Cookie"), ";")
		fmt.Print(answer.Code, " ", answer.Body)
		fmt.Println("a new secret:", rotated != "" && rotated != cookie)
	}
	// Output:
	// 403 Forbidden
	// a new secret: false
	// 200 Hello Ann
	// a new secret: true
}

// An API that scripts of Django's pages call with the header X-CSRFToken, from the site
// itself or from another one of the company's. Webhooks have a signature of their own.
func Example_api() {
	protection, err := djangocsrf.New(&djangocsrf.Options{TrustedOrigins: []string{"https://*.example.com"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	api := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprintln(w, "done") })
	server := protection.Handler(api, &djangocsrf.HandlerOptions{
		// The proxy in front ends TLS, and passes the browser's Host.
		Site:    func(r *http.Request) (secure bool, host string) { return true, r.Host },
		Exempt:  func(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "/hooks/") },
		OnError: func(_ *http.Request, err *djangocsrf.Error) { fmt.Println("log:", err.Kind, "-", err.Differs) },
		Refuse: func(w http.ResponseWriter, _ *http.Request, _ *djangocsrf.Error) {
			http.Error(w, `{"error": "csrf"}`, http.StatusForbidden)
		},
	})
	for _, origin := range []string{"https://api.example.net", "https://app.example.com", "http://api.example.net:8000"} {
		r := httptest.NewRequest(http.MethodDelete, "https://api.example.net/notes/1", http.NoBody)
		r.Header.Set("Origin", origin)
		r.Header.Set("Cookie", "csrftoken=BJO9KMngWctbGE6aEdfrHjeyHkQAUIFw")
		r.Header.Set("X-CSRFToken", "BJO9KMngWctbGE6aEdfrHjeyHkQAUIFw")
		answer := httptest.NewRecorder()
		server.ServeHTTP(answer, r)
		fmt.Print(answer.Code, " ", answer.Body)
	}
	// Output:
	// 200 done
	// 200 done
	// log: djangocsrf: the Origin is neither the site's own nor trusted - scheme, port
	// 403 {"error": "csrf"}
}

// Without net/http: fill in a Request, check it, and set the cookie.
func ExampleProtection_Open() {
	protection, err := djangocsrf.New(nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	visit := protection.Open(djangocsrf.Request{
		Method: "POST", Secure: true, Host: "example.com",
		Origin: "https://example.com", HasOrigin: true,
		Cookies: []string{"csrftoken=BJO9KMngWctbGE6aEdfrHjeyHkQAUIFw"},
		Token: func() (form, header string, hasHeader bool) {
			return "KzIeY7fjmE1Nordaww2acaxoa5aSCFUIb8mdyJsp8GkOUV9a0z7rJjBMHfQimdp4", "", false
		},
	})
	fmt.Println(visit.Check())
	line, vary := visit.SetCookie()
	fmt.Printf("%q %v\n", line, vary) // no token was made
	// Output:
	// <nil>
	// "" false
}

// The kinds are errors.
func ExampleKind() {
	protection, err := djangocsrf.New(nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	err = protection.Open(djangocsrf.Request{Method: "POST"}).Check()
	fmt.Println(errors.Is(err, djangocsrf.ErrNoCookie))
	fmt.Println(err)
	// Output:
	// true
	// djangocsrf: the request has no CSRF secret
}

// Mistakes that Django keeps silent about.
func ExampleNew() {
	for _, origin := range []string{"example.com", "https://example.com/", "https://*", "https://*.example.com"} {
		_, err := djangocsrf.New(&djangocsrf.Options{TrustedOrigins: []string{origin}})
		fmt.Println(errors.Is(err, saltine.ErrInvalidOption), err)
	}
	// Output:
	// true saltine: invalid option: TrustedOrigins[0] has no scheme: write https://example.com
	// true saltine: invalid option: TrustedOrigins[0] has a path: browsers send none
	// true saltine: invalid option: TrustedOrigins[0] has a star elsewhere than in front, as in https://*.example.com
	// false <nil>
}

// A cookie that also comes with requests from frames of other sites.
func ExampleSameSite() {
	_, err := djangocsrf.New(&djangocsrf.Options{SameSite: djangocsrf.SameSiteNone})
	fmt.Println(err)
	// Output: <nil>
}
