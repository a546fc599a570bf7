//go:build !js

package main_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	main "github.com/seed-52756201/saltine/cmd/saltine"
)

const (
	testPage    = `<meta http-equiv="Content-Security-Policy" content="default-src 'none'"><p>page`
	testAddress = "127.0.0.1:4711"
)

// The page is for a browser that asked for this address, and for nobody else.
func TestWebServesItsAddressOnly(t *testing.T) {
	handler := main.PageHandler([]byte(testPage), testAddress)
	for _, tt := range []struct {
		name, method, host, path string
		want                     int
		reason                   string
	}{
		{"address", "GET", testAddress, "/", 200, "as it was printed"},
		{"localhost", "GET", "localhost:4711", "/", 200, "the same machine"},
		{"head", "HEAD", testAddress, "/", 200, "as GET without a body"},
		{"query", "GET", testAddress, "/?x", 200, "it changes nothing"},
		{"another name", "GET", "evil.test:4711", "/", 421, "DNS rebinding: the name points here"},
		{"another port", "GET", "127.0.0.1:80", "/", 421, "of another server"},
		{"no port", "GET", "127.0.0.1", "/", 421, "that is port 80"},
		{"name with our address in it", "GET", testAddress + ".evil.test", "/", 421, "a name of somebody else"},
		{"no host", "GET", "", "/", 421, "no browser"},
		{"another path", "GET", testAddress, "/favicon.ico", 404, "there is one page"},
		{"post", "POST", testAddress, "/", 405, "nothing is taken"},
		{"options", "OPTIONS", testAddress, "/", 405, "nor asked across sites"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			request := httptest.NewRequest(tt.method, tt.path, http.NoBody)
			request.Host = tt.host
			recorder := httptest.NewRecorder()
			handler.ServeHTTP(recorder, request)
			if recorder.Code != tt.want {
				t.Errorf("status %d, want %d: %s", recorder.Code, tt.want, tt.reason)
			}
			shown := strings.Contains(recorder.Body.String(), "page</p>") || recorder.Body.String() == testPage
			if shown != (tt.want == 200 && tt.method == "GET") {
				t.Errorf("the body is %q", recorder.Body)
			}
			if tt.want != 200 {
				return
			}
			got := map[string]string{}
			want := map[string]string{
				"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'", "Cache-Control": "no-store",
				"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
			}
			for name := range want {
				got[name] = recorder.Header().Get(name)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("the headers differ (-want +got):\n%s", diff)
			}
		})
	}
}

func TestWebUsage(t *testing.T) {
	for _, tt := range []struct {
		name string
		args []string
		want string
	}{
		{"a value", []string{"inspect", "--web", djangoCookie}, "paste it into the page"},
		{"a port below", []string{"inspect", "--web", "--port", "-1"}, "--port is from 1 to 65535"},
		{"a port above", []string{"inspect", "--web", "--port", "65536"}, "--port is from 1 to 65535"},
		{"a port without the page", []string{"inspect", "--port", "80", djangoCookie}, "--port is for --web"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := cli(nil, "", tt.args...); got.code != 2 || !strings.Contains(got.errors, tt.want) {
				t.Errorf("code %d: %s, want 2 and %q", got.code, got.errors, tt.want)
			}
		})
	}
}
