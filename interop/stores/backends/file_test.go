package backends_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/filestore"
	"github.com/seed-52756201/saltine/interop/stores/engines"
	"github.com/seed-52756201/saltine/interop/stores/livedjango"
)

func newFiles(t testing.TB, folder string) *filestore.Backend {
	t.Helper()
	b, err := filestore.New(folder, newData(t), nil)
	check(t, err)
	return b
}

func startDjangoOn(t testing.TB, folder string) *livedjango.Django {
	t.Helper()
	django, err := livedjango.Start(livedjango.Config{Store: livedjango.File, Folder: folder})
	engines.Require(t, err)
	t.Cleanup(func() { check(t, django.Stop()) })
	return django
}

func TestDjangoFiles(t *testing.T) {
	folder := t.TempDir()
	django := startDjangoOn(t, folder)
	store := newStore(t, newFiles(t, folder))
	s := store.Open(t.Context(), "")
	s.Set("text", "é日😀 \x00")
	check(t, s.Save())
	contents, err := django.Dump()
	check(t, err)
	if file := contents.Files["sessionid"+s.Key()]; file.Mode != "0600" || file.Data == nil {
		t.Errorf("the file: mode %s", file.Mode)
	}

	d := openDjango(t, django, "d", s.Key())
	if got := call(t, d, "get", "text"); got != `"\u00e9\u65e5\ud83d\ude00 \u0000"` {
		t.Errorf("Django reads %s", got)
	}
	call(t, d, "[]=", "n", 5)
	call(t, d, "save")
	late := store.Open(t.Context(), s.Key())
	if late.Get("n") != int64(5) || late.Get("text") != "é日😀 \x00" {
		t.Errorf("Go reads %v, %v", late.Get("n"), late.Err())
	}
	call(t, d, "flush")
	if err := late.Save(); !errors.Is(err, saltine.ErrInterrupted) {
		t.Errorf("saved after Django's flush: %v", err)
	}
	s = store.Open(t.Context(), "")
	check(t, s.Save())
	d = openDjango(t, django, "e", s.Key())
	call(t, d, "get", "n")
	check(t, s.Flush())
	outcome, err := d.Call("save")
	check(t, err)
	if outcome.Raised == nil || outcome.Raised.Class != "UpdateError" {
		t.Errorf("Django saves what Go deleted: %+v", outcome)
	}
}

// A session that ends before the date in its values does so in Django, and keeps the date
// when Django saves it.
func TestDjangoFilesEndSooner(t *testing.T) {
	folder := t.TempDir()
	django := startDjangoOn(t, folder)
	b := newFiles(t, folder)
	text := `{"a":1,"_session_expiry":"` + time.Now().Add(48*time.Hour).UTC().Format("2006-01-02T15:04:05+00:00") + `"}`
	var r saltine.Record
	check(t, r.ParseJSON([]byte(text)))
	for key, left := range map[string]time.Duration{"livesalittle": 10 * time.Minute, "endedended": -time.Second} {
		r.Expires = time.Now().Add(left)
		check(t, b.Create(t.Context(), key, r))
		want := "1"
		if left < 0 {
			want = "null"
		}
		d := openDjango(t, django, key, key)
		if got := call(t, d, "get", "a"); got != want {
			t.Errorf("%s: Django reads %s, want %s", key, got, want)
		}
		if left < 0 {
			continue
		}
		call(t, d, "[]=", "n", 5)
		call(t, d, "save")
		got, err := b.Load(t.Context(), key)
		check(t, err)
		want = strings.TrimSuffix(text, "}") + `,"n":5}`
		if text, err := got.AppendJSON(nil); string(text) != want || err != nil || got.Age > 48*time.Hour {
			t.Errorf("saved by Django: %s, %v, %v left", text, err, got.Age)
		}
	}
}

// The age of a file, on both sides, and what clear_expired leaves.
func TestDjangoFilesAge(t *testing.T) {
	const twoWeeks = 1209600
	folder := t.TempDir()
	django := startDjangoOn(t, folder)
	b := newFiles(t, folder)
	planted := map[string]struct {
		offset float64
		want   error
	}{
		"freshfresh": {0, nil}, "almostended": {-twoWeeks + 60, nil}, "endedended": {-twoWeeks - 1, saltine.ErrNoSession},
	}
	for key, p := range planted {
		check(t, django.PlantFile(key, map[string]any{"a": 1}, p.offset))
		r, err := b.Load(t.Context(), key)
		if !errors.Is(err, p.want) {
			t.Errorf("%s: %v", key, err)
		}
		if left := time.Duration(twoWeeks+p.offset) * time.Second; err == nil && (left-r.Age).Abs() > 5*time.Second {
			t.Errorf("%s: %v left, want %v", key, r.Age, left)
		}
	}
	check(t, django.PlantFileText("junkjunk", []byte("junk"), -twoWeeks-1))
	check(t, b.ClearExpired(t.Context()))
	contents, err := django.Dump()
	check(t, err)
	if len(contents.Files) != 2 {
		t.Errorf("%d files are left, want 2", len(contents.Files))
	}
}
