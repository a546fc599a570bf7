// Package backendtest checks a [saltine.Backend], whoever wrote it:
//
//	func TestBackend(t *testing.T) {
//		backendtest.Run(t, func() saltine.Backend { return newBackend(t) })
//	}
//
// Run it with the race detector. The backend's clock must be time.Now, and sessions must
// be good for an hour at least that say so.
package backendtest

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-52756201/saltine"
)

// races is how many sessions the test deletes while they are saved.
const races = 10000

// Run checks what every Backend has to do. newBackend is called once for each part, and
// may return one Backend for all of them: keys are random, and what is stored goes again.
//
// A part that is about sessions which have expired is content with an engine that does
// not keep them, such as a cache.
func Run(t *testing.T, newBackend func() saltine.Backend) {
	t.Helper()
	for _, part := range []struct {
		name string
		test func(t *testing.T, b saltine.Backend)
	}{
		{"absent", testAbsent},
		{"create", testCreate},
		{"update", testUpdate},
		{"delete", testDelete},
		{"values", testValues},
		{"end", testEnd},
		{"expired", testExpired},
		{"clear expired", testClearExpired},
		{"context", testContext},
		{"strange keys", testStrangeKeys},
		{"session", testSession},
		{"one of many creates", testCreateRace},
		{"deletes against saves", testDeleteRace},
		{"readers see whole sessions", testReadRace},
		{"readers see whole new sessions", testReadNewRace},
	} {
		t.Run(part.name, func(t *testing.T) { part.test(t, newBackend()) })
	}
}

