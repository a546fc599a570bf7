package filestore_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/backendtest"
	"github.com/seed-52756201/saltine/filestore"
)

const (
	key    = "keykeykeykeykeykeykeykeykeykey00"
	secret = "a key for tests only, fifty bytes or more, not a secret"
)

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func newData(t testing.TB, opts *saltine.Options) *saltine.SessionData {
	t.Helper()
	keys, err := saltine.NewKeyring(secret, nil)
	check(t, err)
	data, err := saltine.NewSessionData(keys, opts)
	check(t, err)
	return data
}

func newBackend(t testing.TB, folder string, opts *filestore.Options) *filestore.Backend {
	t.Helper()
	b, err := filestore.New(folder, newData(t, nil), opts)
	check(t, err)
	return b
}

func record(t testing.TB, text string) saltine.Record {
	t.Helper()
	var r saltine.Record
	check(t, r.ParseJSON([]byte(text)))
	return r
}

// write puts a file into a folder that changed at a time.
func write(t testing.TB, folder, name, text string, changed time.Time) {
	t.Helper()
	path := filepath.Join(folder, name)
	check(t, os.WriteFile(path, []byte(text), 0o644))
	check(t, os.Chtimes(path, changed, changed))
}

func names(t testing.TB, folder string) (found []string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	check(t, err)
	for _, entry := range entries {
		found = append(found, entry.Name())
	}
	return found
}

func TestBackend(t *testing.T) {
	b := newBackend(t, t.TempDir(), nil)
	backendtest.Run(t, func() saltine.Backend { return b })
}

// Two Backends of one folder are as two processes: each has a lock of its own.
func TestTwoProcesses(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no flock")
	}
	folder := t.TempDir()
	first, second := newBackend(t, folder, nil), newBackend(t, folder, nil)
	r, revived := record(t, `{"a":1}`), 0
	races := 1000
	if testing.Short() {
		races = 200
	}
	for range races {
		check(t, first.Create(t.Context(), key, r))
		var both sync.WaitGroup
		saving := make(chan bool)
		both.Go(func() {
			for i := range 4 { // so that the delete falls on a save, and not before all of them
				if i == 1 {
					close(saving)
				}
				if err := first.Update(t.Context(), key, r); err != nil && !errors.Is(err, saltine.ErrNoSession) {
					t.Error(err)
				}
			}
		})
		both.Go(func() {
			<-saving
			if err := second.Delete(t.Context(), key); err != nil {
				t.Error(err)
			}
		})
		both.Wait()
		if exists, err := first.Exists(t.Context(), key); exists || err != nil {
			revived++
			check(t, first.Delete(t.Context(), key))
		}
	}
	if revived > 0 {
		t.Errorf("%d sessions came back", revived)
	}
}

// Where the file system has no links, everything is the same but for a reader's glimpse.
func TestNoLinks(t *testing.T) {
	t.Cleanup(filestore.SetLink(func(string, string) error { return errors.ErrUnsupported }))
	folder := t.TempDir()
	b := newBackend(t, folder, nil)
	check(t, b.Create(t.Context(), key, record(t, `{"a":1}`)))
	if err := b.Create(t.Context(), key, record(t, `{"a":2}`)); !errors.Is(err, saltine.ErrKeyTaken) {
		t.Errorf("a second Create: %v", err)
	}
	r, err := b.Load(t.Context(), key)
	if r.Get("a") != int64(1) || err != nil {
		t.Errorf("a is %v, %v", r.Get("a"), err)
	}
	if diff := cmp.Diff([]string{"sessionid" + key}, names(t, folder)); diff != "" {
		t.Errorf("the folder (-want +got)\n%s", diff)
	}
}

