// Package otelsessions counts with OpenTelemetry what becomes of session cookies.
package otelsessions

import (
	"errors"
	"log/slog"
	"net/http"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/sessionhttp"
)

// Scope is the name of the instrumentation.
const Scope = "github.com/seed-52756201/saltine"

// Instrument adds to opts.OnCookie and opts.OnError, whose functions are called as before.
// Where OnError is nil, errors go to slog.Default as before. Instrument counts cookies in
// session.cookies and errors in session.errors, each by its outcome, and adds the outcome
// to the span of the request. The error is that of the meter.
func Instrument(opts *sessionhttp.Options, meters metric.MeterProvider) error {
	meter := meters.Meter(Scope)
	cookies, err := meter.Int64Counter("session.cookies", metric.WithDescription("Session cookies of requests that used their session"))
	if err != nil {
		return err
	}
	failures, err := meter.Int64Counter("session.errors", metric.WithDescription("Sessions that somebody should look at"))
	if err != nil {
		return err
	}
	record := func(r *http.Request, counter metric.Int64Counter, name string) {
		outcome := attribute.String("session.outcome", name)
		counter.Add(r.Context(), 1, metric.WithAttributes(outcome))
		trace.SpanFromContext(r.Context()).SetAttributes(outcome)
	}
	onCookie, onError := opts.OnCookie, opts.OnError
	if onError == nil {
		onError = logError
	}
	opts.OnCookie = func(r *http.Request, v saltine.Verification, err error) {
		record(r, cookies, Outcome(v, err))
		if onCookie != nil {
			onCookie(r, v, err)
		}
	}
	opts.OnError = func(r *http.Request, err error) {
		record(r, failures, Outcome(saltine.Verification{}, err))
		onError(r, err)
	}
	return nil
}

// logError writes the line that the middleware writes without a hook.
func logError(r *http.Request, err error) {
	slog.LogAttrs(r.Context(), slog.LevelError, "session cookie",
		slog.Any("error", err), slog.String("method", r.Method), slog.String("pattern", r.Pattern))
}

// Outcome names what became of a cookie, or of a session: one of a few words.
func Outcome(v saltine.Verification, err error) string {
	if err == nil && v.NeedsResign() {
		return "old key"
	}
	for _, o := range outcomes {
		if errors.Is(err, o.kind) {
			return o.name
		}
	}
	return "other"
}

// outcomes are the kinds of error. An expired cookie has a bad signature too, so it comes
// first.
var outcomes = []struct {
	kind error
	name string
}{
	{nil, "good"},
	{saltine.ErrSignatureExpired, "expired"},
	{saltine.ErrBadSignature, "bad signature"},
	{saltine.ErrMalformed, "malformed"},
	{saltine.ErrRevoked, "revoked"},
	{saltine.ErrTooLarge, "too large"},
	{saltine.ErrUnavailable, "unavailable"},
	{saltine.ErrInterrupted, "interrupted"},
	{saltine.ErrUnsupported, "unsupported"},
}
