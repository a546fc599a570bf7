package frameworks_test

import (
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/gofiber/fiber/v2"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/interop/frameworks"
	"github.com/seed-52756201/saltine/sessioncookie"
)

const visits saltine.Field[int] = "visits"

// fiberApp counts visits, and answers as its paths say.
func fiberApp(t *testing.T) *fiber.App {
	t.Helper()
	keys, err := saltine.NewKeyring("a key for tests only, fifty bytes or more, not a secret", nil)
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
	app := fiber.New()
	app.Use(frameworks.Fiber(cookie))
	count := func(c *fiber.Ctx) *saltine.Session {
		s := c.Locals("session").(*saltine.Session)
		visits.Set(s, visits.Or(s, 0)+1)
		return s
	}
	app.Get("/count", func(c *fiber.Ctx) error {
		c.Set("Cache-Control", c.Query("cache"))
		return c.JSON(visits.Or(count(c), 0))
	})
	app.Get("/untouched", func(c *fiber.Ctx) error { return c.SendString("done") })
	app.Get("/error", func(c *fiber.Ctx) error {
		count(c)
		return errors.New("broken")
	})
	app.Get("/too-large", func(c *fiber.Ctx) error {
		count(c).Set("list", make([]float64, 1e6))
		c.Set("ETag", "x")
		return c.SendString("done")
	})
	return app
}

func TestFiber(t *testing.T) {
	slog.SetDefault(slog.New(slog.DiscardHandler))
	app := fiberApp(t)
	sent := ""
	for _, tt := range []struct {
		name, path string
		status     int
		cookies    int
		vary       string
		reason     string
	}{
		{"first visit", "/count", http.StatusOK, 1, "Cookie", "the session was changed"},
		{"second visit", "/count", http.StatusOK, 1, "Cookie", "the session was changed"},
		{"untouched", "/untouched", http.StatusOK, 0, "", "nobody used it"},
		{"error", "/error", http.StatusInternalServerError, 0, "Cookie", "nothing is saved with a 500"},
		{"too large", "/too-large", http.StatusInternalServerError, 0, "Cookie", "no browser would keep it"},
		{"no page", "/missing", http.StatusNotFound, 0, "", "fiber answers"},
	} {
		r := httptest.NewRequest(http.MethodGet, tt.path, http.NoBody)
		if sent != "" {
			r.Header.Set("Cookie", sent)
		}
		response, err := app.Test(r)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		cookies := response.Cookies()
		if response.StatusCode != tt.status || len(cookies) != tt.cookies || response.Header.Get("Vary") != tt.vary {
			t.Errorf("%s: status %d, %d cookies, Vary %q; want %d, %d, %q: %s", tt.name,
				response.StatusCode, len(cookies), response.Header.Get("Vary"), tt.status, tt.cookies, tt.vary, tt.reason)
		}
		if response.Header.Get("ETag") != "" {
			t.Errorf("%s: the 500 has headers of the handler's response", tt.name)
		}
		if len(cookies) == 1 {
			sent = "other=1; " + cookies[0].Name + "=" + cookies[0].Value
			if !cookies[0].Secure || !cookies[0].HttpOnly {
				t.Errorf("%s: the cookie lost its attributes: %s", tt.name, cookies[0])
			}
		}
	}
	for given, want := range map[string]string{"": "private", "public,max-age=60": "private", "no-store": "no-store"} {
		response, err := app.Test(newRequest("/count?cache="+given, sent))
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if got := response.Header.Get("Cache-Control"); got != want {
			t.Errorf("Cache-Control %q became %q, want %q", given, got, want)
		}
	}
	if response, err := app.Test(newRequest("/count", sent)); err != nil || readBody(t, response) != "3" {
		t.Errorf("the third visit is not the third: %v", err)
	}
}

func newRequest(path, cookie string) *http.Request {
	r := httptest.NewRequest(http.MethodGet, path, http.NoBody)
	r.Header.Set("Cookie", cookie)
	return r
}

func readBody(t *testing.T, response *http.Response) string {
	t.Helper()
	defer response.Body.Close()
	body := make([]byte, 100)
	n, _ := response.Body.Read(body)
	return string(body[:n])
}
