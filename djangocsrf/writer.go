package djangocsrf

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
)

// responseWriter sets the cookie before the headers are sent. Other optional methods
// than these are found by [http.ResponseController].
type responseWriter struct {
	http.ResponseWriter
	visit     *Visit
	committed bool
}

// Unwrap is for [http.ResponseController].
func (w *responseWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// commit sets the cookie once.
func (w *responseWriter) commit() {
	if w.committed {
		return
	}
	w.committed = true
	line, vary := w.visit.SetCookie()
	if line != "" {
		w.Header().Add("Set-Cookie", line)
	}
	if vary && !variesByCookie(w.Header()["Vary"]) {
		w.Header().Add("Vary", "Cookie")
	}
}

// variesByCookie looks for Cookie, or a star, in the lines of Vary.
func variesByCookie(lines []string) bool {
	return slices.ContainsFunc(lines, func(line string) bool {
		for member := range strings.SplitSeq(line, ",") {
			if member = strings.TrimSpace(member); member == "*" || strings.EqualFold(member, "Cookie") {
				return true
			}
		}
		return false
	})
}

// WriteHeader sets the cookie, except for informational statuses.
func (w *responseWriter) WriteHeader(status int) {
	if status < 100 || status >= 200 || status == http.StatusSwitchingProtocols {
		w.commit()
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write sets the cookie.
func (w *responseWriter) Write(p []byte) (int, error) {
	w.commit()
	return w.ResponseWriter.Write(p)
}

// ReadFrom is Write for [io.Copy], and sends files as net/http does.
func (w *responseWriter) ReadFrom(r io.Reader) (int64, error) {
	w.commit()
	return io.Copy(w.ResponseWriter, r)
}

// Flush sets the cookie and sends what was written so far.
func (w *responseWriter) Flush() {
	w.FlushError() //nolint:errcheck // http.Flusher has nowhere to report it
}

// FlushError is Flush for [http.ResponseController].
func (w *responseWriter) FlushError() error {
	w.commit()
	return http.NewResponseController(w.ResponseWriter).Flush()
}

// Hijack gives the connection away.
func (w *responseWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return http.NewResponseController(w.ResponseWriter).Hijack()
}
