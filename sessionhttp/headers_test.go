package sessionhttp_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/sessionhttp"
)

// commit does something with a session of a=1, and commits into h.
func commit(t testing.TB, opts *sessionhttp.Options, h http.Header, do func(*saltine.Session)) error {
	t.Helper()
	store := newStore(t, nil)
	return commitTo(newMiddleware(t, store, opts), h, signed(t, store), do)
}

func commitTo(m *sessionhttp.Middleware, h http.Header, cookies []string, do func(*saltine.Session)) error {
	r := m.Open(newRequest(cookies))
	if do != nil {
		do(sessionhttp.FromContext(r.Context()))
	}
	return m.Commit(discard{h}, r, http.StatusOK)
}

func read1(s *saltine.Session) { s.Get("a") }
func set2(s *saltine.Session)  { s.Set("b", 2) }

// Of many names, too, each counts once.
func TestVaryOfManyNames(t *testing.T) {
	h, want := http.Header{}, []string{}
	for i := range 100 {
		name := fmt.Sprintf("X-Name-%d", i)
		h.Add("Vary", name)
		h.Add("Vary", strings.ToUpper(name)+", "+strings.ToLower(name))
		want = append(want, name)
	}
	h.Add("Vary", "cOOKIE")
	want = append(want, "cOOKIE")
	if err := commit(t, nil, h, read1); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{strings.Join(want, ", ")}, h["Vary"]); diff != "" {
		t.Error(diff)
	}
}

// CVE-2026-48587, CVE-2026-6907, CVE-2026-8404: white space, * and case in Vary
// and Cache-Control.
func TestVaryMerging(t *testing.T) {
	for _, tt := range []struct {
		name   string
		before []string
		want   []string
		reason string
	}{
		{"none", nil, []string{"Cookie"}, "the usual case"},
		{"another", []string{"Accept"}, []string{"Accept, Cookie"}, "added at the end"},
		{"there already", []string{"Cookie"}, []string{"Cookie"}, "never twice"},
		{"there in another case", []string{"COOKIE"}, []string{"COOKIE"}, "names have no case"},
		{"there in a list", []string{"Accept,cookie , Origin"}, []string{"Accept, cookie, Origin"}, "white space is no part of a name"},
		{"there after spaces", []string{"  Cookie\t"}, []string{"Cookie"}, "white space is no part of a name"},
		{"star", []string{"*"}, []string{"*"}, "it says all there is to say"},
		{"star with spaces", []string{" * "}, []string{"*"}, "white space is no part of it"},
		{"star in a list", []string{"Accept, *"}, []string{"*"}, "it says all there is to say"},
		{"star in another line", []string{"Accept", "*"}, []string{"*"}, "lines are one list"},
		{"several lines", []string{"Accept", "Origin"}, []string{"Accept, Origin, Cookie"}, "lines are one list"},
		{"several lines, there already", []string{"Accept", "cookie"}, []string{"Accept, cookie"}, "lines are one list"},
		{"twice", []string{"Accept, accept", "ACCEPT"}, []string{"Accept, Cookie"}, "the first spelling stays"},
		{"empty", []string{""}, []string{"Cookie"}, "an empty line says nothing"},
		{"empty members", []string{",, Accept,", ""}, []string{"Accept, Cookie"}, "empty members say nothing"},
		{"half quotes", []string{`a",b`, `c"`}, []string{`a", b, c", Cookie`}, "names have no quotes: a comma is a comma"},
		{"name within a name", []string{"X-Cookie, Cookie2"}, []string{"X-Cookie, Cookie2, Cookie"}, "other names"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for do, change := range map[string]func(*saltine.Session){"read": read1, "set": set2, "delete": must(t, (*saltine.Session).Destroy)} {
				h := http.Header{}
				if tt.before != nil {
					h["Vary"] = slices.Clone(tt.before)
				}
				if err := commit(t, strict(t), h, change); err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(tt.want, h["Vary"]); diff != "" {
					t.Errorf("%s (-want +got): %s\n%s", do, tt.reason, diff)
				}
			}
			h := http.Header{"Vary": slices.Clone(tt.before)}
			if err := commit(t, strict(t), h, nil); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.before, h["Vary"]); diff != "" {
				t.Errorf("untouched (-want +got):\n%s", diff)
			}
		})
	}
}

