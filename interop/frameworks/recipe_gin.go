package frameworks

import (
	"bufio"
	"io"
	"net"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/seed-52756201/saltine/sessionhttp"
)

// Gin gives the requests of a gin router, or of one of its groups, their session. For a
// whole router, m.Handler(router) does the same without a recipe.
func Gin(m *sessionhttp.Middleware) gin.HandlerFunc {
	return func(c *gin.Context) {
		next := func(w http.ResponseWriter, r *http.Request) {
			c.Request, c.Writer = r, ginWriter{c.Writer, w}
			c.Next()
		}
		m.Handler(http.HandlerFunc(next)).ServeHTTP(c.Writer, c.Request)
	}
}

// ginWriter sends everything through the session's writer. gin keeps the status until
// then: WriteHeader is gin's own.
type ginWriter struct {
	gin.ResponseWriter
	session http.ResponseWriter
}

func (w ginWriter) Write(p []byte) (int, error) { return w.session.Write(p) }

func (w ginWriter) WriteString(s string) (int, error) { return io.WriteString(w.session, s) }

func (w ginWriter) Flush() { w.session.(http.Flusher).Flush() }

func (w ginWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return w.session.(http.Hijacker).Hijack()
}

func (w ginWriter) WriteHeaderNow() {
	w.session.WriteHeader(w.Status())
	w.ResponseWriter.WriteHeaderNow()
}