// newKey returns a key as Django makes them.
func newKey() string {
	var b [16]byte
	rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// record returns a record of a JSON object that is good for so long.
func record(t testing.TB, text string, age time.Duration) saltine.Record {
	t.Helper()
	r := saltine.Record{Expires: time.Now().Add(age), Age: age}
	if err := r.ParseJSON([]byte(text)); err != nil {
		t.Fatal(err)
	}
	return r
}

// mustBe fails the test unless err is of a kind: nil for no error.
func mustBe(t testing.TB, what string, err, kind error) {
	t.Helper()
	if !errors.Is(err, kind) {
		t.Fatalf("%s: the error is %v, want %v", what, err, kind)
	}
}

// mustHold fails the test unless the backend has this JSON under a key: "" for nothing.
func mustHold(t testing.TB, b saltine.Backend, key, text string) {
	t.Helper()
	r, err := b.Load(t.Context(), key)
	if text == "" {
		mustBe(t, "Load of what should not be there", err, saltine.ErrNoSession)
		return
	}
	mustBe(t, "Load", err, nil)
	got, err := r.AppendJSON(nil)
	mustBe(t, "AppendJSON", err, nil)
	if string(got) != text {
		t.Fatalf("under a key is %s, want %s", got, text)
	}
}

func mustExist(t testing.TB, b saltine.Backend, key string, want bool) {
	t.Helper()
	got, err := b.Exists(t.Context(), key)
	mustBe(t, "Exists", err, nil)
	if got != want {
		t.Fatalf("Exists is %t, want %t", got, want)
	}
}

// created returns the key of a new session of this JSON, which goes with the test.
func created(t testing.TB, b saltine.Backend, text string, age time.Duration) string {
	t.Helper()
	key := newKey()
	mustBe(t, "Create", b.Create(t.Context(), key, record(t, text, age)), nil)
	t.Cleanup(func() { mustBe(t, "Delete", b.Delete(context.Background(), key), nil) })
	return key
}

func testAbsent(t *testing.T, b saltine.Backend) {
	key := newKey()
	mustHold(t, b, key, "")
	mustExist(t, b, key, false)
	mustBe(t, "Update", b.Update(t.Context(), key, record(t, `{"a":1}`, time.Hour)), saltine.ErrNoSession)
	mustExist(t, b, key, false)
	mustBe(t, "Delete", b.Delete(t.Context(), key), nil)
}

func testCreate(t *testing.T, b saltine.Backend) {
	key := created(t, b, `{"a":1}`, time.Hour)
	mustHold(t, b, key, `{"a":1}`)
	mustExist(t, b, key, true)
	mustBe(t, "Create of a key that is taken", b.Create(t.Context(), key, record(t, `{"b":2}`, 2*time.Hour)), saltine.ErrKeyTaken)
	mustHold(t, b, key, `{"a":1}`)
	mustHold(t, b, created(t, b, `{}`, time.Hour), `{}`)
}

func testUpdate(t *testing.T, b saltine.Backend) {
	key, other := created(t, b, `{"a":1}`, time.Hour), created(t, b, `{"o":1}`, time.Hour)
	same := record(t, `{"b":2}`, time.Hour)
	for range 2 { // the second changes nothing, and is no error
		mustBe(t, "Update", b.Update(t.Context(), key, same), nil)
		mustHold(t, b, key, `{"b":2}`)
	}
	mustHold(t, b, other, `{"o":1}`)
}

func testDelete(t *testing.T, b saltine.Backend) {
	key, other := created(t, b, `{"a":1}`, time.Hour), created(t, b, `{"o":1}`, time.Hour)
	mustBe(t, "Delete", b.Delete(t.Context(), key), nil)
	mustHold(t, b, key, "")
	mustExist(t, b, key, false)
	mustBe(t, "Update of what was deleted", b.Update(t.Context(), key, record(t, `{"b":2}`, time.Hour)), saltine.ErrNoSession)
	mustHold(t, b, key, "")
	mustBe(t, "second Delete", b.Delete(t.Context(), key), nil)
	mustHold(t, b, other, `{"o":1}`)
	mustBe(t, "Create of what was deleted", b.Create(t.Context(), key, record(t, `{"c":3}`, time.Hour)), nil)
	mustHold(t, b, key, `{"c":3}`)
}

// Values come back as JSON of the same text. JSON that a pickle can hold is enough.
func testValues(t *testing.T, b saltine.Backend) {
	for _, text := range []string{
		`{"z":1,"a":2,"m":[1,[2,{"k":null}]],"t":true,"f":false}`,
		`{"t":"\u00e9\u65e5\ud83d\ude00 \"quoted\" \\ ' % \u0000 \n"}`,
		`{"":"empty","n":-1,"big":123456789012345678901234567890,"x":0.5}`,
		`{"long":"` + strings.Repeat("0123456789abcdef", 1000) + `"}`,
	} {
		key := created(t, b, text, time.Hour)
		mustHold(t, b, key, text)
		mustBe(t, "Update", b.Update(t.Context(), key, record(t, text, time.Hour)), nil)
		mustHold(t, b, key, text)
	}
}

// The end of a session comes back within a second, if the backend keeps it.
func testEnd(t *testing.T, b saltine.Backend) {
	r := record(t, `{"_session_expiry":3600}`, time.Hour) // for those who look there
	key := created(t, b, `{"_session_expiry":60}`, time.Minute)
	mustBe(t, "Update", b.Update(t.Context(), key, r), nil)
	got, err := b.Load(t.Context(), key)
	mustBe(t, "Load", err, nil)
	if d := got.Expires.Sub(r.Expires); !got.Expires.IsZero() && d.Abs() > time.Second {
		t.Errorf("Expires differs by %v from what was stored", d)
	}
	for _, expiry := range []string{`"` + time.Now().Add(48*time.Hour).UTC().Format("2006-01-02T15:04:05.000000+00:00") + `"`, `7200`, `0`} {
		testEarlierEnd(t, b, `{"a":1,"_session_expiry":`+expiry+`,"b":2}`)
	}
}

// A record can end before its values say, which stay as they are.
func testEarlierEnd(t *testing.T, b saltine.Backend, text string) {
	t.Helper()
	key := created(t, b, text, 10*time.Minute)
	for _, age := range []time.Duration{10 * time.Minute, 30 * time.Minute} {
		r := record(t, text, age)
		mustBe(t, "Update", b.Update(t.Context(), key, r), nil)
		mustHold(t, b, key, text)
		got, err := b.Load(t.Context(), key)
		mustBe(t, "Load", err, nil)
		if d := got.Expires.Sub(r.Expires); !got.Expires.IsZero() && d.Abs() > time.Second {
			t.Errorf("%s: Expires differs by %v from what was stored", text, d)
		}
	}
	mustBe(t, "Update", b.Update(t.Context(), key, record(t, text, -time.Second)), nil)
	mustHold(t, b, key, "")
}

func testExpired(t *testing.T, b saltine.Backend) {
	key := newKey()
	expired := record(t, `{"a":1,"_session_expiry":-1}`, -time.Second)
	mustBe(t, "Create", b.Create(t.Context(), key, expired), nil)
	t.Cleanup(func() { mustBe(t, "Delete", b.Delete(context.Background(), key), nil) })
	mustHold(t, b, key, "")
	kept, err := b.Exists(t.Context(), key)
	mustBe(t, "Exists", err, nil)
	if kept {
		mustBe(t, "Create over an expired session", b.Create(t.Context(), key, record(t, `{}`, time.Hour)), saltine.ErrKeyTaken)
	}
	mustBe(t, "Delete", b.Delete(t.Context(), key), nil)
	mustExist(t, b, key, false)

	ends := created(t, b, `{"a":1}`, time.Hour)
	mustBe(t, "Update", b.Update(t.Context(), ends, expired), nil)
	mustHold(t, b, ends, "")
}

func testClearExpired(t *testing.T, b saltine.Backend) {
	good := created(t, b, `{"a":1}`, time.Hour)
	var ended []string
	for range 25 {
		ended = append(ended, created(t, b, `{"_session_expiry":-2}`, -2*time.Second))
	}
	mustBe(t, "ClearExpired", b.ClearExpired(t.Context()), nil)
	for _, key := range ended {
		mustExist(t, b, key, false)
	}
	mustHold(t, b, good, `{"a":1}`)
}

// A request that has ended changes nothing, and is not told that there is no session.
func testContext(t *testing.T, b saltine.Backend) {
	key := created(t, b, `{"a":1}`, time.Hour)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, load := b.Load(ctx, key)
	_, exists := b.Exists(ctx, key)
	fresh := newKey()
	for method, err := range map[string]error{
		"Load": load, "Exists": exists, "Delete": b.Delete(ctx, key), "ClearExpired": b.ClearExpired(ctx),
		"Update": b.Update(ctx, key, record(t, `{}`, time.Hour)), "Create": b.Create(ctx, fresh, record(t, `{}`, time.Hour)),
	} {
		if err == nil || errors.Is(err, saltine.ErrNoSession) || errors.Is(err, saltine.ErrKeyTaken) {
			t.Errorf("%s with a context that has ended: %v", method, err)
		}
	}
	mustHold(t, b, key, `{"a":1}`)
	mustExist(t, b, fresh, false)
}

// A store checks keys first, but for keys of its own a program may be lenient: nothing
// panics, no other session answers, and no error is wrong about what is there.
func testStrangeKeys(t *testing.T, b saltine.Backend) {
	key := created(t, b, `{"a":1}`, time.Hour)
	for _, strange := range []string{
		"", " ", strings.ToUpper(key), key + " ", " " + key, key + "\x00", key[:31] + "%", key[:31] + "_", "../" + key, "./" + key,
		"x/../" + key, `..\` + key, key + "\xff", "' OR '1'='1", strings.Repeat("k", 5000), key + "\n", "*", "é" + key[:30],
	} {
		if _, err := b.Load(t.Context(), strange); err == nil {
			t.Errorf("%.40q finds a session", strange)
		}
		if exists, _ := b.Exists(t.Context(), strange); exists { // an error says that it is none, too
			t.Errorf("%.40q exists", strange)
		}
		if err := b.Update(t.Context(), strange, record(t, `{"x":1}`, time.Hour)); err == nil {
			t.Errorf("%.40q is updated", strange)
		}
		_ = b.Delete(t.Context(), strange) // whatever it says, the other session stays
		mustHold(t, b, key, `{"a":1}`)
	}
}

// A life of one session, through the store that programs use.
func testSession(t *testing.T, b saltine.Backend) {
	store, err := saltine.NewServerStore(b, nil)
	mustBe(t, "NewServerStore", err, nil)
	s := store.Open(t.Context(), "")
	s.Set("user", "ann")
	mustBe(t, "Save", s.Save(), nil)
	first := s.Key()
	s = store.Open(t.Context(), first)
	if s.Get("user") != "ann" {
		t.Fatalf("read again, user is %v: %v", s.Get("user"), s.Err())
	}
	s.Set("n", 1)
	mustBe(t, "Save", s.Save(), nil)
	mustBe(t, "CycleKey", s.CycleKey(), nil)
	second := s.Key()
	mustExist(t, b, first, false)
	mustHold(t, b, second, `{"user":"ann","n":1}`)
	late := store.Open(t.Context(), second)
	late.Set("late", true)
	mustBe(t, "Flush", s.Flush(), nil)
	mustBe(t, "Save after a logout", late.Save(), saltine.ErrInterrupted)
	mustExist(t, b, second, false)
}

// Of those who create one key at a time, one does.
func testCreateRace(t *testing.T, b saltine.Backend) {
	const rounds, rivals = 50, 4
	for range rounds {
		key := newKey()
		errs := make([]error, rivals)
		together(rivals, func(i int) {
			errs[i] = b.Create(t.Context(), key, record(t, fmt.Sprintf(`{"i":%d}`, i), time.Hour))
		})
		winner := -1
		for i, err := range errs {
			switch {
			case err == nil && winner < 0:
				winner = i
			case err == nil:
				t.Error("two created one key")
			default:
				mustBe(t, "Create", err, saltine.ErrKeyTaken)
			}
		}
		mustHold(t, b, key, fmt.Sprintf(`{"i":%d}`, winner))
		mustBe(t, "Delete", b.Delete(t.Context(), key), nil)
	}
}

// together calls f(0) to f(n-1) at the same time.
func together(n int, f func(i int)) {
	var ready, done sync.WaitGroup
	ready.Add(n)
	for i := range n {
		done.Go(func() {
			ready.Done()
			ready.Wait()
			f(i)
		})
	}
	done.Wait()
}

// A session that was deleted never comes back, however its save and its delete fall
// together. With -short there are fewer of them.
func testDeleteRace(t *testing.T, b saltine.Backend) {
	rounds, revived := races, 0
	if testing.Short() {
		rounds /= 50
	}
	for i := range rounds {
		key := newKey()
		mustBe(t, "Create", b.Create(t.Context(), key, record(t, `{"a":1}`, time.Hour)), nil)
		var update, del error
		together(2, func(j int) {
			if j == i%2 {
				update = b.Update(t.Context(), key, record(t, `{"b":2}`, time.Hour))
			} else {
				del = b.Delete(t.Context(), key)
			}
		})
		mustBe(t, "Delete", del, nil)
		if update != nil {
			mustBe(t, "Update", update, saltine.ErrNoSession)
		}
		if exists, err := b.Exists(t.Context(), key); exists || err != nil {
			revived++
			_ = b.Delete(t.Context(), key) // tidy up; the count says it all
		}
	}
	if revived > 0 {
		t.Errorf("%d of %d deleted sessions came back", revived, rounds)
	}
	t.Logf("%d deletes against saves, %d revived", rounds, revived)
}

// Whoever reads while somebody saves sees the session before or after, and never half.
func testReadRace(t *testing.T, b saltine.Backend) {
	texts := [2]string{`{"a":"` + strings.Repeat("x", 3000) + `"}`, `{"b":"` + strings.Repeat("y", 200) + `"}`}
	key := created(t, b, texts[0], time.Hour)
	together(2, func(i int) {
		for n := range 200 {
			if i == 0 {
				if err := b.Update(t.Context(), key, record(t, texts[n%2], time.Hour)); err != nil {
					t.Errorf("Update: %v", err)
				}
				continue
			}
			r, err := b.Load(t.Context(), key)
			if err != nil {
				t.Errorf("Load: %v", err)
				continue
			}
			if text, err := r.AppendJSON(nil); string(text) != texts[0] && string(text) != texts[1] || err != nil {
				t.Errorf("Load gives %d bytes, %v", len(text), err)
			}
		}
	})
}

// Whoever reads while somebody creates sees no session, or the whole of it.
func testReadNewRace(t *testing.T, b saltine.Backend) {
	const rounds, text = 200, `{"a":1}`
	for range rounds {
		key := newKey()
		var stop atomic.Bool
		together(2, func(i int) {
			if i == 0 {
				defer stop.Store(true)
				if err := b.Create(t.Context(), key, record(t, text, time.Hour)); err != nil {
					t.Errorf("Create: %v", err)
				}
				return
			}
			for !stop.Load() {
				r, err := b.Load(t.Context(), key)
				if errors.Is(err, saltine.ErrNoSession) {
					continue
				}
				if got, _ := r.AppendJSON(nil); string(got) != text || err != nil {
					t.Errorf("Load gives %s, %v", got, err)
				}
			}
		})
		mustHold(t, b, key, text)
		mustBe(t, "Delete", b.Delete(t.Context(), key), nil)
	}
}
