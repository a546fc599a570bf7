package frameworks_test

import (
	"errors"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"
	"github.com/labstack/echo/v4"

	"github.com/seed-52756201/saltine/interop/frameworks"
	"github.com/seed-52756201/saltine/sessioncookie"
	"github.com/seed-52756201/saltine/sessionhttp"
)

// A change after the first byte is in time, where the response is held back.
func TestTimeoutInsideSavesLate(t *testing.T) {
	s := newSite(t)
	s.after = set
	resp := visit(t, serve(t, timeoutInside(t, s)), "")
	if values := sessionCookies(resp); len(values) != 1 {
		t.Errorf("Set-Cookie is %q, want one session", resp.Header["Set-Cookie"])
	}
	s.expectQuiet(t)
}

// Commit after gin has written is no recipe, and says so.
func TestGinCommitAfterNext(t *testing.T) {
	s := newSite(t)
	s.before = set
	var err error
	router := ginRouter()
	router.Use(func(c *gin.Context) {
		c.Request = s.middleware.Open(c.Request)
		c.Next()
		err = s.middleware.Commit(c.Writer, c.Request, c.Writer.Status())
	})
	router.GET("/group/page", s.serveGin)
	server := serve(t, router)
	expectNoCookie(t, visit(t, server, ""))
	server.Close() // waits for the handler
	if !errors.Is(err, sessioncookie.ErrLateChange) {
		t.Errorf("Commit returned %v, want %v", err, sessioncookie.ErrLateChange)
	}
}

// A status without a body, and a page that is not there, are gin's and echo's own to send.
func TestRecipesKeepStatus(t *testing.T) {
	s := newSite(t)
	use := func(r *http.Request) { sessionhttp.FromContext(r.Context()).Set("a", 1) }
	ginRouter := ginRouter()
	ginRouter.Use(frameworks.Gin(s.middleware), func(c *gin.Context) { use(c.Request) })
	ginRouter.GET("/group/page", func(c *gin.Context) { c.Status(http.StatusNoContent) })
	ginEmpty := gin.New()
	ginEmpty.Use(frameworks.Gin(s.middleware), func(c *gin.Context) { use(c.Request) })
	echoRouter := echo.New()
	echoRouter.Use(frameworks.Echo(s.middleware), func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			use(c.Request())
			return next(c)
		}
	})
	echoRouter.GET("/group/page", func(c echo.Context) error { return c.NoContent(http.StatusNoContent) })
	for _, tt := range []struct {
		name    string
		handler http.Handler
		status  int
		cache   string
		reason  string
	}{
		{"gin, 204", ginRouter, http.StatusNoContent, "", "the handler said so"},
		{"gin, 404", ginEmpty, http.StatusNotFound, "private", "there is no such page"},
		{"echo, 204", echoRouter, http.StatusNoContent, "", "the handler said so"},
		{"echo, 404", withPath(echoRouter, "/elsewhere"), http.StatusNotFound, "private", "there is no such page"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			resp := visit(t, serve(t, tt.handler), "")
			if resp.StatusCode != tt.status {
				t.Errorf("the status is %d, want %d: %s", resp.StatusCode, tt.status, tt.reason)
			}
			if values := sessionCookies(resp); len(values) != 1 {
				t.Errorf("Set-Cookie is %q, want one session", resp.Header["Set-Cookie"])
			}
			if got := resp.Header.Get("Cache-Control"); got != tt.cache {
				t.Errorf("Cache-Control is %q, want %q", got, tt.cache)
			}
			s.expectQuiet(t)
		})
	}
}

func withPath(h http.Handler, path string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.URL.Path = path
		h.ServeHTTP(w, r)
	})
}

// The page shows the recipes as they are.
func TestDocsShowRecipes(t *testing.T) {
	page, err := os.ReadFile("../../docs/frameworks.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"recipe_gin.go", "recipe_echo.go", "recipe_fiber.go"} {
		code, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		_, recipe, _ := strings.Cut(string(code), ")\n\n// ")
		if !strings.Contains(string(page), "```go\n// "+recipe+"```") {
			t.Errorf("docs/frameworks.md does not show %s", name)
		}
	}
}
