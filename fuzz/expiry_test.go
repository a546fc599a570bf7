package fuzz_test

import (
	"math"
	"testing"
	"time"

	"github.com/seed-52756201/saltine"
)

// FuzzExpiry stores an expiry of each kind, saves the session at some part of a
// second and loads it at another time. What was stored comes back: a duration as float seconds, a date
// to the microsecond. Age and date agree, and the session is good before its end
// and expired from then on. Saving fails for a year that Python does not have,
// and for nothing else.
func FuzzExpiry(f *testing.F) {
	for i, d := range []time.Duration{0, 1, time.Microsecond, 3 * time.Microsecond, 1001 * time.Microsecond, time.Second, 1500 * time.Millisecond, time.Hour, -time.Hour, math.MaxInt64, math.MinInt64} {
		f.Add(int64(d), int16(0), int32(i*1800), int64(0), false)
		f.Add(int64(d), int16(0), int32(-i), int64(d), true)
	}
	for _, years := range []int16{-2023, -2022, 7976, 7977} {
		f.Add(int64(time.Hour), years, int32(-3600), int64(0), false)
		f.Add(int64(time.Hour), years, int32(3600), int64(0), true)
	}
	f.Add(int64(time.Hour), int16(0), int32(86399), int64(time.Hour-1), false)
	f.Add(int64(time.Hour), int16(0), int32(86400), int64(time.Hour), false)
	f.Add(int64(time.Hour), int16(0), int32(0), int64(time.Hour-time.Second/3), false)
	f.Fuzz(func(t *testing.T, duration int64, years int16, offset int32, wait int64, naive bool) {
		after, east := time.Duration(duration), time.FixedZone("", int(offset))
		date := start.Add(after).AddDate(int(years), 0, 0).In(east)
		x := &expiring{began: start.Add((time.Duration(wait) % time.Second).Abs())}
		opts := saltine.StoreOptions{Now: func() time.Time { return x.now }, ExpiryPolicy: saltine.ExpirySession, NaiveDates: naive}
		x.store = must(saltine.NewCookieStore(testKeys, &opts))
		opts.ExpiryPolicy = saltine.ExpiryCookieAge
		x.lenient = must(saltine.NewCookieStore(testKeys, &opts))

		x.check(t, saltine.Expiry{}, good, time.Duration(wait), func(e saltine.Expiry) bool { return e.IsDefault() })
		x.check(t, saltine.ExpireAtBrowserClose(), good, time.Duration(wait), func(e saltine.Expiry) bool { return isIdle(e, 0) })
		x.check(t, saltine.ExpireIdle(after), good, time.Duration(wait), func(e saltine.Expiry) bool { return isIdle(e, after) })
		x.check(t, saltine.ExpireIn(after), good, time.Duration(wait), func(e saltine.Expiry) bool { return isOn(e, x.began.Add(after)) })
		kind := good
		if written := date.UTC().Year(); written < 1 || written > 9999 {
			kind = unsupported
		}
		if local := date.Year(); !naive && local != date.UTC().Year() && (local%9999 <= 1 || kind != good) {
			return // the offset, should it be written, moves the date over the edge
		}
		x.check(t, saltine.ExpireAt(date), kind, time.Duration(wait), func(e saltine.Expiry) bool { return isOn(e, date) })
	})
}

// expiring is a store that holds sessions to their own expiry, and one that does
// not.
type expiring struct {
	began, now     time.Time
	store, lenient *saltine.CookieStore
}

func (x *expiring) check(t *testing.T, e saltine.Expiry, saved string, wait time.Duration, isStored func(saltine.Expiry) bool) {
	t.Helper()
	x.now = x.began
	session := x.store.New()
	session.SetExpiry(e)
	cookie, err := x.store.Save(session)
	requireKind(t, "Save", err, saved)
	if err != nil {
		return
	}
	loaded, err := x.lenient.Load(cookie)
	requireKind(t, "Load under ExpiryCookieAge", err, good)
	stored, err := loaded.Expiry()
	requireKind(t, "Expiry", err, good)
	if !isStored(stored) {
		t.Fatalf("%v was stored", loaded.Get(expiryKey))
	}
	x.checkAge(t, loaded, e, stored)

	end, isDate := stored.Date()
	if !isDate { // counted from the whole second in the cookie
		end = start.Add(x.store.ExpiryAge(start, stored))
	}
	x.now = x.began.Add(wait)
	// A float of that many seconds has no microseconds to compare.
	if distance := x.now.Sub(end).Abs(); !isDate && distance < 2*time.Microsecond && end.Nanosecond() != 0 {
		return
	}
	want := good
	if !end.Truncate(time.Microsecond).After(x.now.Truncate(time.Microsecond)) {
		want = expired
	}
	_, err = x.store.Load(cookie)
	requireKind(t, "Load", err, want)
}

// checkAge checks what a session says about its end.
func (x *expiring) checkAge(t *testing.T, s *saltine.Session, set, stored saltine.Expiry) {
	t.Helper()
	age, err := s.ExpiryAge()
	requireKind(t, "ExpiryAge", err, good)
	end, err := s.ExpiryDate()
	requireKind(t, "ExpiryDate", err, good)
	if age != x.store.ExpiryAge(x.began, stored) || !end.Equal(x.store.ExpiryDate(x.began, stored)) {
		t.Fatal("session and store disagree about age or date")
	}
	if left := end.Truncate(time.Microsecond).Sub(x.began.Truncate(time.Microsecond)) - age.Truncate(time.Microsecond); age != math.MaxInt64 && age != math.MinInt64 && (left < 0 || left >= time.Second) {
		t.Fatalf("the age is %v, the date in %v", age, end.Sub(x.began))
	}
	if want := set == saltine.ExpireAtBrowserClose(); s.ExpiresAtBrowserClose() != want {
		t.Fatalf("ExpiresAtBrowserClose is %v", !want)
	}
}

// isIdle reports whether e is the seconds of a duration, to the microsecond or
// to the precision of a float.
func isIdle(e saltine.Expiry, d time.Duration) bool {
	idle, ok := e.Idle()
	difference := math.Abs(float64(idle) - float64(d))
	return ok && difference <= max(float64(time.Microsecond/2), math.Abs(float64(d))*1e-15)
}

func isOn(e saltine.Expiry, date time.Time) bool {
	stored, ok := e.Date()
	return ok && stored.UnixMicro() == date.UnixMicro()
}
