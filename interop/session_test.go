package interop_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine"
)

// sessions is how many are generated in each direction, under each setting.
const sessions = 2000

const sessionSalt = "django.contrib.sessions.backends.signed_cookies"

// djangoSession is a session that Django generated and saved.
type djangoSession struct {
	Data   string `json:"data"`
	Cookie string `json:"cookie"`
}

func randomDjangoSession(t *testing.T, set *setting, number int) djangoSession {
	t.Helper()
	return ask[djangoSession](t, set.env(), "session_random", args{"seed": seed(), "index": number})
}

// loaded is what Django finds in a cookie.
type loaded struct {
	Data     string `json:"data"`
	Accessed bool   `json:"accessed"`
	Modified bool   `json:"modified"`
}

func TestSessionsFromDjango(t *testing.T) {
	eachSetting(t, slices.Concat(twoWay, []setting{leavingSHA1}), func(t *testing.T, set *setting) {
		longest := 0
		for number := range sessions {
			from := randomDjangoSession(t, set, number)
			longest = max(longest, len(from.Data))
			session, err := set.store(t, saltine.CompressionBest).Load(from.Cookie)
			if err != nil {
				t.Fatalf("session %d: Load: %v\n%s", number, err, from.Data)
			}
			checkValues(t, set, from.Data, session)
			checkSaved(t, set, from, session)
			if t.Failed() {
				t.Fatalf("session %d: %s", number, from.Data)
			}
		}
		t.Logf("%d sessions Django → Go, of up to %d bytes of JSON", sessions, longest)
	})
}

// member is a name and a value as JSON text.
type member [2]string

// sessionValues returns every value as its text: 1 is not 1.0.
func sessionValues(t *testing.T, session *saltine.Session) []member {
	t.Helper()
	values := []member{}
	for key, value := range session.Items() {
		values = append(values, member{key, dumped(t, value)})
	}
	return values
}

func checkValues(t *testing.T, set *setting, data string, session *saltine.Session) {
	t.Helper()
	want := ask[[]member](t, set.env(), "json_members_in_go", args{"text": data})
	if diff := cmp.Diff(want, sessionValues(t, session)); diff != "" {
		t.Errorf("values (-Django +Go):\n%s", diff)
	}
}

// checkSaved saves an unchanged session and compares with what Django wrote.
func checkSaved(t *testing.T, set *setting, from djangoSession, session *saltine.Session) {
	t.Helper()
	plain, err := set.store(t, saltine.CompressionNone).Save(session)
	if err != nil {
		t.Fatal(err)
	}
	checkToken(t, set, plain, from.Data)
	best, err := set.store(t, saltine.CompressionBest).Save(session)
	if err != nil {
		t.Fatal(err)
	}
	theirs, theirsCompressed := payload(t, from.Cookie)
	ours, oursCompressed := payload(t, best)
	if ours != theirs {
		t.Errorf("payload (-Django +Go):\n%s", cmp.Diff(theirs, ours))
	}
	if !theirsCompressed && !oursCompressed && best != plain {
		t.Errorf("a session that is too small to compress was saved as %q and %q", best, plain)
	}
}

// checkToken compares an uncompressed token with Django's, byte for byte.
func checkToken(t *testing.T, set *setting, token, data string) {
	t.Helper()
	want := ask[string](t, set.env(), "signing_dumps", args{"data": data, "salt": sessionSalt})
	if set.django != set.algorithm { // both are 0 for SHA-256
		token, want = withoutSignature(token), withoutSignature(want)
	}
	if diff := cmp.Diff(want, token); diff != "" {
		t.Errorf("uncompressed token (-Django +Go):\n%s", diff)
	}
}

func withoutSignature(token string) string { return token[:strings.LastIndex(token, ":")] }

func TestSessionsToDjango(t *testing.T) {
	eachSetting(t, twoWay, func(t *testing.T, set *setting) {
		longest := 0
		for number := range sessions {
			data := generateSession(random(number))
			want := ask[string](t, set.env(), "json_rewrite", args{"text": jsonText(data)})
			longest = max(longest, len(want))
			checkToken(t, set, save(t, set.store(t, saltine.CompressionNone), data), want)

			for _, compression := range []saltine.Compression{saltine.CompressionBest, saltine.CompressionFast} {
				cookie := save(t, set.store(t, compression), data)
				got := ask[loaded](t, set.env(), "session_load", args{"cookie": []byte(cookie)})
				if diff := cmp.Diff(loaded{Data: want, Accessed: true}, got); diff != "" {
					t.Errorf("compression %d: what Django loads (-want +got):\n%s", compression, diff)
				}
				if text, _ := payload(t, cookie); text != want {
					t.Errorf("compression %d: payload (-Python's json +Go):\n%s", compression, cmp.Diff(want, text))
				}
			}
			if t.Failed() {
				t.Fatalf("session %d: %s", number, jsonText(data))
			}
		}
		t.Logf("%d sessions Go → Django, of up to %d bytes of JSON", sessions, longest)
	})
}

func save(t *testing.T, store *saltine.CookieStore, data []entry) string {
	t.Helper()
	session := store.New()
	for _, e := range data {
		session.Set(e.key, e.value)
	}
	cookie, err := store.Save(session)
	if err != nil {
		t.Fatal(err)
	}
	return cookie
}

// A service that changes one value gives every other one back as it came.
func TestSessionsThroughGo(t *testing.T) {
	eachSetting(t, twoWay, func(t *testing.T, set *setting) {
		store := set.store(t, saltine.CompressionBest)
		for number := range sessions {
			from := randomDjangoSession(t, set, number)
			session, err := store.Load(from.Cookie)
			if err != nil {
				t.Fatalf("session %d: Load: %v\n%s", number, err, from.Data)
			}
			want := ask[[]member](t, set.env(), "json_members", args{"text": from.Data})
			want = changeOne(number, session, want)
			cookie, err := store.Save(session)
			if err != nil {
				t.Fatal(err)
			}
			back := ask[loaded](t, set.env(), "session_load", args{"cookie": []byte(cookie)})
			got := ask[[]member](t, set.env(), "json_members", args{"text": back.Data})
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("session %d (-want +what Django gets back):\n%s\n%s", number, diff, from.Data)
			}
		}
		t.Logf("%d sessions Django → Go → Django", sessions)
	})
}

// changeOne changes a value of the session, or adds one, and does the same to
// its members. Keys that differ in lone surrogates only are one key in Go, which
// stands for the first of them.
func changeOne(number int, session *saltine.Session, members []member) []member {
	keys := slices.Collect(session.Keys())
	at := number % (len(keys) + 1)
	if at == len(keys) {
		session.Set("added by Go", 1.0)
		return append(members, member{`"added by Go"`, "1.0"})
	}
	session.Set(keys[at], "changed")
	members[slices.Index(keys, keys[at])][1] = `"changed"`
	return members
}
