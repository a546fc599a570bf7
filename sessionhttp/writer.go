package sessionhttp

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
)

// responseWriter commits the session before the headers are sent.
//
// It has every optional method of net/http's own writers. Where the writer
// underneath lacks one, the method fails with [http.ErrNotSupported].
type responseWriter struct {
	http.ResponseWriter
	visit     *visit
	committed bool
	returned  bool       // the handler has returned without a word: the status is still open
	lines     setCookies // that the commit put into the header
	hijacked  bool
	err       error // why the handler's response is replaced
}

// Format writes the type's name only, whatever the verb: the writer holds the cookie.
func (*responseWriter) Format(f fmt.State, _ rune) {
	io.WriteString(f, "sessionhttp.responseWriter([redacted])") //nolint:errcheck // fmt has nowhere to report it
}

// Unwrap is for [http.ResponseController].
func (w *responseWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// begin commits the session where that is still to be done. It returns the
// error for which the handler's response does not go out.
func (w *responseWriter) begin(status int) error {
	if w.committed || w.hijacked {
		if err := w.settle(status); err != nil {
			return w.refuse(err)
		}
		return w.err
	}
	w.committed = true
	var err error
	if w.lines, err = w.visit.commit(w.Header(), status); err != nil {
		return w.refuse(err)
	}
	return nil
}

// refuse has the ErrorHandler answer in place of the handler. It returns the error for
// which the handler's response does not go out, or nil where it does.
func (w *responseWriter) refuse(err error) error {
	opts := &w.visit.middleware.opts
	opts.OnError(w.visit.request, err)
	answer := &bufferedResponse{header: w.Header()}
	opts.ErrorHandler(answer, w.visit.request, err)
	if answer.status == 0 {
		return nil
	}
	answer.send(w.ResponseWriter)
	w.err = err
	return err
}

// implied is the status of a response whose handler names none: 200, or what a writer
// underneath keeps for it, by a method Status() int as gin's writer has.
func (w *responseWriter) implied() int {
	if kept, ok := w.ResponseWriter.(interface{ Status() int }); ok && kept.Status() > 0 {
		return kept.Status()
	}
	return http.StatusOK
}

// settle is for a handler that returned without a word, and a router that then answers
// for it: a status that sets no cookie takes it back, and any other is held to the
// CacheGuard.
func (w *responseWriter) settle(status int) error {
	open := w.returned && (w.lines.session != "" || w.lines.others != nil)
	w.returned = false
	if !open {
		return nil
	}
	if status >= 500 {
		w.takeBack(w.lines.others...)
		if w.lines.session == "" {
			return nil
		}
		if !w.visit.exchange.Session().IsEmpty() {
			w.takeBack(w.lines.session)
			return nil
		}
	}
	err := w.visit.middleware.opts.CacheGuard.apply(w.Header(), status)
	if err != nil {
		w.takeBack(append(w.lines.others, w.lines.session)...)
	}
	return err
}

// takeBack removes Set-Cookie lines of the commit.
func (w *responseWriter) takeBack(lines ...string) {
	h := w.Header()
	h["Set-Cookie"] = slices.DeleteFunc(h["Set-Cookie"], func(line string) bool { return slices.Contains(lines, line) })
	if len(h["Set-Cookie"]) == 0 {
		delete(h, "Set-Cookie")
	}
}

// finish is for the end of the handler.
func (w *responseWriter) finish() {
	if !w.hijacked && !w.committed {
		err := w.begin(w.implied()) // it was reported
		w.returned = err == nil
	}
	w.visit.report()
	if err := w.visit.exchange.Late(); err != nil {
		w.visit.middleware.opts.OnError(w.visit.request, err)
	}
}

// bufferedResponse is the response of an ErrorHandler. It goes out at once, whole and
// with its length: an inner handler that gives up when it cannot write, as
// httputil.ReverseProxy does, does not take it along.
type bufferedResponse struct {
	header http.Header
	status int // 0: nothing was written
	body   bytes.Buffer
}

// Header implements [http.ResponseWriter].
func (b *bufferedResponse) Header() http.Header { return b.header }

// WriteHeader implements [http.ResponseWriter].
func (b *bufferedResponse) WriteHeader(status int) {
	if b.status == 0 && !isInformational(status) {
		b.status = status
	}
}

// Write implements [http.ResponseWriter].
func (b *bufferedResponse) Write(p []byte) (int, error) {
	b.WriteHeader(http.StatusOK)
	return b.body.Write(p)
}

func (b *bufferedResponse) send(w http.ResponseWriter) {
	if b.status != http.StatusNoContent && b.status != http.StatusNotModified {
		b.header.Set("Content-Length", strconv.Itoa(b.body.Len()))
	}
	w.WriteHeader(b.status)
	w.Write(b.body.Bytes())               //nolint:errcheck // nobody is left to tell
	http.NewResponseController(w).Flush() //nolint:errcheck // nobody is left to tell
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
	if err := w.begin(w.implied()); err != nil {
		return 0, err
	}
	return w.ResponseWriter.Write(p)
}

// WriteString is Write for [io.WriteString].
func (w *responseWriter) WriteString(s string) (int, error) {
	if err := w.begin(w.implied()); err != nil {
		return 0, err
	}
	return io.WriteString(w.ResponseWriter, s)
}

// ReadFrom is Write for [io.Copy], and sends files as net/http does.
func (w *responseWriter) ReadFrom(r io.Reader) (int64, error) {
	if err := w.begin(w.implied()); err != nil {
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
	if err := w.begin(w.implied()); err != nil {
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

// CloseNotify is for routers that still ask for it, such as gin's Context.Stream: the
// channel gets a value when the request ends.
func (w *responseWriter) CloseNotify() <-chan bool {
	gone := make(chan bool, 1)
	context.AfterFunc(w.visit.request.Context(), func() { gone <- true })
	return gone
}