// A file is Django's by name, content and mode, and nothing else is left.
func TestFile(t *testing.T) {
	folder, now := t.TempDir(), time.Unix(1800000000, 123456000)
	b := newBackend(t, folder, &filestore.Options{CookieName: "my.session-id", Now: func() time.Time { return now }})
	check(t, b.Create(t.Context(), key, record(t, `{"a":1}`)))
	check(t, b.Update(t.Context(), key, record(t, `{"a":2}`)))
	if err := b.Create(t.Context(), key, record(t, `{"a":3}`)); !errors.Is(err, saltine.ErrKeyTaken) {
		t.Errorf("a second Create: %v", err)
	}
	if diff := cmp.Diff([]string{"my.session-id" + key}, names(t, folder)); diff != "" {
		t.Errorf("the folder (-want +got)\n%s", diff)
	}
	path := filepath.Join(folder, "my.session-id"+key)
	info, err := os.Stat(path)
	check(t, err)
	if mode := info.Mode(); mode != 0o600 && runtime.GOOS != "windows" || !info.ModTime().Equal(now) {
		t.Errorf("mode %v, changed %v", mode, info.ModTime())
	}
	text, err := os.ReadFile(path)
	check(t, err)
	s, err := newData(t, nil).Decode(string(text))
	check(t, err)
	if s.Get("a") != int64(2) {
		t.Errorf("it holds %v", s.Get("a"))
	}
}

func TestLoad(t *testing.T) {
	now := time.Unix(1800000000, 0)
	encode := func(text string) string {
		encoded, err := newData(t, nil).EncodeRecord(record(t, text))
		check(t, err)
		return encoded
	}
	const day = 24 * time.Hour
	for _, tt := range []struct {
		name, reason, text string
		age                time.Duration // of the file
		want               error
		left               time.Duration
	}{
		{"fresh", "the cookie age", encode(`{"a":1}`), 0, nil, 14 * day},
		{"one second left", "it counts", encode(`{"a":1}`), 14*day - time.Second, nil, time.Second},
		{"half a second left", "Django counts whole seconds", encode(`{"a":1}`), 14*day - time.Second/2, saltine.ErrNoSession, 0},
		{"old", "the cookie age has passed", encode(`{"a":1}`), 14 * day, saltine.ErrNoSession, 0},
		{"browser close", "it is no expiry", encode(`{"_session_expiry":0}`), day, nil, 13 * day},
		{"seconds", "from the last save on", encode(`{"_session_expiry":90}`), 30 * time.Second, nil, time.Minute},
		{"seconds over", "the same", encode(`{"_session_expiry":90}`), 90 * time.Second, saltine.ErrNoSession, 0},
		{"seconds beyond the cookie age", "the session's own expiry goes first", encode(`{"_session_expiry":8640000}`), 20 * day, nil, 80 * day},
		{"past", "", encode(`{"_session_expiry":-1}`), 0, saltine.ErrNoSession, 0},
		{"date", "whatever the age of the file", encode(`{"_session_expiry":"2027-01-15T08:01:40+00:00"}`), 100 * day, nil, 100 * time.Second},
		{"naive date", "in Location", encode(`{"_session_expiry":"2027-01-15T09:01:40"}`), 0, nil, 100 * time.Second},
		{"date over", "", encode(`{"_session_expiry":"2027-01-15T08:00:00+00:00"}`), 0, saltine.ErrNoSession, 0},
		{"expiry that is none", "", encode(`{"_session_expiry":"soon"}`), 0, saltine.ErrMalformed, 0},
		{"empty", "an empty session of a Django that failed", "", 100 * day, nil, 0},
		{"junk", "", "junk", 0, saltine.ErrBadSignature, 0},
		{"not ASCII", "", "\xff\xfe", 0, saltine.ErrBadSignature, 0},
		{"large", "it is not read to its end", strings.Repeat("x", 1<<20), 0, saltine.ErrTooLarge, 0},
	} {
		folder := t.TempDir()
		b := newBackend(t, folder, &filestore.Options{Now: func() time.Time { return now }, Location: time.FixedZone("", 3600)})
		write(t, folder, "sessionid"+key, tt.text, now.Add(-tt.age))
		r, err := b.Load(t.Context(), key)
		if !errors.Is(err, tt.want) || r.Age != tt.left {
			t.Errorf("%s: %v left, %v, want %v, %v: %s", tt.name, r.Age, err, tt.left, tt.want, tt.reason)
		}
		if exists, err := b.Exists(t.Context(), key); !exists || err != nil {
			t.Errorf("%s: exists %t, %v", tt.name, exists, err)
		}
	}
}

