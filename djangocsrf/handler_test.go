package djangocsrf_test

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/djangocsrf"
	"github.com/seed-52756201/saltine/sessionhttp"
)

// formRequest is a POST of a form with the cookie of the tests.
func formRequest(body string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "http://example.com/", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	r.Header.Set("Cookie", "csrftoken="+secret)
	return r
}

// multipartRequest is a POST of a form with files that has the tokens.
func multipartRequest(t *testing.T, tokens ...string) *http.Request {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, token := range tokens {
		must(t, w.WriteField("csrfmiddlewaretoken", token))
	}
	must(t, w.Close())
	r := formRequest(b.String())
	r.Header.Set("Content-Type", w.FormDataContentType())
	return r
}

// serve has r go through a Handler to a view that answers 204, and returns the kinds
// that OnError was told of.
func serve(t testing.TB, p *djangocsrf.Protection, opts djangocsrf.HandlerOptions, r *http.Request) (*httptest.ResponseRecorder, []djangocsrf.Kind) {
	t.Helper()
	var kinds []djangocsrf.Kind
	if opts.OnError == nil {
		opts.OnError = func(_ *http.Request, err *djangocsrf.Error) { kinds = append(kinds, err.Kind) }
	}
	w := httptest.NewRecorder()
	p.Handler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }), &opts).ServeHTTP(w, r)
	return w, kinds
}

func TestHandlerFindsTheToken(t *testing.T) {
	const field = "csrfmiddlewaretoken="
	for _, tt := range []struct {
		name   string
		change func(*http.Request)
		body   string
		want   djangocsrf.Kind
		reason string
	}{
		{"form", nil, field + masked, "", "the usual case"},
		{"last of several", nil, field + "x&" + field + masked, "", "Django takes the last"},
		{"first of several", nil, field + masked + "&" + field + "x", djangocsrf.ErrTokenLength, "Django takes the last"},
		{"header", func(r *http.Request) { r.Header.Set("X-Csrftoken", masked) }, "", "", "scripts send one"},
		{"empty field and header", func(r *http.Request) { r.Header.Set("X-Csrftoken", masked) }, field, "", "an empty field is none"},
		{"wrong field and good header", func(r *http.Request) { r.Header.Set("X-Csrftoken", masked) }, field + maskedElse, djangocsrf.ErrTokenIncorrect, "the header does not rescue it"},
		{"two headers", func(r *http.Request) { r.Header["X-Csrftoken"] = []string{masked, masked} }, "", djangocsrf.ErrTokenLength, "WSGI servers join them"},
		{"query", func(r *http.Request) { r.URL.RawQuery = field + masked }, "", djangocsrf.ErrTokenMissing, "an address is no place for it"},
		{"put", func(r *http.Request) { r.Method = http.MethodPut }, field + masked, djangocsrf.ErrTokenMissing, "forms are read for POST only"},
		{"no type", func(r *http.Request) { r.Header.Del("Content-Type") }, field + masked, djangocsrf.ErrTokenMissing, "it is no form"},
		{"broken escape", nil, field + masked + "&x=%zz", "", "what can be read counts"},
		{"no body", func(r *http.Request) { r.Body = nil }, "", djangocsrf.ErrTokenMissing, "there is nothing to read"},
		{"origin", func(r *http.Request) { r.Header.Set("Origin", "http://example.com") }, field + masked, "", "the site's own"},
		{"https origin without TLS", func(r *http.Request) { r.Header.Set("Origin", "https://example.com") }, field + masked, djangocsrf.ErrBadOrigin, "a proxy ends TLS, and nobody says so"},
		{"two origins", func(r *http.Request) { r.Header["Origin"] = []string{"http://example.com", "http://example.com"} }, field + masked, djangocsrf.ErrBadOrigin, "WSGI servers join them"},
		{"tls without referer", func(r *http.Request) { r.TLS = &tls.ConnectionState{} }, field + masked, djangocsrf.ErrNoReferer, "it is over HTTPS"},
		{"tls with referer", func(r *http.Request) {
			r.TLS = &tls.ConnectionState{}
			r.Header.Set("Referer", "https://example.com/page")
		}, field + masked, "", "the site's own"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := formRequest(tt.body)
			if tt.change != nil {
				tt.change(r)
			}
			_, kinds := serve(t, protect(t, djangocsrf.Options{}), djangocsrf.HandlerOptions{}, r)
			checkKinds(t, kinds, tt.want, tt.reason)
		})
	}
	for _, tt := range []struct {
		name   string
		fields []string
		want   djangocsrf.Kind
	}{
		{"multipart", []string{masked}, ""},
		{"multipart, last", []string{"x", masked}, ""},
		{"multipart, first", []string{masked, "x"}, djangocsrf.ErrTokenLength},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, kinds := serve(t, protect(t, djangocsrf.Options{}), djangocsrf.HandlerOptions{}, multipartRequest(t, tt.fields...))
			checkKinds(t, kinds, tt.want, "forms with files are forms")
		})
	}
}