// CVE-2026-48587, CVE-2026-6907, CVE-2026-8404: white space, * and case in Vary
// and Cache-Control.
func TestCacheGuard(t *testing.T) {
	for _, tt := range []struct {
		name   string
		before []string
		want   []string
		reason string
	}{
		{"none", nil, nil, "nothing invites a shared cache"},
		{"private", []string{"private, max-age=60"}, []string{"private, max-age=60"}, "as it should be"},
		{"no-store", []string{"no-store"}, []string{"no-store"}, "as it may be"},
		{"no-cache", []string{"no-cache"}, []string{"no-cache"}, "as it may be"},
		{"max-age=0", []string{"max-age=0, must-revalidate"}, []string{"max-age=0, must-revalidate"}, "it is stale at once"},
		{"public", []string{"public, max-age=60"}, []string{"private, max-age=60"}, "browsers may keep it as long as before"},
		{"public alone", []string{"public"}, []string{"private"}, ""},
		{"PUBLIC", []string{" PUBLIC ,Max-Age=60"}, []string{"private, Max-Age=60"}, "directives have no case, and no white space"},
		{"s-maxage", []string{"s-maxage=60"}, []string{"private"}, "for shared caches only"},
		{"s-maxage beside private", []string{"private, s-maxage=60"}, []string{"private"}, "the two contradict each other"},
		{"immutable", []string{"immutable, max-age=60"}, []string{"private, immutable, max-age=60"}, "browsers may"},
		{"max-age", []string{"max-age=60"}, []string{"private, max-age=60"}, "shared caches may keep it too"},
		{"max-age, no-store", []string{"max-age=60, no-store"}, []string{"max-age=60, no-store"}, "nobody keeps it"},
		{"private for one header", []string{`private="X-Name, Y", max-age=60`}, []string{"private, max-age=60"}, "the rest was for everybody"},
		{"several lines", []string{"max-age=60", "public"}, []string{"private, max-age=60"}, "lines are one list"},
		{"proxy-revalidate", []string{"public, proxy-revalidate"}, []string{"private"}, "for shared caches only"},
		{"quoted comma", []string{`no-cache="A, public", private`}, []string{`no-cache="A, public", private`}, "no directive"},
		{"quote without end", []string{`x="A, public`}, []string{"private"}, "whoever reads it may see a directive"},
		{"quote without end before another", []string{`x="A, public`, `y="B, public, C"`}, []string{`private, y="B, public, C"`}, "it would end at the other's beginning"},
		{"empty", []string{""}, []string{""}, "an empty line says nothing"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			shareable := !slices.Equal(tt.before, tt.want)
			for _, field := range []string{"Cache-Control", "Cdn-Cache-Control"} {
				header := func() http.Header {
					h := http.Header{}
					if tt.before != nil {
						h[field] = slices.Clone(tt.before)
					}
					return h
				}
				for do, change := range map[string]func(*saltine.Session){"set": set2, "delete": must(t, (*saltine.Session).Destroy)} {
					h := header()
					if err := commit(t, strict(t), h, change); err != nil {
						t.Fatal(err)
					}
					if diff := cmp.Diff(tt.want, h[field]); diff != "" || len(h["Set-Cookie"]) != 1 {
						t.Errorf("%s, %s (-want +got): %s\n%s", do, field, tt.reason, diff)
					}
				}
				h := header()
				if err := commit(t, strict(t), h, read1); err != nil || !slices.Equal(h[field], tt.before) {
					t.Errorf("no cookie: %q, %v", h[field], err)
				}
				h = header()
				if err := commit(t, &sessionhttp.Options{CacheGuard: sessionhttp.CacheUnguarded}, h, set2); err != nil || !slices.Equal(h[field], tt.before) {
					t.Errorf("unguarded: %q, %v", h[field], err)
				}
				h = header()
				err := commit(t, &sessionhttp.Options{CacheGuard: sessionhttp.CacheRefuse}, h, set2)
				if errors.Is(err, sessionhttp.ErrCacheable) != shareable || (len(h["Set-Cookie"]) > 0) == shareable {
					t.Errorf("refused: %v, Set-Cookie %q, want refused: %v", err, h["Set-Cookie"], shareable)
				}
			}
		})
	}
}

// The 500 of a refused response may not be kept either.
func TestCacheRefuseIs500(t *testing.T) {
	log := logged(t)
	m := newMiddleware(t, newStore(t, nil), &sessionhttp.Options{CacheGuard: sessionhttp.CacheRefuse})
	resp := handle(t, m.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sessionhttp.FromContext(r.Context()).Set("a", 1)
		w.Header().Set("Cache-Control", "public, max-age=60")
		w.WriteHeader(http.StatusOK)
	})), nil)
	if resp.Status != http.StatusInternalServerError || resp.Header["Cache-Control"] != nil || resp.Header["Set-Cookie"] != nil {
		t.Errorf("%d %v", resp.Status, resp.Header)
	}
	if !strings.Contains(log.String(), sessionhttp.ErrCacheable.Error()) {
		t.Errorf("log is %q", log)
	}
}

// Whatever a handler has in its headers: the response varies by cookie, no
// shared cache may keep it, and doing it twice changes nothing.
func FuzzResponseHeaders(f *testing.F) {
	f.Add("Accept, *", "", "public, max-age=60", "")
	f.Add(" cookie\t,", "COOKIE", `private="a, b", s-maxage = 1`, "immutable")
	f.Add(`"`, "\x00", `x="A, public`, "max-age=\"1\"")
	m := newMiddleware(f, newStore(f, nil), nil)
	f.Fuzz(func(t *testing.T, vary1, vary2, cache1, cache2 string) {
		h := http.Header{"Vary": {vary1, vary2}, "Cache-Control": {cache1, cache2}}
		if err := commitTo(m, h, nil, set2); err != nil {
			t.Fatal(err)
		}
		if len(h["Vary"]) != 1 || h["Vary"][0] != "*" && count(h["Vary"][0], isCookie) != 1 {
			t.Errorf("Vary is %q", h["Vary"])
		}
		for _, line := range h["Cache-Control"] {
			if !strings.Contains(line, `"`) && count(line, isForShared) > 0 {
				t.Errorf("Cache-Control is %q", h["Cache-Control"])
			}
		}
		before := h.Clone()
		if err := commitTo(m, h, nil, set2); err != nil {
			t.Fatal(err)
		}
		before["Set-Cookie"], h["Set-Cookie"] = nil, nil
		if diff := cmp.Diff(before, h); diff != "" {
			t.Errorf("a second time (-first +second):\n%s", diff)
		}
	})
}

// count counts the members of a list for which is holds, in lower case.
func count(line string, is func(member string) bool) int {
	n := 0
	for member := range strings.SplitSeq(strings.ToLower(line), ",") {
		if is(strings.TrimSpace(member)) {
			n++
		}
	}
	return n
}

func isCookie(member string) bool { return member == "cookie" }

func isForShared(member string) bool {
	name, _, _ := strings.Cut(member, "=")
	name = strings.TrimSpace(name)
	return name == "public" || name == "s-maxage"
}
