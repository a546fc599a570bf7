package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/filestore"
	"github.com/seed-52756201/saltine/interop/stores/storevectors"
	"github.com/seed-52756201/saltine/sessionhttp"
	"github.com/seed-52756201/saltine/sqlstore"
)

// interrupted answers requests whose session is deleted while they are under way.
func (r *runner) interrupted() error {
	outcomes := newestOutcomes(r.file.Interrupted, func(i *storevectors.Interrupted) string { return i.View },
		func(i *storevectors.Interrupted) []storevectors.Place { return i.SeenOn }, "db")
	for _, g := range sortedGroups(outcomes) {
		test := outcomes[g]
		err := r.on(g.engine, 1, func(db *database) error {
			difference, err := r.interruptedOn(db, test)
			r.result("interrupted/"+g.engine+"/"+g.of, difference, "")
			return err
		})
		if err != nil {
			return err
		}
	}
	return r.interruptedFiles()
}

// interruptedFiles is the same for files, which the recordings may have as another prefix.
func (r *runner) interruptedFiles() error {
	outcomes := newestOutcomes(r.file.Interrupted, func(i *storevectors.Interrupted) string { return i.View },
		func(i *storevectors.Interrupted) []storevectors.Place { return i.SeenOn }, "file")
	for _, g := range sortedGroups(outcomes) {
		if !r.places.hasFiles() {
			r.leftOut++
			continue
		}
		data, err := r.sessionData(false, "", r.clock())
		if err != nil {
			return err
		}
		b, err := filestore.New(r.places.folder, data, &filestore.Options{Now: r.clock})
		if err != nil {
			return err
		}
		difference, err := r.interruptedTest(b, outcomes[g])
		if err != nil {
			return err
		}
		r.result("interrupted/files/"+g.of, difference, "")
	}
	return nil
}

func (r *runner) interruptedOn(db *database, test *storevectors.Interrupted) (string, error) {
	data, err := r.sessionData(false, "", r.clock())
	if err != nil {
		return "", err
	}
	b, err := sqlstore.New(db, db.dialect, data, &sqlstore.Options{Now: r.clock})
	if err != nil {
		return "", err
	}
	if err := db.runLines(context.Background(), b.Schema()); err != nil {
		return "", err
	}
	return r.interruptedTest(b, test)
}

// views are what the recorded views do with a session that they have read.
var views = map[string]func(s *saltine.Session) error{
	"read":   func(*saltine.Session) error { return nil },
	"change": func(s *saltine.Session) error { s.Set("b", 2); return nil },
	"cycle":  (*saltine.Session).CycleKey,
	"flush":  (*saltine.Session).Flush,
}

func (r *runner) interruptedTest(b saltine.Backend, test *storevectors.Interrupted) (string, error) {
	view := views[test.View]
	if view == nil {
		return fmt.Sprintf("the view %q is not known", test.View), nil
	}
	store, err := saltine.NewServerStore(b, &saltine.ServerStoreOptions{Now: r.clock})
	if err != nil {
		return "", err
	}
	sessions, err := sessionhttp.New(store, &sessionhttp.Options{
		Cookie:  sessionhttp.CookieOptions{Insecure: true},
		OnError: func(*http.Request, error) {}, // the status says it
	})
	if err != nil {
		return "", err
	}
	s := store.Open(context.Background(), "")
	s.Set("a", 1)
	if err := s.Save(); err != nil {
		return "", err
	}
	var failed error
	handler := sessions.Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		s := sessionhttp.FromContext(r.Context())
		if s.Get("a") == nil {
			failed = fmt.Errorf("the session is not there: %w", s.Err())
			return
		}
		if failed = view(s); failed == nil && s.Key() != "" {
			failed = store.Delete(r.Context(), s.Key())
		}
	}))
	request := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
	request.Header.Set("Cookie", "sessionid="+s.Key())
	response := httptest.NewRecorder()
	handler.ServeHTTP(response, request)
	if failed != nil {
		return "", failed
	}
	got := []string{strconv.Itoa(response.Code), attributes(response.Header().Get("Set-Cookie")), response.Header().Get("Vary")}
	want := []string{strconv.Itoa(test.Status), attributes(orEmpty(test.SetCookie)), orEmpty(test.Vary)}
	if fmt.Sprintf("%q", got) != fmt.Sprintf("%q", want) {
		return fmt.Sprintf("the response is %q, want %q", got, want), nil
	}
	return "", nil
}

// attributes returns a Set-Cookie line with its attributes in one order, and their names in lower case: neither means anything.
func attributes(line string) string {
	parts := strings.Split(line, "; ")
	for i, part := range parts[1:] {
		name, value, found := strings.Cut(part, "=")
		if parts[i+1] = strings.ToLower(name); found {
			parts[i+1] += "=" + value
		}
	}
	slices.Sort(parts[1:])
	return strings.Join(parts, "; ")
}
