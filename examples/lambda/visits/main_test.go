package main

import (
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/sessioncookie"
)

func TestVisit(t *testing.T) {
	keys, err := saltine.NewKeyring("an example key, public and therefore worthless: 0123456789", nil)
	if err != nil {
		t.Fatal(err)
	}
	store, err := saltine.NewCookieStore(keys, nil)
	if err != nil {
		t.Fatal(err)
	}
	cookie, err := sessioncookie.New(store, nil)
	if err != nil {
		t.Fatal(err)
	}
	var cookies []string
	for _, body := range []string{"visit 1\n", "visit 2\n", "visit 3\n"} {
		got, err := visit(t.Context(), cookie, events.LambdaFunctionURLRequest{Cookies: cookies})
		if err != nil {
			t.Fatal(err)
		}
		if len(got.Cookies) != 1 {
			t.Fatalf("got cookies %q", got.Cookies)
		}
		want := events.LambdaFunctionURLResponse{
			StatusCode: 200,
			Headers:    map[string]string{"Content-Type": "text/plain", "Cache-Control": "private", "Vary": "Cookie"},
			Body:       body,
			Cookies:    got.Cookies,
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		session, _, _ := strings.Cut(got.Cookies[0], ";")
		cookies = []string{"theme=dark", session}
	}
}