// A file that is to end sooner than its age says looks older.
func TestFileEndsSooner(t *testing.T) {
	now := time.Unix(1700000000, 0)
	for _, tt := range []struct {
		name    string
		data    string
		expires time.Duration
		want    time.Duration
	}{
		{"sooner", `{}`, time.Minute, time.Minute},
		{"as its age says", `{}`, 1209600 * time.Second, 1209600 * time.Second},
		{"later", `{}`, 3000000 * time.Second, 1209600 * time.Second},
		{"sooner than its own seconds", `{"_session_expiry":3600}`, time.Minute, time.Minute},
		{"sooner than its date", `{"_session_expiry":"2033-05-18T03:33:20+00:00","a":1}`, time.Minute, time.Minute},
		{"sooner than its date, beyond the cookie age", `{"_session_expiry":"2033-05-18T03:33:20+00:00"}`, 3000000 * time.Second, 3000000 * time.Second},
		{"centuries before its date", `{"_session_expiry":"9999-12-31T23:59:59"}`, 290 * 365 * 24 * time.Hour, time.Unix(min(math.MaxInt, 1<<33), 0).Sub(now) + 1209600*time.Second},
		{"not said", `{}`, -1, 1209600 * time.Second},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBackend(t, t.TempDir(), &filestore.Options{Now: func() time.Time { return now }})
			r := record(t, tt.data)
			if tt.expires > 0 {
				r.Expires = now.Add(tt.expires)
			}
			check(t, b.Create(t.Context(), key, r))
			got, err := b.Load(t.Context(), key)
			check(t, err)
			if got.Age != tt.want {
				t.Errorf("%v left, want %v", got.Age, tt.want)
			}
			if text, err := got.AppendJSON(nil); string(text) != tt.data || err != nil {
				t.Errorf("%s, %v", text, err)
			}
		})
	}
}

// A Django that saves a session which was to end before its date does not make it end later
// than that date, and loses nothing when it adds a name or sets another expiry.
func TestFileEndsSoonerInDjango(t *testing.T) {
	now := time.Unix(1700000000, 0) // 2023-11-14T22:13:20
	for _, tt := range []struct {
		name, text, want string
		left             time.Duration
	}{
		{
			"a name more", `{"_saltine_expiry":"2023-11-14T23:13:20+00:00","a":1,"_session_expiry":null,"b":2}`,
			`{"a":1,"_session_expiry":"2023-11-14T23:13:20+00:00","b":2}`, time.Hour,
		},
		{
			"another expiry", `{"_saltine_expiry":"2023-11-14T23:13:20+00:00","_session_expiry":90}`,
			`{"_saltine_expiry":"2023-11-14T23:13:20+00:00","_session_expiry":90}`, 90 * time.Second,
		},
		{"no date", `{"_saltine_expiry":5,"a":1}`, `{"_saltine_expiry":5,"a":1}`, 1209600 * time.Second},
	} {
		folder := t.TempDir()
		b := newBackend(t, folder, &filestore.Options{Now: func() time.Time { return now }})
		text, err := newData(t, nil).EncodeRecord(record(t, tt.text))
		check(t, err)
		write(t, folder, "sessionid"+key, text, now)
		r, err := b.Load(t.Context(), key)
		check(t, err)
		if got, err := r.AppendJSON(nil); string(got) != tt.want || err != nil || r.Age != tt.left {
			t.Errorf("%s: %s, %v, %v left", tt.name, got, err, r.Age)
		}
	}
}