// A middleware outside of the Handler may have parsed the form, or tried to.
func TestHandlerFindsTheTokenOfAParsedForm(t *testing.T) {
	parseForm := func(r *http.Request) error { return r.ParseForm() }
	parseAll := func(r *http.Request) error { return r.ParseMultipartForm(1 << 20) }
	field := "csrfmiddlewaretoken=" + masked
	large := func(r *http.Request) *http.Request {
		r.Body = &countingBody{start: "--b\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\n"}
		r.Header.Set("Content-Type", "multipart/form-data; boundary=b")
		return r
	}
	for _, tt := range []struct {
		name    string
		request *http.Request
		parse   func(*http.Request) error
		want    djangocsrf.Kind
		reason  string
	}{
		{"form", formRequest(field), parseForm, "", "it is in PostForm"},
		{"multipart, ParseForm", multipartRequest(t, masked), parseForm, "", "ParseForm leaves an empty PostForm and the body"},
		{"multipart, ParseMultipartForm", multipartRequest(t, masked), parseAll, "", "it is in PostForm"},
		{"multipart without token", multipartRequest(t), parseForm, djangocsrf.ErrTokenMissing, "there is none"},
		{"large multipart", large(formRequest("")), parseForm, djangocsrf.ErrFormTooLarge, "the limit is the same"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if err := tt.parse(tt.request); err != nil {
				t.Fatal(err)
			}
			_, kinds := serve(t, protect(t, djangocsrf.Options{}), djangocsrf.HandlerOptions{}, tt.request)
			checkKinds(t, kinds, tt.want, tt.reason)
		})
	}
}

// A multipart form that was too large stays so when it is checked again.
func TestTooLargeStaysTooLarge(t *testing.T) {
	p := protect(t, djangocsrf.Options{})
	r := multipartRequest(t, slices.Repeat([]string{""}, 1001)...) // one more than ReadForm takes
	r.Header.Set("X-Csrftoken", masked)
	_, kinds := serve(t, p, djangocsrf.HandlerOptions{
		Refuse: func(_ http.ResponseWriter, r *http.Request, _ *djangocsrf.Error) {
			_, kinds := serve(t, p, djangocsrf.HandlerOptions{}, r)
			checkKinds(t, kinds, djangocsrf.ErrFormTooLarge, "half of the form is gone")
		},
	}, r)
	checkKinds(t, kinds, djangocsrf.ErrFormTooLarge, "net/http has a limit of its own")
}

func checkKinds(t *testing.T, got []djangocsrf.Kind, want djangocsrf.Kind, reason string) {
	t.Helper()
	var list []djangocsrf.Kind
	if want != "" {
		list = []djangocsrf.Kind{want}
	}
	if diff := cmp.Diff(list, got); diff != "" {
		t.Errorf("kinds (-want +got): %s\n%s", reason, diff)
	}
}

// countingBody counts what is read of an endless body, which begins with start.
type countingBody struct {
	start string
	read  int
}

func (b *countingBody) Read(p []byte) (int, error) {
	if b.start != "" {
		n := copy(p, b.start)
		b.start = b.start[n:]
		return n, nil
	}
	for i := range p {
		p[i] = 'a'
	}
	b.read += len(p)
	return len(p), nil
}

