package saltine

import (
	"cmp"
	"errors"
	"math"
	"math/big"
	"strconv"
	"time"

	"github.com/seed-52756201/saltine/internal/pydate"
	"github.com/seed-52756201/saltine/internal/pyjson"
)

// expiryKey is where a session keeps its expiry.
const expiryKey = "_session_expiry"

// Expiry says when a session ends. The zero value leaves it to the store's
// cookie age.
//
// Django: the argument of set_expiry.
type Expiry struct {
	kind    expiryKind
	seconds float64
	delta   time.Duration
	date    time.Time
}

type expiryKind uint8

const (
	expiryDefault expiryKind = iota
	expirySeconds            // 0 is browser close
	expiryDate
	expiryDelta // becomes a date when it is stored
)

// ExpireIdle ends a session when it was not saved for that long. Whole seconds
// are stored as an integer, others as a float. A negative duration has ended
// already; 0 is the same as [ExpireAtBrowserClose].
//
// Django: set_expiry(seconds).
func ExpireIdle(d time.Duration) Expiry {
	return Expiry{kind: expirySeconds, seconds: d.Seconds()}
}

// ExpireAtBrowserClose ends a session with the browser's.
//
// Django: set_expiry(0).
func ExpireAtBrowserClose() Expiry { return Expiry{kind: expirySeconds} }

// ExpireIn ends a session that long after it was set, however often it is saved
// until then: it is stored as a date.
//
// Django: set_expiry(timedelta).
func ExpireIn(d time.Duration) Expiry { return Expiry{kind: expiryDelta, delta: d} }

// from turns a delta into a date.
func (e Expiry) from(now time.Time) Expiry {
	if e.kind == expiryDelta {
		return ExpireAt(now.Add(e.delta).UTC())
	}
	return e
}

// ExpireAt ends a session at a time, stored to the microsecond with its offset.
// Django reads that since 4.1, with USE_TZ = True; see StoreOptions.NaiveDates.
//
// Django: set_expiry(datetime).
func ExpireAt(t time.Time) Expiry { return Expiry{kind: expiryDate, date: t} }

// IsDefault reports whether the expiry is left to the store.
func (e Expiry) IsDefault() bool { return e.kind == expiryDefault }

// Idle returns the idle time of an expiry made by [ExpireIdle], 0 for
// [ExpireAtBrowserClose], and whether it is one of them. It saturates at about
// 292 years.
func (e Expiry) Idle() (d time.Duration, ok bool) {
	return seconds(e.seconds), e.kind == expirySeconds
}

// Date returns the time of an expiry made by [ExpireAt], and whether it is one.
func (e Expiry) Date() (t time.Time, ok bool) { return e.date, e.kind == expiryDate }

// atBrowserClose reports whether e is that of ExpireAtBrowserClose.
func (e Expiry) atBrowserClose() bool { return e.kind == expirySeconds && e.seconds == 0 }

// isFalsy reports whether Python takes the cookie age instead.
func (e Expiry) isFalsy() bool { return e.kind == expiryDefault || e.atBrowserClose() }

// seconds converts, to the microsecond as Python's timedelta, and saturates.
func seconds(s float64) time.Duration {
	switch µs := math.RoundToEven(s * 1e6); {
	case µs >= math.MaxInt64/1000:
		return math.MaxInt64
	case µs <= math.MinInt64/1000:
		return math.MinInt64
	default:
		return time.Duration(µs) * time.Microsecond
	}
}

// ExpiryPolicy says what ends a session when it is read: the age of its cookie, or
// the expiry that [Session.SetExpiry] stored in it.
type ExpiryPolicy uint8

// The expiry policies.
const (
	// ExpiryEarliest holds a session to both of the others, whichever ends it
	// first. It is the default, and the only one under which a session never
	// outlives what either says.
	ExpiryEarliest ExpiryPolicy = iota
	// ExpiryCookieAge looks at the age of the cookie only, as Django through
	// 6.1 does: a stored expiry governs the browser's copy and nothing else.
	// A payload that is no object is taken for a session, as there, which
	// cannot be read or saved before it is cleared: see [Session.Err].
	ExpiryCookieAge
	// ExpirySession looks at the stored expiry, and at the age of the cookie
	// only where there is none, as unreleased work on Django does. A stored
	// expiry of sixty days outlives a cookie age of two weeks.
	ExpirySession
)

// expiryRules are the settings that say how long sessions live, with a clock. What
// they compute depends on nothing else.
type expiryRules struct {
	cookieAge            time.Duration
	expireAtBrowserClose bool
	policy               ExpiryPolicy
	maxLifetime          time.Duration // 0: no limit
	maxClockSkew         time.Duration // 0: no limit
	location             *time.Location
	naiveDates           bool
}