// ClearExpired takes what has expired, and nothing of others.
func TestClearExpired(t *testing.T) {
	folder, now := t.TempDir(), time.Now()
	b := newBackend(t, folder, nil)
	text, err := newData(t, nil).EncodeRecord(record(t, `{"a":1}`))
	check(t, err)
	ended, err := newData(t, nil).EncodeRecord(record(t, `{"_session_expiry":5}`))
	check(t, err)
	old := now.Add(-15 * 24 * time.Hour)
	keep := []string{
		"another", "other" + key, "sessionid-" + key, "sessionid.lock", "sessionid" + key, "sessionidemptyfresh", "sessionidjunkfresh",
		"sessionid" + key + "_out_fresh", "sessionidUPPERCASE", "sessionid",
	}
	for _, name := range []string{"another", "other" + key, "sessionid-" + key, "sessionid.lock", "sessionidUPPERCASE", "sessionid"} {
		write(t, folder, name, text, old)
	}
	write(t, folder, "sessionid"+key, text, now)
	write(t, folder, "sessionidemptyfresh", "", now)
	write(t, folder, "sessionidemptyold", "", old) // for ever it would answer as a session, which a Django left that failed
	write(t, folder, "sessionidjunkfresh", "junk", now)
	write(t, folder, "sessionid"+key+"_out_fresh", text, now)
	for i := range 250 { // more than are read at a time
		write(t, folder, fmt.Sprintf("sessionidold%d", i), text, old)
	}
	write(t, folder, "sessionidended", ended, now.Add(-time.Minute))
	write(t, folder, "sessionidjunkold", "junk", old)
	write(t, folder, "sessionid"+key+"_out_old", text, old)
	check(t, os.Mkdir(filepath.Join(folder, "sessionidfolder"), 0o700))
	keep = append(keep, "sessionidfolder")

	check(t, b.ClearExpired(t.Context()))
	slices.Sort(keep)
	if diff := cmp.Diff(keep, names(t, folder)); diff != "" {
		t.Errorf("the folder (-want +got)\n%s", diff)
	}
}

// In one folder, names of which none begins another have nothing to do with each other; a
// name that begins another has its sessions too, as the documentation warns.
func TestNames(t *testing.T) {
	for _, tt := range []struct {
		name, other string
		shared      bool
	}{
		{"shop", "admin", false},
		{"admin", "shop", false},
		{"xsession", "session", false},
		{"sessionid", "session", false},
		{"session", "sessionid", true},
	} {
		folder := t.TempDir()
		b := newBackend(t, folder, &filestore.Options{CookieName: tt.name})
		other := newBackend(t, folder, &filestore.Options{CookieName: tt.other})
		check(t, other.Create(t.Context(), key, record(t, `{"a":1}`)))
		old := time.Now().Add(-15 * 24 * time.Hour)
		check(t, os.Chtimes(filepath.Join(folder, tt.other+key), old, old))
		check(t, b.ClearExpired(t.Context()))
		if exists, err := other.Exists(t.Context(), key); exists == tt.shared || err != nil {
			t.Errorf("%s clears %s: exists %t, %v", tt.name, tt.other, exists, err)
		}
	}
}

// No text but Django's keys comes near the file system: not even to look.
func TestHostileKeys(t *testing.T) {
	outside := t.TempDir()
	folder := filepath.Join(outside, "sessions")
	check(t, os.Mkdir(folder, 0o700))
	text, err := newData(t, nil).EncodeRecord(record(t, `{"a":1}`))
	check(t, err)
	write(t, outside, "secret", text, time.Now())
	check(t, os.Mkdir(filepath.Join(folder, "sessionid"), 0o700)) // sessionid/../../secret is a path
	b := newBackend(t, folder, nil)
	for _, hostile := range []string{
		"", "/../../secret", "../secret", "a/b", `a\b`, ".", "..", "abcdefgh\x00", "ABCDEFGH", "abcdefgh ", "ａbcdefgh", "a_b", "a-b",
		strings.Repeat("k", 129), strings.Repeat("k", 5000), "abcdefgh\xff", key + "_out_1",
	} {
		_, load := b.Load(t.Context(), hostile)
		exists, existsErr := b.Exists(t.Context(), hostile)
		update := b.Update(t.Context(), hostile, record(t, `{}`))
		if !errors.Is(load, saltine.ErrNoSession) || exists || existsErr != nil || !errors.Is(update, saltine.ErrNoSession) {
			t.Errorf("%.40q: %v, %t, %v, %v", hostile, load, exists, existsErr, update)
		}
		if err := b.Delete(t.Context(), hostile); err != nil {
			t.Errorf("%.40q: delete: %v", hostile, err)
		}
		if err := b.Create(t.Context(), hostile, record(t, `{}`)); err == nil {
			t.Errorf("%.40q is created", hostile)
		}
	}
	if diff := cmp.Diff([][]string{{"secret", "sessions"}, {"sessionid"}}, [][]string{names(t, outside), names(t, folder)}); diff != "" {
		t.Errorf("the folders (-want +got)\n%s", diff)
	}
	longest := strings.Repeat("k", 128)
	check(t, b.Create(t.Context(), longest, record(t, `{}`)))
	_, err = b.Load(t.Context(), longest)
	check(t, err)
}