func (b *countingBody) Close() error { return nil }

// The body is left alone, unless the check comes to it, and then read to a limit.
func TestHandlerReadsBoundedForm(t *testing.T) {
	const limit = 10000
	multi := func(name string) func(*http.Request) {
		return func(r *http.Request) {
			r.Header.Set("Content-Type", "multipart/form-data; boundary=b")
			r.Body.(*countingBody).start = "--b\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n"
		}
	}
	for _, tt := range []struct {
		name   string
		change func(*http.Request)
		want   djangocsrf.Kind
		reads  bool
		status int
		reason string
	}{
		{"too large", nil, djangocsrf.ErrFormTooLarge, true, http.StatusRequestEntityTooLarge, "an endless form"},
		{"too large with header", func(r *http.Request) { r.Header.Set("X-Csrftoken", masked) }, djangocsrf.ErrFormTooLarge, true, http.StatusRequestEntityTooLarge, "half of the form is gone: nobody may work on the rest"},
		{"file", multi("x\"; filename=\"f"), djangocsrf.ErrFormTooLarge, true, http.StatusRequestEntityTooLarge, "files count"},
		{"field", multi("x"), djangocsrf.ErrFormTooLarge, true, http.StatusRequestEntityTooLarge, "a form with files is a form"},
		{"token behind the limit", func(r *http.Request) {
			multi("x")(r)
			r.Header.Set("X-Csrftoken", masked)
		}, djangocsrf.ErrFormTooLarge, true, http.StatusRequestEntityTooLarge, "as above"},
		{"no multipart", func(r *http.Request) { r.Header.Set("Content-Type", "multipart/form-data; boundary=b") }, djangocsrf.ErrTokenMissing, true, http.StatusForbidden, "it is given up before"},
		{"bad origin", func(r *http.Request) { r.Header.Set("Origin", "http://evil.test") }, djangocsrf.ErrBadOrigin, false, http.StatusForbidden, "it is refused before"},
		{"no cookie", func(r *http.Request) { r.Header.Del("Cookie") }, djangocsrf.ErrNoCookie, false, http.StatusForbidden, "it is refused before"},
		{"json", func(r *http.Request) {
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("X-Csrftoken", masked)
		}, "", false, http.StatusNoContent, "the view reads it"},
		{"put", func(r *http.Request) {
			r.Method = http.MethodPut
			r.Header.Set("X-Csrftoken", masked)
		}, "", false, http.StatusNoContent, "the view reads it"},
		{"get", func(r *http.Request) { r.Method = http.MethodGet }, "", false, http.StatusNoContent, "nothing is checked"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			body := &countingBody{}
			r := formRequest("")
			r.Body = body
			if tt.change != nil {
				tt.change(r)
			}
			w, kinds := serve(t, protect(t, djangocsrf.Options{}), djangocsrf.HandlerOptions{MaxForm: limit}, r)
			checkKinds(t, kinds, tt.want, tt.reason)
			if w.Code != tt.status || (body.read > 0) != tt.reads || body.read > 2*limit {
				t.Errorf("status %d, %d bytes read, want %d and at most %d (any: %v): %s", w.Code, body.read, tt.status, 2*limit, tt.reads, tt.reason)
			}
		})
	}
}

// The view finds the form that was read, and the body of what is none.
func TestHandlerLeavesTheFormToTheView(t *testing.T) {
	p := protect(t, djangocsrf.Options{})
	var got string
	view := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		got = r.PostFormValue("name") + " " + string(body)
	})
	p.Handler(view, nil).ServeHTTP(httptest.NewRecorder(), formRequest("name=Ann&csrfmiddlewaretoken="+masked))
	if got != "Ann " {
		t.Errorf("the view finds %q", got)
	}
	r := formRequest(`{"name": "Ann"}`)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-CSRFToken", secret)
	p.Handler(view, nil).ServeHTTP(httptest.NewRecorder(), r)
	if got != ` {"name": "Ann"}` {
		t.Errorf("the view finds %q", got)
	}
}

