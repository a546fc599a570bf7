package interop_test

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine"
)

// call is a call of the session API, for Django by name and here as a function.
type call struct {
	Name string `json:"call"`
	Args string `json:"args"`
	make func(*saltine.Session) result
}

// result is what a call returned, as JSON text, or the exception of Django's
// that it stands for.
type result struct {
	Returns string `json:"returns"`
	Raises  string `json:"raises"`
}

// sessionState is what can be seen of a session without touching it.
type sessionState struct {
	result
	Accessed bool    `json:"accessed"`
	Modified bool    `json:"modified"`
	IsEmpty  bool    `json:"is_empty"`
	Key      *string `json:"session_key_data"` // the data in the key
}

const keyError = "KeyError"

// calls are the methods of both, each as a function that chooses arguments. Not
// among them are those that only one of them has, and set_expiry with a date,
// which Django before 4.1 cannot save.
var calls = []func(*rand.Rand) call{
	func(r *rand.Rand) call {
		key := chooseKey(r)
		return call{"get", arguments(key), func(s *saltine.Session) result { return returned(s.Get(key)) }}
	},
	func(r *rand.Rand) call {
		key := chooseKey(r)
		return call{"[]", arguments(key), func(s *saltine.Session) result { return orKeyError(saltine.Field[any](key).Get(s)) }}
	},
	func(r *rand.Rand) call {
		key, value := chooseKey(r), generateValue(r, 2)
		return call{"[]=", arguments(key, value), func(s *saltine.Session) result { s.Set(key, value); return none }}
	},
	func(r *rand.Rand) call {
		key := chooseKey(r)
		return call{"del", arguments(key), func(s *saltine.Session) result { return keyErrorUnless(s.Delete(key)) }}
	},
	func(r *rand.Rand) call {
		key := chooseKey(r)
		return call{pick(r, "in", "has_key"), arguments(key), func(s *saltine.Session) result { return returned(s.Has(key)) }}
	},
	func(r *rand.Rand) call {
		key := chooseKey(r)
		return call{"pop", arguments(key), func(s *saltine.Session) result { return orKeyError(saltine.Field[any](key).Pop(s)) }}
	},
	func(r *rand.Rand) call {
		key := chooseKey(r)
		return call{"pop", arguments(key, nil), func(s *saltine.Session) result { value, _ := s.Pop(key); return returned(value) }}
	},
	func(r *rand.Rand) call {
		key, value := chooseKey(r), generateValue(r, 2)
		return call{"setdefault", arguments(key, value), func(s *saltine.Session) result { return returned(s.SetDefault(key, value)) }}
	},
	func(r *rand.Rand) call {
		values := map[string]any{}
		for range r.IntN(3) {
			values[chooseKey(r)] = generateValue(r, 1)
		}
		return call{"update", arguments(values), func(s *saltine.Session) result { s.Update(values); return none }}
	},
	func(*rand.Rand) call { return call{"keys", "[]", keysOf} },
	func(*rand.Rand) call { return call{"values", "[]", valuesOf} },
	func(*rand.Rand) call { return call{"items", "[]", itemsOf} },
	func(*rand.Rand) call {
		return call{"is_empty", "[]", func(s *saltine.Session) result { return returned(s.IsEmpty()) }}
	},
	func(*rand.Rand) call {
		return call{"clear", "[]", func(s *saltine.Session) result { s.Clear(); return none }}
	},
	func(*rand.Rand) call {
		return call{"flush", "[]", func(s *saltine.Session) result { return failed(s.Flush()) }}
	},
	func(*rand.Rand) call {
		return call{"delete", "[]", func(s *saltine.Session) result { return failed(s.Destroy()) }}
	},
	func(*rand.Rand) call {
		return call{"create", "[]", func(s *saltine.Session) result { return failed(s.Create()) }}
	},
	func(*rand.Rand) call {
		return call{"save", "[]", func(s *saltine.Session) result { return failed(s.Save()) }}
	},
	func(*rand.Rand) call {
		return call{"cycle_key", "[]", func(s *saltine.Session) result { return failed(s.CycleKey()) }}
	},
	func(*rand.Rand) call {
		return call{"set_test_cookie", "[]", func(s *saltine.Session) result { s.SetTestCookie(); return none }}
	},
	func(*rand.Rand) call {
		return call{"test_cookie_worked", "[]", func(s *saltine.Session) result { return returned(s.TestCookieWorked()) }}
	},
	func(*rand.Rand) call {
		return call{"delete_test_cookie", "[]", func(s *saltine.Session) result { return keyErrorUnless(s.DeleteTestCookie()) }}
	},
	func(r *rand.Rand) call {
		seconds := pick(r, 60, 0, -5, 1209600, 0.5, 3e9)
		expiry := saltine.ExpireIdle(time.Duration(seconds * float64(time.Second)))
		text := strconv.FormatFloat(seconds, 'f', -1, 64) // an integer where it can be one
		return call{"set_expiry", "[" + text + "]", func(s *saltine.Session) result { s.SetExpiry(expiry); return none }}
	},
	func(*rand.Rand) call {
		return call{"set_expiry", "[null]", func(s *saltine.Session) result { s.SetExpiry(saltine.Expiry{}); return none }}
	},
	func(*rand.Rand) call { return call{"get_expiry_age", "[]", expiryAge} },
	func(*rand.Rand) call { return call{"get_expiry_date", "[]", expiryDate} },
	func(*rand.Rand) call {
		return call{"get_expire_at_browser_close", "[]", func(s *saltine.Session) result { return returned(s.ExpiresAtBrowserClose()) }}
	},
}

