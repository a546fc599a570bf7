package frameworks_test

import (
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/go-chi/chi/v5"
	chimiddleware "github.com/go-chi/chi/v5/middleware"
	"github.com/gorilla/mux"
	"github.com/klauspost/compress/gzhttp"
	"github.com/labstack/echo/v4"
	echomiddleware "github.com/labstack/echo/v4/middleware"

	"github.com/seed-52756201/saltine/interop/frameworks"
	"github.com/seed-52756201/saltine/sessionhttp"
)

// framework is a line of the table.
type framework struct {
	name  string
	build func(*testing.T, *site) http.Handler
	gzips bool
	// fail makes the framework itself answer with a 5xx. nil: it never does.
	fail func(http.ResponseWriter, *http.Request) error
	// not says why a promise cannot be tested.
	not map[string]string
	// saves says why a session is saved in spite of a 5xx of the framework. Its cookie is not set.
	saves string
}

// Why a promise cannot be made.
const (
	heldBack   = "http.TimeoutHandler holds the response back to its end"
	noHijack   = "http.TimeoutHandler has no Hijack"
	proxied101 = "httputil.ReverseProxy takes the connection before it writes the 101; the loss is reported, as with Hijack"
	savedFirst = "the session is saved when the handler returns, before the router answers for it"
)

var (
	noErrors = map[string]string{
		fails:   "it never answers a 5xx by itself: handlers return no errors",
		forgets: "it never answers a 5xx by itself: handlers return no errors",
	}
	tooLarge = map[string]string{
		fails:   "it never answers a 5xx by itself: the handler answers for a body that is too large, with a 4xx",
		forgets: "it never answers a 5xx by itself: the handler answers for a body that is too large, with a 4xx",
	}
)

var frameworksUnderTest = []framework{
	{name: "net/http", build: plain, not: noErrors},
	{name: "chi", build: chiRouter, not: noErrors},
	{name: "gorilla/mux", build: muxRouter, not: noErrors},
	{name: "echo, WrapMiddleware", build: echoWrapped, fail: failing, saves: savedFirst + "; the recipe answers before"},
	{name: "echo, recipe", build: echoRecipe, fail: failing},
	{name: "gin inside", build: ginInside, fail: failing},
	{name: "gin, recipe", build: ginRecipe, fail: failing, saves: savedFirst + "; a handler of errors that is inside answers before"},
	{name: "gzhttp inside", build: gzipInside, gzips: true, not: noErrors},
	{name: "gzhttp outside", build: gzipOutside, gzips: true, not: noErrors},
	{name: "ReverseProxy inside", build: proxyInside, fail: aborting, not: map[string]string{upgrade: proxied101}},
	{name: "ReverseProxy outside", build: proxyOutside, fail: aborting},
	{name: "TimeoutHandler inside", build: timeoutInside, fail: waiting, not: map[string]string{
		late: heldBack + ": a change after the first byte is saved, see TestTimeoutInsideSavesLate", stream: heldBack, upgrade: noHijack, hijack: noHijack,
	}},
	{name: "TimeoutHandler outside", build: timeoutOutside, fail: waiting, saves: "the handler works on after the answer, and its session is saved at its end", not: map[string]string{
		stream: heldBack, upgrade: noHijack, hijack: noHijack,
	}},
	{name: "MaxBytesHandler inside", build: maxBytesInside, not: tooLarge},
	{name: "MaxBytesHandler outside", build: maxBytesOutside, not: tooLarge},
}

func failing(http.ResponseWriter, *http.Request) error { return errors.New("an error of the handler") }

// aborting is a server that goes away before it answers.
func aborting(http.ResponseWriter, *http.Request) error { panic(http.ErrAbortHandler) }

// waiting is a handler that takes too long.
func waiting(_ http.ResponseWriter, r *http.Request) error {
	<-r.Context().Done()
	return r.Context().Err()
}

func plain(_ *testing.T, s *site) http.Handler { return s.wrap(s) }

// chiRouter has the outermost layer on the router, and the others on a group.
func chiRouter(_ *testing.T, s *site) http.Handler {
	layer := func(l layer) func(http.Handler) http.Handler {
		if l == recoverer {
			return func(next http.Handler) http.Handler { return quietly(chimiddleware.Recoverer(next)) }
		}
		return s.layer(l)
	}
	router := chi.NewRouter()
	router.Use(layer(s.layers[0]))
	router.Route("/group", func(group chi.Router) {
		for _, l := range s.layers[1:] {
			group.Use(layer(l))
		}
		group.Get("/page", s.ServeHTTP)
	})
	return router
}

// quietly keeps chi from printing the stacks of panics.
func quietly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, chimiddleware.WithLogEntry(r, quiet{}))
	})
}

type quiet struct{}

func (quiet) Write(int, int, http.Header, time.Duration, any) {}
func (quiet) Panic(any, []byte)                               {}

func muxRouter(_ *testing.T, s *site) http.Handler {
	router := mux.NewRouter()
	router.Use(s.layer(s.layers[0]))
	group := router.PathPrefix("/group").Subrouter()
	for _, l := range s.layers[1:] {
		group.Use(s.layer(l))
	}
	group.Handle("/page", s).Methods(http.MethodGet)
	return router
}