// What is told to the client is the same for all: nothing of the reason, of the request,
// or of what differs.
func TestClientIsNotTold(t *testing.T) {
	for _, origin := range []string{"https://example.com", "http://evil.test", "null", "<script>"} {
		r := formRequest("csrfmiddlewaretoken=" + masked)
		r.Header.Set("Origin", origin)
		var told *djangocsrf.Error
		w, _ := serve(t, protect(t, djangocsrf.Options{}), djangocsrf.HandlerOptions{
			OnError: func(_ *http.Request, err *djangocsrf.Error) { told = err },
		}, r)
		if w.Code != http.StatusForbidden || w.Body.String() != "Forbidden\n" {
			t.Errorf("Origin %s: %d %q", origin, w.Code, w.Body)
		}
		if told == nil || told.Differs == (djangocsrf.Differs{}) || strings.Contains(told.Error(), origin) {
			t.Errorf("Origin %s: the operator is told %v", origin, told)
		}
	}
}

func TestDefaultLog(t *testing.T) {
	var log bytes.Buffer
	old := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
	defer slog.SetDefault(old)
	r := formRequest("csrfmiddlewaretoken=" + maskedElse)
	protect(t, djangocsrf.Options{}).Handler(http.NotFoundHandler(), nil).ServeHTTP(httptest.NewRecorder(), r)
	got := log.String()
	if !strings.Contains(got, "the CSRF token is incorrect") || strings.Contains(got, secret) || strings.Contains(got, maskedElse) || strings.Count(got, "\n") != 1 {
		t.Errorf("the log is %q", got)
	}
}

// Site says what a proxy hides.
func TestSiteBehindProxy(t *testing.T) {
	p := protect(t, djangocsrf.Options{CookieDomain: ".example.com"})
	site := func(r *http.Request) (secure bool, host string) {
		return r.Header.Get("X-Forwarded-Proto") == "https", r.Header.Get("X-Forwarded-Host")
	}
	for _, tt := range []struct {
		name    string
		host    string
		origin  string
		referer string
		want    djangocsrf.Kind
	}{
		{"origin", "example.com", "https://example.com", "", ""},
		{"origin of the backend", "example.com", "http://backend:8000", "", djangocsrf.ErrBadOrigin},
		{"referer", "example.com", "", "https://app.example.com/", ""},
		{"referer with port", "example.com:8443", "", "https://app.example.com:8443/", ""},
		{"referer without port", "example.com:8443", "", "https://app.example.com/", djangocsrf.ErrBadReferer},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := formRequest("csrfmiddlewaretoken=" + masked)
			r.Host = "backend:8000"
			r.Header.Set("X-Forwarded-Proto", "https")
			r.Header.Set("X-Forwarded-Host", tt.host)
			if tt.origin != "" {
				r.Header.Set("Origin", tt.origin)
			}
			if tt.referer != "" {
				r.Header.Set("Referer", tt.referer)
			}
			_, kinds := serve(t, p, djangocsrf.HandlerOptions{Site: site}, r)
			checkKinds(t, kinds, tt.want, "the browser's address counts")
		})
	}
}

// headersOf runs a view that makes a token, and then writes as do says.
func headersOf(t *testing.T, do func(w http.ResponseWriter)) http.Header {
	t.Helper()
	p := protect(t, djangocsrf.Options{})
	server := httptest.NewServer(p.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		djangocsrf.FromContext(r.Context()).Token()
		do(w)
	}), nil))
	t.Cleanup(server.Close)
	response, err := server.Client().Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	if err := response.Body.Close(); err != nil {
		t.Error(err)
	}
	return response.Header
}

// must fails on the error of a call.
func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Error(err)
	}
}