// chooseKey returns one of few keys, so that calls meet each other's values.
func chooseKey(r *rand.Rand) string { return pick(r, "a", "b", "ключ", "", "testcookie") }

func arguments(values ...any) string { return jsonValue(values) }

var none = result{Returns: "null"}

func returned(value any) result {
	text, err := saltine.JSONSerializer{}.Dumps(nil, value)
	return resultOf(string(text), err)
}

func resultOf(text string, err error) result {
	if err != nil {
		return result{Raises: err.Error()}
	}
	return result{Returns: text}
}

func failed(err error) result { return resultOf("null", err) }

func orKeyError(value any, err error) result {
	if err != nil {
		return result{Raises: keyError}
	}
	return returned(value)
}

func keyErrorUnless(found bool) result {
	if !found {
		return result{Raises: keyError}
	}
	return none
}

func keysOf(s *saltine.Session) result {
	keys := []any{}
	for key := range s.Keys() {
		keys = append(keys, key)
	}
	return returned(keys)
}

func valuesOf(s *saltine.Session) result {
	values := []any{}
	for value := range s.Values() {
		values = append(values, value)
	}
	return returned(values)
}

func itemsOf(s *saltine.Session) result {
	items := []any{}
	for key, value := range s.Items() {
		items = append(items, []any{key, value})
	}
	return returned(items)
}

func expiryAge(s *saltine.Session) result {
	age, err := s.ExpiryAge()
	return resultOf(strconv.FormatFloat(age.Seconds(), 'f', -1, 64), err)
}

// expiryDate is the date as Python's isoformat writes it where USE_TZ is False.
func expiryDate(s *saltine.Session) result {
	date, err := s.ExpiryDate()
	layout := `"2006-01-02T15:04:05.000000"`
	if date.Nanosecond() == 0 {
		layout = `"2006-01-02T15:04:05"`
	}
	return resultOf(date.UTC().Format(layout), err)
}

// Random sequences of calls, on sessions of every kind of cookie: what each call
// returns, the flags after it, and what is in the session's key.
func TestSessionCalls(t *testing.T) {
	needDjango(t)
	const sequences = 1500
	set := twoWay[0]
	set.now = set.now.Add(500 * time.Millisecond)
	on := newReaders(t, &set)
	made := 0
	for number := range sequences {
		r := random(number)
		cookie := chooseCookie(t, r, &set)
		sequence := make([]call, 1+r.IntN(12))
		for i := range sequence {
			sequence[i] = pick(r, calls...)(r)
		}
		made += len(sequence)
		want := ask[[]sessionState](t, set.env(), "session_calls", args{"calls": sequence, "cookie": []byte(cookie)})
		if diff := cmp.Diff(want, makeCalls(on, cookie, sequence), cmp.AllowUnexported(sessionState{})); diff != "" {
			t.Fatalf("sequence %d, cookie %q (-Django +Go):\n%s\ncalls: %s", number, cookie, diff, describe(t, sequence))
		}
	}
	t.Logf("%d calls in %d sequences", made, sequences)
}

func makeCalls(r *readers, cookie string, sequence []call) []sessionState {
	session := r.store.Open(context.Background(), cookie)
	states := make([]sessionState, len(sequence))
	for i, c := range sequence {
		states[i] = sessionState{c.make(session), session.Accessed(), session.Modified(), session.IsEmpty(), keyData(r.signer, session)}
	}
	return states
}

// keyData is the data in the session's key, nil where there is none to be read.
func keyData(signer *saltine.TimestampSigner, session *saltine.Session) *string {
	payload, err := signer.AppendUnsignPayload(nil, session.Key(), saltine.NoMaxAge)
	if err != nil {
		return nil
	}
	text := string(payload)
	return &text
}

// chooseCookie returns a cookie that Django saved, one that is expired, forged or
// too short, or none.
func chooseCookie(t *testing.T, r *rand.Rand, set *setting) string {
	t.Helper()
	data := jsonText([]entry{{"a", generateValue(r, 2)}, {chooseKey(r), generateValue(r, 1)}, {"_session_expiry", pick[any](r, nil, 60, 0, 2.5)}})
	e := set.env()
	switch r.IntN(6) {
	case 0:
		return ""
	case 1:
		return pick(r, "a:b:c", "forged:1r31eq:"+strings.Repeat("A", 43), "12345678", "1234567", "ключключ", "ключклю")
	case 2:
		e.Now -= 1209601
	}
	return ask[string](t, e, "session_save", args{"data": data})
}

func describe(t *testing.T, sequence []call) string {
	t.Helper()
	text, err := json.Marshal(sequence)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
