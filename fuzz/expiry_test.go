package fuzz_test

import (
	"math"
	"testing"
	"time"

	"github.com/seed-52756201/saltine"
)

// FuzzExpiry stores an expiry of each kind, saves the session and loads it at
// another time. What was stored comes back: the duration as seconds, the date to
// the microsecond. The session is good before its end and expired from then on,
// unless that is no date that Python has, which is malformed; only such a date
// cannot be saved. Age and date agree.
func FuzzExpiry(f *testing.F) {
	for i, d := range []time.Duration{0, 1, time.Microsecond, time.Second, 1500 * time.Millisecond, time.Hour, -time.Hour, math.MaxInt64, math.MinInt64} {
		f.Add(int64(d), int16(0), int32(i*1800), int64(0), false)
		f.Add(int64(d), int16(0), int32(-i), int64(d), true)
	}
	for _, years := range []int16{-2023, -2022, 7976, 7977} {
		f.Add(int64(time.Hour), years, int32(-3600), int64(0), false)
	}
	f.Add(int64(time.Hour), int16(0), int32(86399), int64(time.Hour-1), false)
	f.Add(int64(time.Hour), int16(0), int32(86400), int64(time.Hour), false)
	f.Fuzz(func(t *testing.T, after int64, years int16, offset int32, wait int64, naive bool) {
		now := start
		store := must(saltine.NewCookieStore(testKey, &saltine.StoreOptions{
			Options: saltine.Options{Now: func() time.Time { return now }}, Expiry: saltine.ExpirySession, NaiveDates: naive,
		}))
		date := start.Add(time.Duration(after)).AddDate(int(years), 0, 0).In(time.FixedZone("", int(offset)))
		for kind, e := range []saltine.Expiry{
			saltine.ExpireIdle(time.Duration(after)), saltine.ExpireIn(time.Duration(after)), saltine.ExpireAt(date), saltine.ExpireAtBrowserClose(), {},
		} {
			now = start
			session := store.New()
			session.SetExpiry(e)
			cookie, err := store.Save(session)
			if _, isDate := e.Date(); isDate && !isPythonDate(date, naive) {
				requireKind(t, "Save of a date that Python does not have", err, unsupported)
				continue
			}
			requireKind(t, "Save", err, good)
			loaded := checkStored(t, store, cookie, [...]time.Time{2: date, 4: {}}[kind], time.Duration(after), kind)
			now = start.Add(time.Duration(wait))
			checkEnd(t, store, cookie, loaded)
		}
	})
}

// checkStored loads the cookie without regard to its end, and compares what is
// stored in it with what it was made from, by its number above.
func checkStored(t *testing.T, store *saltine.CookieStore, cookie string, end time.Time, after time.Duration, kind int) saltine.Expiry {
	t.Helper()
	lenient := must(saltine.NewCookieStore(testKey, &saltine.StoreOptions{Options: saltine.Options{Now: startClock}, Expiry: saltine.ExpiryCookieAge}))
	session, err := lenient.Load(cookie)
	requireKind(t, "Load under ExpiryCookieAge", err, good)
	e, err := session.Expiry()
	requireKind(t, "Expiry", err, good)
	idle, isIdle := e.Idle()
	date, isDate := e.Date()
	switch kind {
	case 0:
		// Python's seconds are a float, and a timedelta has microseconds.
		if precision := max(time.Microsecond, time.Duration(math.Abs(after.Seconds())*1e-15*1e9)); !isIdle || absolute(idle-after) > precision {
			t.Fatalf("Idle is %v, want %v", idle, after)
		}
	case 1, 2:
		if !isDate || date.UnixMicro() != end.UnixMicro() {
			t.Fatalf("Date is %v, want %v", date, end)
		}
	case 3:
		if !isIdle || idle != 0 || !session.ExpiresAtBrowserClose() {
			t.Fatalf("Idle is %v, at browser close %v", idle, session.ExpiresAtBrowserClose())
		}
	default:
		if !e.IsDefault() || session.Has("_session_expiry") {
			t.Fatal("no expiry is stored as one")
		}
	}
	age, dateErr := session.ExpiryAge()
	requireKind(t, "ExpiryAge", dateErr, good)
	on, dateErr := session.ExpiryDate()
	requireKind(t, "ExpiryDate", dateErr, good)
	if late := on.Sub(start) - age; late < 0 || late >= time.Second {
		t.Fatalf("ExpiryAge is %v, ExpiryDate %v from now", age, on.Sub(start))
	}
	if age != store.ExpiryAge(start, e) || !on.Equal(store.ExpiryDate(start, e)) {
		t.Fatal("session and store disagree about age or date")
	}
	return e
}

func absolute(d time.Duration) time.Duration {
	if d < 0 {
		return max(-d, 0)
	}
	return d
}

// checkEnd loads a cookie that was saved at start.
func checkEnd(t *testing.T, store *saltine.CookieStore, cookie string, e saltine.Expiry) {
	t.Helper()
	end := store.ExpiryDate(start, e)
	want := good
	switch {
	case !end.Truncate(time.Microsecond).After(store.Now().Truncate(time.Microsecond)):
		want = expired
	case end.Unix() > 253402300799 || end.Unix() < -62135596800:
		want = malformed
	}
	_, err := store.Load(cookie)
	requireKind(t, "Load", err, want)
}