// However a view writes, the cookie is in the headers, once.
func TestCookieIsSetHoweverTheViewWrites(t *testing.T) {
	for name, do := range map[string]func(http.ResponseWriter){
		"nothing":     func(http.ResponseWriter) {},
		"header":      func(w http.ResponseWriter) { w.WriteHeader(http.StatusAccepted) },
		"twice":       func(w http.ResponseWriter) { fmt.Fprint(w, "a"); fmt.Fprint(w, "b") },
		"string":      func(w http.ResponseWriter) { _, err := io.WriteString(w, "a"); must(t, err) },
		"copy":        func(w http.ResponseWriter) { _, err := io.Copy(w, strings.NewReader("a")); must(t, err) },
		"flush":       func(w http.ResponseWriter) { w.(http.Flusher).Flush() },
		"controller":  func(w http.ResponseWriter) { must(t, http.NewResponseController(w).Flush()) },
		"early hints": func(w http.ResponseWriter) { w.WriteHeader(http.StatusEarlyHints); w.WriteHeader(http.StatusOK) },
		"error":       func(w http.ResponseWriter) { http.Error(w, "x", http.StatusTeapot) },
	} {
		t.Run(name, func(t *testing.T) {
			headers := headersOf(t, do)
			if got := headers["Set-Cookie"]; len(got) != 1 || !strings.HasPrefix(got[0], "csrftoken=") {
				t.Errorf("Set-Cookie is %q, want one", got)
			}
			if diff := cmp.Diff([]string{"Cookie"}, headers["Vary"]); diff != "" {
				t.Errorf("Vary (-want +got):\n%s", diff)
			}
		})
	}
}

// Hints go out before the page is made: the cookie must wait for the page's token.
func TestTokenAfterEarlyHints(t *testing.T) {
	w := httptest.NewRecorder()
	protect(t, djangocsrf.Options{}).Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusEarlyHints)
		djangocsrf.FromContext(r.Context()).Token()
		w.WriteHeader(http.StatusOK)
	}), nil).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", http.NoBody))
	if got := w.Header()["Set-Cookie"]; len(got) != 1 {
		t.Errorf("Set-Cookie is %q, want one", got)
	}
}

func TestVaryIsMerged(t *testing.T) {
	for _, tt := range []struct {
		vary, want []string
		reason     string
	}{
		{nil, []string{"Cookie"}, "there is none"},
		{[]string{"Accept"}, []string{"Accept", "Cookie"}, "another line"},
		{[]string{"Accept, COOKIE"}, []string{"Accept, COOKIE"}, "it is there"},
		{[]string{"Accept", "cookie"}, []string{"Accept", "cookie"}, "it is there, in another line"},
		{[]string{"*"}, []string{"*"}, "a star says all"},
		{[]string{"Cookies"}, []string{"Cookies", "Cookie"}, "another name"},
	} {
		headers := headersOf(t, func(w http.ResponseWriter) {
			if tt.vary != nil {
				w.Header()["Vary"] = tt.vary
			}
		})
		if diff := cmp.Diff(tt.want, headers["Vary"]); diff != "" {
			t.Errorf("Vary (-want +got): %s\n%s", tt.reason, diff)
		}
	}
}

func TestHijack(t *testing.T) {
	p := protect(t, djangocsrf.Options{})
	server := httptest.NewServer(p.Handler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		connection, rw, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		fmt.Fprint(rw, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")
		must(t, rw.Flush())
		must(t, connection.Close())
	}), nil))
	defer server.Close()
	response, err := server.Client().Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	if body, err := io.ReadAll(response.Body); string(body) != "hi" {
		t.Errorf("%q, %v", body, err)
	}
	must(t, response.Body.Close())
}