// defaultCookieAge is two weeks, Django's SESSION_COOKIE_AGE.
const defaultCookieAge = 1209600 * time.Second

// defaultExpiry is what a session goes by that belongs to no store.
var defaultExpiry = expiryRules{cookieAge: defaultCookieAge, location: time.UTC}

// complete puts defaults where nothing is set.
func (r *expiryRules) complete() {
	r.cookieAge = cmp.Or(r.cookieAge, defaultCookieAge)
	r.location = cmp.Or(r.location, time.UTC)
}

// check refuses complete rules that are wrong.
func (r *expiryRules) check() error {
	switch {
	case r.cookieAge < time.Second:
		return invalidOption("CookieAge is less than a second: it is a time.Duration, such as 1209600 * time.Second")
	case r.policy > ExpirySession:
		return invalidOption("no such ExpiryPolicy")
	case r.maxLifetime < 0 || r.maxLifetime > 0 && r.maxLifetime < time.Second:
		return invalidOption("MaxLifetime is less than a second: it is a time.Duration, such as 24 * time.Hour")
	case r.maxClockSkew < 0:
		return invalidOption("MaxClockSkew is negative")
	}
	return nil
}

// bornKey is where a session keeps the time of its first save, in Unix seconds, in a
// store with a MaxLifetime. Django passes it through.
const bornKey = "_saltine_born"

var errBornType = errors.New("the stored time of the first save is not a whole number")

// parseBorn reads a stored time of the first save: JSON text, or "" for none.
func parseBorn(raw string) (time.Time, error) {
	if raw == "" {
		return time.Time{}, nil
	}
	sec, err := strconv.ParseInt(raw, 10, 64)
	if err != nil || sec < minDate || sec > maxDate {
		return time.Time{}, errBornType
	}
	return time.Unix(sec, 0), nil
}

// lifetimeLeft returns how long a session may live on that was first saved at a time,
// or now for the zero time. It is NoMaxAge without a limit.
func (r *expiryRules) lifetimeLeft(born, now time.Time) time.Duration {
	switch {
	case r.maxLifetime == 0:
		return NoMaxAge
	case born.IsZero():
		return r.maxLifetime
	}
	return born.Add(r.maxLifetime).Sub(now)
}

// checkLifetime holds a session that was first saved and is read at these times to
// its limit. signedAt is for the error.
func (r *expiryRules) checkLifetime(born, signedAt, now time.Time) error {
	if r.lifetimeLeft(born, now) <= 0 {
		return &ExpiredError{SignedAt: signedAt, Deadline: born.Add(r.maxLifetime)}
	}
	return nil
}

// checkSkew refuses a time of signing that is too far in the future.
func (r *expiryRules) checkSkew(signedAt, now time.Time) error {
	if r.maxClockSkew > 0 && signedAt.After(now.Add(r.maxClockSkew)) {
		return errFuture
	}
	return nil
}

// checkHonoured refuses an expiry that would end before it says.
func (r *expiryRules) checkHonoured(e Expiry, now time.Time) error {
	if r.policy == ExpiryEarliest && r.age(now, e) > r.cookieAge {
		return errExpiryBeyondAge
	}
	return nil
}

// maxAge is the age of a token that its signer checks.
func (r *expiryRules) maxAge() time.Duration {
	if r.policy == ExpirySession {
		return NoMaxAge
	}
	return r.cookieAge
}

// stored returns what set_expiry stores. The error is for a date that no reader
// takes.
func (r *expiryRules) stored(e Expiry) (any, error) {
	switch {
	case e.kind == expiryDate:
		date := r.zoned(e.date)
		if year := date.Year(); year < 1 || year > 9999 {
			return nil, errExpiryRange
		}
		if r.naiveDates {
			return string(pydate.AppendNaive(nil, date)), nil
		}
		return string(pydate.AppendISO(nil, date)), nil
	case e.seconds == math.Trunc(e.seconds) && math.Abs(e.seconds) < 1<<62:
		return int64(e.seconds), nil
	default:
		return e.seconds, nil
	}
}

// zoned returns a date in the zone that it is stored in: its own, unless dates
// are naive, or Python has no such zone.
func (r *expiryRules) zoned(date time.Time) time.Time {
	const day = 24 * 60 * 60
	_, offset := date.Zone()
	switch {
	case r.naiveDates:
		return date.In(r.location)
	case offset <= -day || offset >= day:
		return date.UTC()
	}
	return date
}

