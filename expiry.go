package saltine

import (
	"errors"
	"math"
	"math/big"
	"time"

	"github.com/seed-52756201/saltine/internal/pydate"
	"github.com/seed-52756201/saltine/internal/pyjson"
)

// expiryKey is where a session keeps its expiry.
const expiryKey = "_session_expiry"

// Expiry is when a session ends. The zero value leaves it to the store's
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

// atBrowserClose reports whether e says what ExpireAtBrowserClose does.
func (e Expiry) atBrowserClose() bool { return e.kind == expirySeconds && e.seconds == 0 }

// isFalsy is where Python takes the cookie age instead.
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

// value is what set_expiry stores.
func (c *CookieStore) expiryValue(e Expiry) any {
	switch {
	case e.kind == expiryDate && c.naiveDates:
		return string(pydate.AppendNaive(nil, c.zoned(e.date)))
	case e.kind == expiryDate:
		return string(pydate.AppendISO(nil, c.zoned(e.date)))
	case e.seconds == math.Trunc(e.seconds) && math.Abs(e.seconds) < 1<<62:
		return int64(e.seconds)
	default:
		return e.seconds
	}
}

// zoned returns a date in the zone that it is stored in: its own, unless dates
// are naive, or Python has no such zone.
func (c *CookieStore) zoned(date time.Time) time.Time {
	const day = 24 * 60 * 60
	_, offset := date.Zone()
	switch {
	case c.naiveDates:
		return date.In(c.location)
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
)

// parseExpiry reads a stored value as Django does. A naive date is taken in loc.
func parseExpiry(raw string, loc *time.Location) (Expiry, error) {
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

// deadline is when a session ends that was signed at a time, for load. It fails
// where Python's arithmetic does.
func (c *CookieStore) deadline(signedAt time.Time, e Expiry) (time.Time, error) {
	if sec := signedAt.Unix(); sec < minDate || sec > maxDate {
		return time.Time{}, errStampRange
	}
	if e.kind == expiryDate {
		return e.date, nil
	}
	age := e.seconds
	if e.isFalsy() {
		age = c.cookieAge.Seconds()
	}
	end := float64(signedAt.Unix()) + age
	if !(math.Abs(age) < maxDelta+86400) || end < minDate || end >= maxDate+1 { // NaN fails too
		return time.Time{}, errExpiryRange
	}
	whole, fraction := math.Modf(age)
	return time.Unix(signedAt.Unix()+int64(whole), int64(seconds(fraction))), nil
}

// ExpiryAge returns how long a session with this expiry is good that was saved
// at a time: the store's cookie age for no expiry and for browser close, the
// idle time itself, or the whole seconds to the date, rounded down. It may be
// negative, and saturates at about 292 years.
//
// Django: get_expiry_age(modification=..., expiry=...).
func (c *CookieStore) ExpiryAge(modification time.Time, e Expiry) time.Duration {
	e = e.from(c.Now())
	switch {
	case e.isFalsy():
		return c.cookieAge
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

// ExpiryDate returns when a session with this expiry ends that was saved at a
// time.
//
// Django: get_expiry_date(modification=..., expiry=...).
func (c *CookieStore) ExpiryDate(modification time.Time, e Expiry) time.Time {
	e = e.from(c.Now())
	if e.kind == expiryDate {
		return e.date
	}
	return modification.Add(c.ExpiryAge(modification, e))
}
