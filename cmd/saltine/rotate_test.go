package main_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/seed-52756201/saltine"
)

// signedBy is a session's cookie by a key, of some time before the clock of the tests.
func signedBy(t *testing.T, k saltine.Key, before time.Duration) string {
	t.Helper()
	keys, err := saltine.NewKeyring(k, nil)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Unix(signedAt, 0).Add(48*time.Hour - before)
	store, err := saltine.NewCookieStore(keys, &saltine.StoreOptions{Now: func() time.Time { return at }})
	if err != nil {
		t.Fatal(err)
	}
	s := store.New()
	s.Set("n", 1)
	value, err := store.Save(s)
	if err != nil {
		t.Fatal(err)
	}
	return value
}

// rotate says of an old key whether it may go, and why not.
func TestRotate(t *testing.T) {
	const day = 24 * time.Hour
	by := func(k saltine.Key, before time.Duration) string {
		return "GET / sessionid=" + signedBy(t, k, before) + "; a=b"
	}
	for _, tt := range []struct {
		name   string
		lines  []string
		live   int // of the old key
		mayGo  bool
		at     string
		want   string
		reason string
	}{
		{"still needed", []string{by(strongKey, time.Hour), by(testKey, 3*day)}, 1, false, "2023-11-27T22:13:20Z", "still needed", "a cookie of eleven days to come"},
		{"expired", []string{by(strongKey, time.Hour), by(testKey, 15*day)}, 0, true, "", "may go", "no cookie of it is good"},
		{"none, of all time", []string{by(strongKey, time.Hour), by(strongKey, 15*day)}, 0, true, "", "may go", "nothing was seen of it in two weeks"},
		{"none, of a day", []string{by(strongKey, time.Hour), by(strongKey, day)}, 0, false, "", "reach back 1 day only", "its cookies may be elsewhere"},
		{"signs still", []string{by(strongKey, time.Hour), by(testKey, time.Minute)}, 1, false, "2023-11-30T22:12:20Z", "seems to sign still", "a service has the old key first"},
		{"nobody signs with the first", []string{by(testKey, time.Hour)}, 1, false, "2023-11-30T21:13:20Z", "the first key signed none", "the second step is still to come"},
		{"old log", []string{by(strongKey, 30*day), by(testKey, 31*day)}, 0, false, "", "the log is old", "it says nothing of today"},
		{"percent-encoded", []string{by(strongKey, time.Hour), strings.ReplaceAll(by(testKey, 3*day), ":", "%3A")}, 1, false, "2023-11-27T22:13:20Z", "still needed", "logs encode"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			file := keyFile(t, strongKey+"\n"+testKey+"\n")
			got := cli(nil, strings.Join(tt.lines, "\n"), "rotate", "--json", "--key-file", file)
			var report struct {
				Cookies int
				Keys    []struct {
					Live    int
					MayGo   bool   `json:"may_go"`
					MayGoAt string `json:"may_go_at"`
				}
			}
			if err := json.Unmarshal([]byte(got.out), &report); err != nil {
				t.Fatalf("%v: %s%s", err, got.out, got.errors)
			}
			old := report.Keys[1]
			if old.Live != tt.live || old.MayGo != tt.mayGo || old.MayGoAt != tt.at || !strings.Contains(got.out, tt.want) || report.Cookies != len(tt.lines) {
				t.Errorf("got %+v, want live %d, may go %t at %q, and %q: %s\n%s", old, tt.live, tt.mayGo, tt.at, tt.want, tt.reason, got.out)
			}
		})
	}
}

// What people see of a rotation is under review.
func TestRotateGolden(t *testing.T) {
	lines := []string{
		"sessionid=" + signedBy(t, strongKey, time.Minute), signedBy(t, strongKey, 3*time.Hour), "x sessionid=" + signedBy(t, testKey, 50*time.Hour) + " y",
		signedBy(t, testKey, 20*24*time.Hour), "sessionid=" + signedBy(t, "a key of somebody else, of fifty letters or more, too", time.Hour), "nothing here", strings.Repeat("long ", 100000),
	}
	got := cli(nil, strings.Join(lines, "\n")+"\n", "rotate", "--key-file", keyFile(t, strongKey+"\n"+testKey+"\n"))
	compareGolden(t, "testdata/rotate.txt", "code "+string(rune('0'+got.code))+"\n"+got.out)
}

// Only cookies of the name are counted, and all of a line.
func TestRotateName(t *testing.T) {
	a, b := signedBy(t, strongKey, time.Hour), signedBy(t, strongKey, 2*time.Hour)
	for name, want := range map[string]string{"": `"cookies":2`, "sessionid": `"cookies":1`, "other": `"cookies":1`} {
		args := []string{"rotate", "--json"}
		if name != "" {
			args = append(args, "--name", name)
		}
		if got := cli(key(strongKey), "Cookie: sessionid="+a+"; other="+b, args...); !strings.Contains(got.out, want) {
			t.Errorf("--name %q: want %s:\n%s%s", name, want, got.out, got.errors)
		}
	}
}

// Any stream can be counted: no panic, and one of two exit codes.
func FuzzRotate(f *testing.F) {
	f.Add("sessionid=" + djangoCookie + "\n" + djangoCookie)
	f.Add("\x00:\n::\n" + strings.Repeat("a:", 1000))
	f.Fuzz(func(t *testing.T, stream string) {
		got := cli(key(testKey), stream, "rotate")
		checkPrintable(t, []string{"rotate"}, got.out+got.errors)
		if got.code != 0 && got.code != 4 {
			t.Errorf("code %d", got.code)
		}
	})
}