var (
	errExpiryEmpty = errors.New("the stored expiry is an empty text")
	errExpiryType  = errors.New("the stored expiry is neither a number nor a date")
	errExpiryRange = errors.New("the stored expiry is out of the range of dates")
	errStampRange  = errors.New("the timestamp is out of the range of dates")

	errExpiryBeyondAge = errors.New("the expiry is beyond the store's CookieAge, which ends the session first: raise CookieAge, or choose ExpirySession")
)

// parseExpiry reads a stored value, JSON text or "" for none, as Django does. A
// naive date is taken in loc.
func parseExpiry(raw string, loc *time.Location) (Expiry, error) {
	if raw == "" {
		return Expiry{}, nil
	}
	value, err := pyjson.Decode(raw)
	if err != nil {
		return Expiry{}, err
	}
	switch value := value.(type) {
	case nil:
		return Expiry{}, nil
	case bool:
		if value {
			return ExpireIdle(time.Second), nil
		}
		return ExpireAtBrowserClose(), nil
	case int64:
		return Expiry{kind: expirySeconds, seconds: float64(value)}, nil
	case *big.Int:
		f, _ := new(big.Float).SetInt(value).Float64()
		return Expiry{kind: expirySeconds, seconds: f}, nil
	case float64:
		if math.IsNaN(value) {
			return Expiry{}, errExpiryRange
		}
		return Expiry{kind: expirySeconds, seconds: value}, nil
	case string:
		if value == "" {
			return Expiry{}, errExpiryEmpty
		}
		date, _, err := pydate.Parse(value, loc)
		return ExpireAt(date), err
	case []any:
		if len(value) == 0 {
			return Expiry{}, nil
		}
	case map[string]any:
		if len(value) == 0 {
			return Expiry{}, nil
		}
	}
	return Expiry{}, errExpiryType
}

// The range of Python's datetime, in Unix seconds: the years 1 to 9999.
const (
	minDate = -62135596800
	maxDate = 253402300799
)

// maxDelta is the range of Python's timedelta, in seconds.
const maxDelta = 999999999 * 86400

// deadline returns when a session ends that was signed at a time. It fails where
// Python's arithmetic does.
func (r *expiryRules) deadline(signedAt time.Time, e Expiry) (time.Time, error) {
	if sec := signedAt.Unix(); sec < minDate || sec > maxDate {
		return time.Time{}, errStampRange
	}
	if e.kind == expiryDate {
		return e.date, nil
	}
	age := e.seconds
	if e.isFalsy() {
		age = r.cookieAge.Seconds()
	}
	end := float64(signedAt.Unix()) + age
	if !(math.Abs(age) < maxDelta+86400) || end < minDate || end >= maxDate+1 { // NaN fails too
		return time.Time{}, errExpiryRange
	}
	whole, fraction := math.Modf(age)
	return time.Unix(signedAt.Unix()+int64(whole), int64(seconds(fraction))), nil
}

// checkStored holds a session that was signed and is read at these times to the
// expiry stored in it: JSON text, or "" for none.
func (r *expiryRules) checkStored(raw string, signedAt, now time.Time) error {
	if r.policy == ExpiryCookieAge {
		return nil
	}
	e, err := parseExpiry(raw, r.location)
	if err != nil {
		return malformed(err)
	}
	deadline, err := r.deadline(signedAt, e)
	if err != nil {
		return malformed(err)
	}
	if !deadline.After(now.Truncate(time.Microsecond)) {
		return &ExpiredError{SignedAt: signedAt, Deadline: deadline}
	}
	return nil
}

// age returns how long a session with this expiry, saved at a time, is good: the
// cookie age for no expiry and for browser close, the idle time itself, or the
// whole seconds to the date, rounded down. It may be negative, and saturates at
// about 292 years. Django: get_expiry_age(modification=..., expiry=...).
func (r *expiryRules) age(modification time.Time, e Expiry) time.Duration {
	switch {
	case e.isFalsy():
		return r.cookieAge
	case e.kind == expiryDate:
		whole := e.date.Unix() - modification.Unix()
		if e.date.Nanosecond()/1000 < modification.Nanosecond()/1000 { // Python's dates have microseconds
			whole--
		}
		return seconds(float64(whole))
	default:
		return seconds(e.seconds)
	}
}

// date returns when a session with this expiry, saved at a time, ends.
// Django: get_expiry_date(modification=..., expiry=...).
func (r *expiryRules) date(modification time.Time, e Expiry) time.Time {
	if e.kind == expiryDate {
		return e.date
	}
	return modification.Add(r.age(modification, e))
}