func echoWrapped(_ *testing.T, s *site) http.Handler {
	return echoRouter(s, echo.WrapMiddleware(s.middleware.Handler))
}

func echoRecipe(_ *testing.T, s *site) http.Handler {
	return echoRouter(s, frameworks.Echo(s.middleware))
}

func echoRouter(s *site, recipe echo.MiddlewareFunc) http.Handler {
	layer := func(l layer) echo.MiddlewareFunc {
		switch l {
		case sessions:
			return recipe
		case recoverer:
			return echomiddleware.RecoverWithConfig(echomiddleware.RecoverConfig{DisablePrintStack: true})
		default:
			return echo.WrapMiddleware(s.layer(l))
		}
	}
	router := echo.New()
	router.Logger.SetOutput(io.Discard)
	router.Use(layer(s.layers[0]))
	group := router.Group("/group")
	for _, l := range s.layers[1:] {
		group.Use(layer(l))
	}
	group.GET("/page", func(c echo.Context) error { return s.serve(c.Response(), c.Request()) })
	return router
}

// ginInside has the sessions around the router, and is not wrapped in it.
func ginInside(_ *testing.T, s *site) http.Handler {
	recovers := len(s.layers) > 1 && s.layers[1] == recoverer // the router is inside
	if recovers {
		s.layers = s.layers[:1]
	}
	router := ginRouter()
	if recovers {
		router.Use(gin.RecoveryWithWriter(io.Discard))
	}
	router.GET("/group/page", s.serveGin)
	return s.wrap(router)
}

func ginRecipe(_ *testing.T, s *site) http.Handler {
	layer := func(l layer) gin.HandlerFunc {
		switch l {
		case sessions:
			return frameworks.Gin(s.middleware)
		case recoverer:
			return gin.RecoveryWithWriter(io.Discard)
		default:
			return func(c *gin.Context) { s.between(sessionhttp.FromContext(c.Request.Context())) }
		}
	}
	router := ginRouter()
	router.Use(layer(s.layers[0]))
	group := router.Group("/group")
	for _, l := range s.layers[1:] {
		group.Use(layer(l))
	}
	group.GET("/page", s.serveGin)
	return router
}

// ginRouter answers the errors of handlers after them, outside of what is added to it.
func ginRouter() *gin.Engine {
	gin.SetMode(gin.ReleaseMode)
	router := gin.New()
	router.Use(func(c *gin.Context) {
		c.Next()
		if len(c.Errors) > 0 && !c.Writer.Written() {
			c.JSON(http.StatusInternalServerError, gin.H{"error": "failed"})
		}
	})
	return router
}

// serveGin is serve, with gin's own way to stream.
func (s *site) serveGin(c *gin.Context) {
	session := sessionhttp.FromContext(c.Request.Context())
	s.before(session)
	if s.events != nil {
		c.Header("Content-Type", "text/event-stream")
		c.Stream(s.events)
	} else if err := s.answer(c.Writer, c.Request); err != nil {
		c.Error(err) //nolint:errcheck // it returns what it got
		return
	}
	s.after(session)
}

func gzipInside(_ *testing.T, s *site) http.Handler { return s.wrap(gzhttp.GzipHandler(s)) }

func gzipOutside(_ *testing.T, s *site) http.Handler { return gzhttp.GzipHandler(s.wrap(s)) }

// proxyInside uses the session, and has another server answer.
func proxyInside(t *testing.T, s *site) http.Handler {
	t.Helper()
	behind := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.respond(w, r) //nolint:errcheck // the client sees it
	}))
	proxy := proxyTo(t, behind)
	return s.wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		session := sessionhttp.FromContext(r.Context())
		s.before(session)
		proxy.ServeHTTP(w, r)
		s.after(session)
	}))
}

func proxyOutside(t *testing.T, s *site) http.Handler {
	t.Helper()
	return proxyTo(t, serve(t, s.wrap(s)))
}

func proxyTo(t *testing.T, server *httptest.Server) http.Handler {
	t.Helper()
	target, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	return &httputil.ReverseProxy{
		Rewrite:   func(r *httputil.ProxyRequest) { r.SetURL(target) },
		Transport: server.Client().Transport,
		ErrorLog:  log.New(io.Discard, "", 0),
	}
}

// timeout lets a handler work for as long as the site says.
func (s *site) timeout(h http.Handler) http.Handler {
	return http.TimeoutHandler(h, s.limit, "too late")
}

func timeoutInside(_ *testing.T, s *site) http.Handler { return s.wrap(s.timeout(s)) }

func timeoutOutside(_ *testing.T, s *site) http.Handler { return s.timeout(s.wrap(s)) }

func maxBytesInside(_ *testing.T, s *site) http.Handler {
	return s.wrap(http.MaxBytesHandler(s, 1024))
}

func maxBytesOutside(_ *testing.T, s *site) http.Handler {
	return http.MaxBytesHandler(s.wrap(s), 1024)
}
