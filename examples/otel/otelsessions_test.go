package otelsessions_test

import (
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/otel/attribute"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/seed-52756201/saltine"
	otelsessions "github.com/seed-52756201/saltine/examples/otel"
	"github.com/seed-52756201/saltine/sessionhttp"
	"github.com/seed-52756201/saltine/sessionhttptest"
)

func newSessions(t *testing.T, clock *sessionhttptest.Clock, opts *sessionhttp.Options) *sessionhttp.Middleware {
	t.Helper()
	keys, err := saltine.NewKeyring("a key for tests only, fifty bytes or more, not a secret", nil)
	if err != nil {
		t.Fatal(err)
	}
	store, err := saltine.NewCookieStore(keys, &saltine.StoreOptions{Now: clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	m, err := sessionhttp.New(store, opts)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// counts returns the sums of all counters by name and outcome.
func counts(t *testing.T, reader sdkmetric.Reader) map[string]int64 {
	t.Helper()
	var all metricdata.ResourceMetrics
	if err := reader.Collect(t.Context(), &all); err != nil {
		t.Fatal(err)
	}
	sums := map[string]int64{}
	for _, scope := range all.ScopeMetrics {
		for _, m := range scope.Metrics {
			for _, point := range m.Data.(metricdata.Sum[int64]).DataPoints {
				outcome, _ := point.Attributes.Value("session.outcome")
				sums[m.Name+": "+outcome.AsString()] += point.Value
			}
		}
	}
	return sums
}

func TestInstrument(t *testing.T) {
	clock := sessionhttptest.NewClock(time.Unix(1700000000, 0))
	reader := sdkmetric.NewManualReader()
	spans := tracetest.NewSpanRecorder()
	tracer := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(spans)).Tracer("test")
	var cookies, failures int
	opts := &sessionhttp.Options{
		OnCookie: func(*http.Request, saltine.Verification, error) { cookies++ },
		OnError:  func(*http.Request, error) { failures++ },
	}
	if err := otelsessions.Instrument(opts, sdkmetric.NewMeterProvider(sdkmetric.WithReader(reader))); err != nil {
		t.Fatal(err)
	}
	sessions := newSessions(t, clock, opts)
	handler := sessions.Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		s := sessionhttp.FromContext(r.Context())
		s.Get("user")
		if r.URL.Path == "/bad" {
			s.Set("bad", make(chan int))
		}
	}))
	traced := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, span := tracer.Start(r.Context(), "request")
		defer span.End()
		handler.ServeHTTP(w, r.WithContext(ctx))
	})
	ann := sessionhttptest.NewClient(t, sessions, traced, nil)
	ann.SetSession(func(s *saltine.Session) { s.Set("user", "ann") })
	ann.Get("/")
	ann.Get("/bad")
	clock.Advance(15 * 24 * time.Hour)
	ann.Get("/")
	want := map[string]int64{"session.cookies: good": 2, "session.cookies: expired": 1, "session.errors: unsupported": 1}
	if diff := cmp.Diff(want, counts(t, reader)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if cookies != 3 || failures != 1 {
		t.Errorf("the hooks that were there saw %d cookies and %d errors, want 3 and 1", cookies, failures)
	}
	var outcomes []attribute.KeyValue
	for _, span := range spans.Ended() {
		outcomes = append(outcomes, span.Attributes()...)
	}
	if got := fmt.Sprint(len(outcomes)); got != "3" {
		t.Errorf("%s spans have an outcome, want 3", got)
	}
}

func TestOutcome(t *testing.T) {
	for _, tt := range []struct {
		v    saltine.Verification
		err  error
		want string
	}{
		{saltine.Verification{}, nil, "good"},
		{saltine.Verification{KeyIndex: 1}, nil, "old key"},
		{saltine.Verification{KeyIndex: 1}, saltine.ErrRevoked, "revoked"},
		{saltine.Verification{}, saltine.ErrSignatureExpired, "expired"},
		{saltine.Verification{}, saltine.ErrBadSignature, "bad signature"},
		{saltine.Verification{}, fmt.Errorf("%w: cause", saltine.ErrMalformed), "malformed"},
		{saltine.Verification{}, errors.New("canary"), "other"},
	} {
		if got := otelsessions.Outcome(tt.v, tt.err); got != tt.want {
			t.Errorf("Outcome(%v) = %q, want %q", tt.err, got, tt.want)
		}
	}
}
