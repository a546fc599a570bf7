package sessionhttp_test

import (
	"errors"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine/sessionhttp"
)

// What caches go by is found however a handler spells its name in the map, and what
// they keep by themselves is private too.
func TestCacheGuardFindsAll(t *testing.T) {
	private := http.Header{"Cache-Control": {"private"}}
	for _, tt := range []struct {
		name   string
		before http.Header
		status int
		want   http.Header // without Set-Cookie and Vary; nil: as before
		reason string
	}{
		{"lower case", http.Header{"cache-control": {"public"}}, 200, private, "net/http writes it so"},
		{"upper case", http.Header{"CACHE-CONTROL": {"max-age=60"}}, 200, http.Header{"Cache-Control": {"private, max-age=60"}}, "net/http writes it so"},
		{"two spellings", http.Header{"Cache-Control": {"max-age=60"}, "cache-control": {"public"}}, 200, http.Header{"Cache-Control": {"private, max-age=60"}}, "lines are one list"},
		{"CDN-Cache-Control", http.Header{"CDN-Cache-Control": {"max-age=60"}}, 200, http.Header{"Cdn-Cache-Control": {"private, max-age=60"}}, "as RFC 9213 spells it"},
		{"immutable alone", http.Header{"Cache-Control": {"immutable"}}, 200, http.Header{"Cache-Control": {"private, immutable"}}, "it never gets stale"},
		{"200", http.Header{}, 200, nil, "no cache keeps it that knows no age of it"},
		{"302", http.Header{}, 302, nil, "a redirect for now"},
		{"301", http.Header{}, 301, private, "kept by itself"},
		{"308", http.Header{}, 308, private, "kept by itself"},
		{"404", http.Header{}, 404, private, "kept by itself"},
		{"410", http.Header{}, 410, private, "kept by itself"},
		{"301, no-store", http.Header{"Cache-Control": {"no-store"}}, 301, nil, "it says what caches may"},
		{"Expires", http.Header{"Expires": {"Thu, 01 Jan 2100 00:00:00 GMT"}}, 200, http.Header{"Expires": {"Thu, 01 Jan 2100 00:00:00 GMT"}, "Cache-Control": {"private"}}, "fresh until then"},
		{"Last-Modified", http.Header{"Last-Modified": {"Thu, 01 Jan 2015 00:00:00 GMT"}}, 200, http.Header{"Last-Modified": {"Thu, 01 Jan 2015 00:00:00 GMT"}, "Cache-Control": {"private"}}, "a tenth of its age"},
		{"last-modified", http.Header{"last-modified": {"Thu, 01 Jan 2015 00:00:00 GMT"}}, 200, http.Header{"last-modified": {"Thu, 01 Jan 2015 00:00:00 GMT"}, "Cache-Control": {"private"}}, "net/http writes it so"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			apply := func(opts *sessionhttp.Options) (http.Header, error) {
				h := tt.before.Clone()
				m := newMiddleware(t, newStore(t, nil), opts)
				r := m.Open(newRequest(nil))
				set2(sessionhttp.FromContext(r.Context()))
				err := m.Commit(discard{h}, r, tt.status)
				delete(h, "Set-Cookie")
				delete(h, "Vary")
				return h, err
			}
			want := tt.want
			if want == nil {
				want = tt.before
			}
			h, err := apply(strict(t))
			if diff := cmp.Diff(want, h); diff != "" || err != nil {
				t.Errorf("%v (-want +got): %s\n%s", err, tt.reason, diff)
			}
			_, err = apply(&sessionhttp.Options{CacheGuard: sessionhttp.CacheRefuse})
			if errors.Is(err, sessionhttp.ErrCacheable) != (tt.want != nil) {
				t.Errorf("CacheRefuse: %v", err)
			}
			h, err = apply(&sessionhttp.Options{CacheGuard: sessionhttp.CacheUnguarded})
			if diff := cmp.Diff(tt.before, h); diff != "" || err != nil {
				t.Errorf("CacheUnguarded: %v (-want +got):\n%s", err, diff)
			}
		})
	}
}
