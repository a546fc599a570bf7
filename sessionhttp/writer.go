package sessionhttp

import (
	"bufio"
	"io"
	"net"
	"net/http"
)

// responseWriter commits the session before the headers are sent.
//
// It has every optional method of net/http's own writers. Where the writer
// underneath lacks one, the method fails with [http.ErrNotSupported].
type responseWriter struct {
	http.ResponseWriter
	visit     *visit
	committed bool
	answering bool // the ErrorHandler is at work
	answered  bool // and has written
	hijacked  bool
	err       error // why the handler's response is replaced
}

// Unwrap is for [http.ResponseController].
func (w *responseWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// begin commits the session where that is still to be done. It returns the
// error for which the handler's response does not go out.
func (w *responseWriter) begin(status int) error {
	switch {
	case w.answering:
		w.answered = true
		return nil
	case w.committed || w.hijacked:
		return w.err
	}
	w.committed = true
	err := w.visit.commit(w.Header(), status)
	if err == nil {
		return nil
	}
	opts := &w.visit.middleware.opts
	opts.OnError(w.visit.request, err)
	w.answering = true
	opts.ErrorHandler(w, w.visit.request, err)
	w.answering = false
	if w.answered {
		w.err = err
	}
	return w.err
}

// finish is for the end of the handler.
func (w *responseWriter) finish() {
	if !w.hijacked {
		w.begin(http.StatusOK) //nolint:errcheck // it was reported, and nothing follows
	}
	w.visit.report()
	if err := w.visit.exchange.Late(); err != nil {
		w.visit.middleware.opts.OnError(w.visit.request, err)
	}
}

// WriteHeader commits the session, except for informational statuses, after
// which the response is still to come.
func (w *responseWriter) WriteHeader(status int) {
	if isInformational(status) && w.err == nil || w.begin(status) == nil {
		w.ResponseWriter.WriteHeader(status)
	}
}

// isInformational leaves 101 out, with which net/http ends the headers.
func isInformational(status int) bool {
	return status >= 100 && status < 200 && status != http.StatusSwitchingProtocols
}

// Write commits the session. The error may be that of the commit.
func (w *responseWriter) Write(p []byte) (int, error) {
	if err := w.begin(http.StatusOK); err != nil {
		return 0, err
	}
	return w.ResponseWriter.Write(p)
}

// WriteString is Write for [io.WriteString].
func (w *responseWriter) WriteString(s string) (int, error) {
	if err := w.begin(http.StatusOK); err != nil {
		return 0, err
	}
	return io.WriteString(w.ResponseWriter, s)
}

// ReadFrom is Write for [io.Copy], and sends files as net/http does.
func (w *responseWriter) ReadFrom(r io.Reader) (int64, error) {
	if err := w.begin(http.StatusOK); err != nil {
		return 0, err
	}
	return io.Copy(w.ResponseWriter, r)
}

// Flush commits the session and sends what was written so far.
func (w *responseWriter) Flush() {
	w.FlushError() //nolint:errcheck // http.Flusher has nowhere to report it
}

// FlushError is Flush for [http.ResponseController].
func (w *responseWriter) FlushError() error {
	if err := w.begin(http.StatusOK); err != nil {
		return err
	}
	return http.NewResponseController(w.ResponseWriter).Flush()
}

// Hijack gives the connection away. A session that was changed is lost then,
// and reported when the handler returns.
func (w *responseWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(w.ResponseWriter).Hijack()
	w.hijacked = w.hijacked || err == nil
	return conn, rw, err
}

// Push asks the client to take a resource before it wants it.
func (w *responseWriter) Push(target string, opts *http.PushOptions) error {
	for under := w.ResponseWriter; ; {
		switch u := under.(type) {
		case http.Pusher:
			return u.Push(target, opts)
		case interface{ Unwrap() http.ResponseWriter }:
			under = u.Unwrap()
		default:
			return http.ErrNotSupported
		}
	}
}