// What is not a regular file is no session.
func TestNotRegular(t *testing.T) {
	folder := t.TempDir()
	b := newBackend(t, folder, nil)
	text, err := newData(t, nil).EncodeRecord(record(t, `{"a":1}`))
	check(t, err)
	write(t, folder, "elsewhere", text, time.Now())
	if err := os.Symlink("elsewhere", filepath.Join(folder, "sessionidsymlinksymlink")); err != nil {
		t.Skip(err)
	}
	check(t, os.Mkdir(filepath.Join(folder, "sessionidfolderfolder"), 0o700))
	for _, key := range []string{"symlinksymlink", "folderfolder"} {
		if _, err := b.Load(t.Context(), key); !errors.Is(err, saltine.ErrNoSession) {
			t.Errorf("%s: %v", key, err)
		}
	}
}

// A folder that is gone, or full of nothing but refusals, is not "no session"; and no error
// has the session key in it.
func TestFailures(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "sessions")
	check(t, os.Mkdir(folder, 0o700))
	b := newBackend(t, folder, nil)
	check(t, os.Remove(folder))
	_, load := b.Load(t.Context(), key)
	_, exists := b.Exists(t.Context(), key)
	for name, err := range map[string]error{
		"load": load, "exists": exists,
		"create": b.Create(t.Context(), key, record(t, `{}`)),
		"update": b.Update(t.Context(), key, record(t, `{}`)),
		"delete": b.Delete(t.Context(), key),
		"clear":  b.ClearExpired(t.Context()),
	} {
		if !errors.Is(err, fs.ErrNotExist) || errors.Is(err, saltine.ErrNoSession) || strings.Contains(err.Error(), key) {
			t.Errorf("%s: %v", name, err)
		}
	}
	check(t, os.Mkdir(folder, 0o700))
	check(t, os.Mkdir(filepath.Join(folder, "sessionid"+key), 0o700))
	check(t, os.WriteFile(filepath.Join(folder, "sessionid"+key, "x"), nil, 0o600))
	for name, err := range map[string]error{
		"update": b.Update(t.Context(), key, record(t, `{}`)),
		"delete": b.Delete(t.Context(), key),
	} {
		if err == nil || strings.Contains(err.Error(), key) {
			t.Errorf("%s of a folder: %v", name, err)
		}
	}
	if diff := cmp.Diff([]string{"sessionid" + key}, names(t, folder)); diff != "" {
		t.Errorf("the folder (-want +got)\n%s", diff)
	}
	file := filepath.Join(t.TempDir(), "sessions")
	check(t, os.Mkdir(file, 0o700))
	b = newBackend(t, file, nil)
	check(t, os.Remove(file))
	check(t, os.WriteFile(file, nil, 0o600)) // a file in place of the folder
	_, load = b.Load(t.Context(), key)
	_, exists = b.Exists(t.Context(), key)
	for name, err := range map[string]error{"load": load, "exists": exists, "create": b.Create(t.Context(), key, record(t, `{}`))} {
		if err == nil || errors.Is(err, saltine.ErrNoSession) || strings.Contains(err.Error(), key) {
			t.Errorf("%s where the folder is a file: %v", name, err)
		}
	}
	small, err := filestore.New(folder, newData(t, &saltine.Options{MaxTokenLen: 10}), nil)
	check(t, err)
	if err := small.Create(t.Context(), "toolarge", record(t, `{}`)); !errors.Is(err, saltine.ErrTooLarge) {
		t.Errorf("too large: %v", err)
	}
}