// A Handler inside of another of the same Protection: one visit, one cookie, both check.
func TestMountedTwice(t *testing.T) {
	p := protect(t, djangocsrf.Options{})
	var inner, outer *djangocsrf.Visit
	var name string
	silent := func(*http.Request, *djangocsrf.Error) {}
	handler := p.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		outer = djangocsrf.FromContext(r.Context())
		p.Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			inner = djangocsrf.FromContext(r.Context())
			inner.Token()
			name = r.PostFormValue("name")
		}), &djangocsrf.HandlerOptions{OnError: silent}).ServeHTTP(w, r.WithContext(r.Context()))
	}), &djangocsrf.HandlerOptions{Exempt: func(*http.Request) bool { return true }})
	for body, want := range map[string]int{"name=Ann&csrfmiddlewaretoken=" + masked: http.StatusOK, "name=Ann": http.StatusForbidden} {
		inner, outer = nil, nil
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, formRequest(body))
		if w.Code != want {
			t.Errorf("%s: %d, want %d", body, w.Code, want)
		}
		if want == http.StatusOK && (inner != outer || len(w.Header()["Set-Cookie"]) != 1 || name != "Ann") {
			t.Errorf("visits %p and %p, Set-Cookie %q, form %q", inner, outer, w.Header()["Set-Cookie"], name)
		}
	}
}

// The inner of two Handlers checks the request that it gets, by its own options, as it would
// alone.
func TestInnerMountChecksItsOwnRequest(t *testing.T) {
	p := protect(t, djangocsrf.Options{})
	for _, tt := range []struct {
		name    string
		request *http.Request
		between func(*http.Request)
		inner   djangocsrf.HandlerOptions
		want    djangocsrf.Kind
		reason  string
	}{
		{"method", httptest.NewRequest(http.MethodGet, "http://example.com/?_method=DELETE", http.NoBody), func(r *http.Request) { r.Method = r.URL.Query().Get("_method") }, djangocsrf.HandlerOptions{}, djangocsrf.ErrNoCookie, "a DELETE is checked"},
		{"harmless method", formRequest(""), func(r *http.Request) { r.Method = http.MethodGet }, djangocsrf.HandlerOptions{}, "", "a GET is not"},
		{"origin", formRequest("csrfmiddlewaretoken=" + masked), func(r *http.Request) { r.Header.Set("Origin", "http://evil.test") }, djangocsrf.HandlerOptions{}, djangocsrf.ErrBadOrigin, "it is not the site's"},
		{"host", formRequest("csrfmiddlewaretoken=" + masked), func(r *http.Request) {
			r.Header.Set("Origin", "http://www.example.com")
			r.Host = "www.example.com"
		}, djangocsrf.HandlerOptions{}, "", "it is the site's"},
		{"site", formRequest("csrfmiddlewaretoken=" + masked), nil, djangocsrf.HandlerOptions{
			Site: func(*http.Request) (secure bool, host string) { return true, "example.com" },
		}, djangocsrf.ErrNoReferer, "the inner one says that it is over HTTPS"},
		{"form", formRequest("csrfmiddlewaretoken=" + masked), nil, djangocsrf.HandlerOptions{MaxForm: 10}, djangocsrf.ErrFormTooLarge, "the inner one reads less"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			outer := p.Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				if tt.between != nil {
					tt.between(r)
				}
				_, kinds := serve(t, p, tt.inner, r)
				checkKinds(t, kinds, tt.want, tt.reason)
			}), &djangocsrf.HandlerOptions{Exempt: func(*http.Request) bool { return true }})
			outer.ServeHTTP(httptest.NewRecorder(), tt.request)
		})
	}
}

func TestExempt(t *testing.T) {
	w, kinds := serve(t, protect(t, djangocsrf.Options{}), djangocsrf.HandlerOptions{
		Exempt: func(r *http.Request) bool { return r.URL.Path == "/hook" },
	}, httptest.NewRequest(http.MethodPost, "/hook", http.NoBody))
	if w.Code != http.StatusNoContent || kinds != nil {
		t.Errorf("%d, %v", w.Code, kinds)
	}
}