// No limit at all is a limit, too.
func TestLargestLimit(t *testing.T) {
	b, err := filestore.New(t.TempDir(), newData(t, &saltine.Options{MaxTokenLen: math.MaxInt}), nil)
	check(t, err)
	check(t, b.Create(t.Context(), key, record(t, `{"a":1}`)))
	r, err := b.Load(t.Context(), key)
	if r.Get("a") != int64(1) || err != nil {
		t.Errorf("a is %v, %v", r.Get("a"), err)
	}
}

func TestNew(t *testing.T) {
	folder, data := t.TempDir(), newData(t, nil)
	write(t, folder, "file", "", time.Now())
	for _, tt := range []struct {
		name, folder string
		data         *saltine.SessionData
		opts         *filestore.Options
		ok           bool
	}{
		{"defaults", folder, data, nil, true},
		{"name", folder, data, &filestore.Options{CookieName: "__Host-sid"}, true},
		{"no folder", "", data, nil, false},
		{"missing folder", filepath.Join(folder, "none"), data, nil, false},
		{"file", filepath.Join(folder, "file"), data, nil, false},
		{"no SessionData", folder, nil, nil, false},
		{"path", folder, data, &filestore.Options{CookieName: "../x"}, false},
		{"backslash", folder, data, &filestore.Options{CookieName: `..\x`}, false},
		{"NUL", folder, data, &filestore.Options{CookieName: "a\x00"}, false},
		{"long name", folder, data, &filestore.Options{CookieName: strings.Repeat("n", 65)}, false},
		{"short age", folder, data, &filestore.Options{CookieAge: 1209600}, false},
	} {
		b, err := filestore.New(tt.folder, tt.data, tt.opts)
		if (err == nil) != tt.ok || (b != nil) != tt.ok || err != nil && !errors.Is(err, saltine.ErrInvalidOption) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

func TestRedacted(t *testing.T) {
	b := newBackend(t, t.TempDir(), nil)
	type nest struct{ b *filestore.Backend }
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%d", "%x"} {
		text := fmt.Sprintf(verb+verb, b, nest{b})
		if strings.Contains(text, secret) || strings.Contains(text, fmt.Sprintf("%x", secret)) {
			t.Errorf("%s shows the key", verb)
		}
	}
}

func Example() {
	folder, err := os.MkdirTemp("", "sessions")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(folder) //nolint:errcheck // an example
	keys, err := saltine.NewKeyring("Django's SECRET_KEY, fifty bytes or more of nobody's business", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	data, err := saltine.NewSessionData(keys, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	backend, err := filestore.New(folder, data, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	store, err := saltine.NewServerStore(backend, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	s := store.Open(context.Background(), "")
	s.Set("user", "ann")
	if err := s.Save(); err != nil {
		fmt.Println(err)
		return
	}
	_, err = os.Stat(filepath.Join(folder, "sessionid"+s.Key()))
	fmt.Println(err, store.Open(context.Background(), s.Key()).Get("user"))
	// Output: <nil> ann
}

// Sessions of two names in one folder.
func ExampleOptions() {
	folder, err := os.MkdirTemp("", "sessions")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(folder) //nolint:errcheck // an example
	keys, err := saltine.NewKeyring("Django's SECRET_KEY, fifty bytes or more of nobody's business", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	data, err := saltine.NewSessionData(keys, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, name := range []string{"shop", "admin"} {
		backend, err := filestore.New(folder, data, &filestore.Options{CookieName: name})
		if err != nil {
			fmt.Println(err)
			return
		}
		store, err := saltine.NewServerStore(backend, nil)
		if err != nil {
			fmt.Println(err)
			return
		}
		s := store.Open(context.Background(), "")
		s.Set("user", "ann")
		if err := s.Save(); err != nil {
			fmt.Println(err)
			return
		}
		files, err := filepath.Glob(filepath.Join(folder, name+"*"))
		fmt.Println(len(files), err)
	}
	// Output:
	// 1 <nil>
	// 1 <nil>
}