// The error page has a form of its own, whose token is good.
func TestRefuseWithToken(t *testing.T) {
	p := protect(t, djangocsrf.Options{})
	r := formRequest("")
	r.Header.Del("Cookie")
	w, _ := serve(t, p, djangocsrf.HandlerOptions{Refuse: func(w http.ResponseWriter, r *http.Request, _ *djangocsrf.Error) {
		w.WriteHeader(http.StatusForbidden)
		io.WriteString(w, djangocsrf.FromContext(r.Context()).Token()) //nolint:errcheck // a recorder takes it
	}}, r)
	if w.Header().Get("Set-Cookie") != "" {
		t.Error("a token that was made after the headers has a cookie")
	}
	w, _ = serve(t, p, djangocsrf.HandlerOptions{Refuse: func(w http.ResponseWriter, r *http.Request, _ *djangocsrf.Error) {
		token := djangocsrf.FromContext(r.Context()).Token()
		w.WriteHeader(http.StatusForbidden)
		io.WriteString(w, token) //nolint:errcheck // a recorder takes it
	}}, r)
	again := formRequest("csrfmiddlewaretoken=" + w.Body.String())
	again.Header.Set("Cookie", "csrftoken="+valueOf(t, w.Header().Get("Set-Cookie"), "csrftoken"))
	if w, kinds := serve(t, p, djangocsrf.HandlerOptions{}, again); w.Code != http.StatusNoContent {
		t.Errorf("%d, %v", w.Code, kinds)
	}
}

// With sessions: the secret is saved with the session that the page used, and a program
// without sessions says so.
func TestHandlerWithSessions(t *testing.T) {
	p := protect(t, djangocsrf.Options{UseSessions: true})
	sessions, err := sessionhttp.New(newStore(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	handler := sessions.Handler(p.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, djangocsrf.FromContext(r.Context()).Token()) //nolint:errcheck // a recorder takes it
	}), nil))
	first := httptest.NewRecorder()
	handler.ServeHTTP(first, httptest.NewRequest(http.MethodGet, "/", http.NoBody))
	cookies := first.Header()["Set-Cookie"]
	if len(cookies) != 1 || !strings.HasPrefix(cookies[0], "sessionid=") {
		t.Fatalf("Set-Cookie %q, want the session's alone", cookies)
	}
	r := formRequest(url.Values{"csrfmiddlewaretoken": {first.Body.String()}}.Encode())
	r.Header.Set("Cookie", "sessionid="+valueOf(t, cookies[0], "sessionid"))
	second := httptest.NewRecorder()
	handler.ServeHTTP(second, r)
	if second.Code != http.StatusOK {
		t.Errorf("status %d", second.Code)
	}
	w, kinds := serve(t, p, djangocsrf.HandlerOptions{}, httptest.NewRequest(http.MethodGet, "/", http.NoBody))
	checkKinds(t, kinds, djangocsrf.ErrNoSession, "no middleware of sessions")
	if w.Code != http.StatusInternalServerError {
		t.Errorf("status %d without sessions", w.Code)
	}
}

// A session whose secret cannot be read is reported once, also on a page that is shown.
func TestBadSessionIsReported(t *testing.T) {
	p := protect(t, djangocsrf.Options{UseSessions: true})
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		s := newStore(t).New()
		s.Set(djangocsrf.SessionKey, 5)
		_, kinds := serve(t, p, djangocsrf.HandlerOptions{
			Session: func(*http.Request) *saltine.Session { return s },
		}, httptest.NewRequest(method, "/", http.NoBody))
		checkKinds(t, kinds, djangocsrf.ErrBadSession, method)
		if got, _ := s.Get(djangocsrf.SessionKey).(string); len(got) != 32 {
			t.Errorf("%s: the session holds %q", method, got)
		}
	}
}

func TestFromContextWithoutHandler(t *testing.T) {
	if v := djangocsrf.FromContext(t.Context()); v != nil {
		t.Errorf("a visit from nowhere: %v", v)
	}
}

// One Protection serves requests at the same time.
func TestConcurrentRequests(t *testing.T) {
	p := protect(t, djangocsrf.Options{TrustedOrigins: []string{"https://*.wild.test"}})
	handler := p.Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		djangocsrf.FromContext(r.Context()).Token()
	}), nil)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 50 {
				r := formRequest("csrfmiddlewaretoken=" + masked)
				r.Header.Set("Origin", "https://a.wild.test")
				w := httptest.NewRecorder()
				handler.ServeHTTP(w, r)
				if w.Code != http.StatusOK {
					t.Errorf("status %d", w.Code)
				}
			}
		})
	}
	wg.Wait()
}
