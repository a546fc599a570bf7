package backends_test

import (
	"context"
	"crypto"
	"crypto/rand"
	_ "crypto/sha1" // of session_data before Django 3.1
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/filestore"
	"github.com/seed-52756201/saltine/interop/stores/storevectors"
	"github.com/seed-52756201/saltine/sqlstore"
)

// plantText puts a row there whose session_data is a text, with an end an hour from now.
func (p *place) plantText(t testing.TB, db *sql.DB, key, text string) {
	t.Helper()
	end := any(time.Now().Add(time.Hour).UTC().Format("2006-01-02 15:04:05"))
	query := "INSERT INTO django_session (session_key, session_data, expire_date) VALUES (?, ?, ?)"
	if p.dialect == sqlstore.PostgreSQL {
		end, query = time.Now().Add(time.Hour), "INSERT INTO django_session (session_key, session_data, expire_date) VALUES ($1, $2, $3)"
	}
	_, err := db.ExecContext(t.Context(), query, key, text, end)
	check(t, err)
}

const planted = "plantedplantedplanted"

// Rows that nobody can read: the session is empty, its key stays, and the next save replaces the row. One that is only too large stays.
func TestJunkRows(t *testing.T) {
	old := base64.StdEncoding.EncodeToString([]byte(`0123456789012345678901234567890123456789:{"a":1}`))
	for _, p := range places {
		t.Run(p.name, func(t *testing.T) {
			db := p.open(t)
			b := p.backend(t, db, nil)
			store := newStore(t, b)
			for name, text := range map[string]string{
				"empty": "", "junk": "junk", "colons": ":::", "JSON": `{"a": 1}`, "not ASCII": "é日😀", "old form of another key": old,
				"a bomb": "." + strings.Repeat("A", 5000) + ":1xocE4:AAAA", "line breaks": "\r\n\t", "SQL": "'; DROP TABLE django_session; --",
			} {
				check(t, b.Delete(t.Context(), planted))
				p.plantText(t, db, planted, text)
				s := store.Open(t.Context(), planted)
				if got := s.Get("a"); got != nil || s.Key() != planted || s.Err() == nil || errors.Is(s.Err(), saltine.ErrUnavailable) {
					t.Errorf("%s: a is %v, %v", name, got, s.Err())
				}
				s.Set("a", 2)
				check(t, s.Save())
				if got := store.Open(t.Context(), planted).Get("a"); got != int64(2) {
					t.Errorf("%s: after the save a is %v", name, got)
				}
			}
			check(t, b.Delete(t.Context(), planted))
			p.plantText(t, db, planted, strings.Repeat("x", 1<<20))
			s := store.Open(t.Context(), planted)
			s.Set("a", 2)
			if err := s.Save(); !errors.Is(err, saltine.ErrTooLarge) {
				t.Errorf("a row that is too large is saved over: %v", err)
			}
		})
	}
}

// Rows of Django 3.0 are read with SHA-1 among the legacy algorithms, and written in the new form. Otherwise they are unreadable.
func TestRowsOfDjango30(t *testing.T) {
	file, err := storevectors.Load()
	check(t, err)
	text := ""
	for _, setting := range file.Rows {
		for _, test := range setting.Tests {
			if setting.Django == "3.0.14" && test.Name == "row_auth" {
				text = test.SessionData
			}
		}
	}
	newStores := func(t *testing.T, p *place, db *sql.DB, legacy ...crypto.Hash) (*saltine.ServerStore, *saltine.SessionData) {
		t.Helper()
		keys, err := saltine.NewKeyring(saltine.Key(file.Secret), &saltine.KeyringOptions{LegacyAlgorithms: legacy})
		check(t, err)
		data, err := saltine.NewSessionData(keys, nil)
		check(t, err)
		b, err := sqlstore.New(db, p.dialect, data, nil)
		check(t, err)
		return newStore(t, b), data
	}
	for _, p := range places {
		t.Run(p.name, func(t *testing.T) {
			db := p.open(t)
			p.plantText(t, db, planted, text)
			plain, newForm := newStores(t, &p, db)
			s := plain.Open(t.Context(), planted)
			if s.Get("_auth_user_id") != nil || !errors.Is(s.Err(), saltine.ErrBadSignature) || s.Key() != planted {
				t.Errorf("without SHA-1: %v", s.Err())
			}
			both, _ := newStores(t, &p, db, crypto.SHA1)
			s = both.Open(t.Context(), planted)
			if s.Get("_auth_user_id") != "1" {
				t.Errorf("with SHA-1: %v", s.Err())
			}
			s.Set("n", 1)
			check(t, s.Save())
			var row string
			check(t, db.QueryRowContext(t.Context(), "SELECT session_data FROM django_session").Scan(&row))
			if _, err := newForm.Decode(row); err != nil {
				t.Errorf("saved again: %v", err)
			}
		})
	}
}

// An engine that answers after the deadline: the request fails in time. Whether its change is stored nobody can know, but the session is
// there and whole.
func TestAnswersTooLate(t *testing.T) {
	for _, p := range places {
		t.Run(p.name, func(t *testing.T) {
			if dsn := p.dsn; p.dialect == sqlstore.SQLite { // its busy timeout does not look at the deadline
				p.dsn = func(t testing.TB) string { return strings.Replace(dsn(t), "(20000)", "(500)", 1) }
			}
			db := p.open(t)
			store := newStore(t, p.backend(t, db, nil))
			s := store.Open(t.Context(), "")
			s.Set("a", 1)
			check(t, s.Save())
			tx, err := db.BeginTx(t.Context(), nil)
			check(t, err)
			check(t, p.backend(t, tx, nil).Update(t.Context(), s.Key(), saltine.Record{Expires: time.Now().Add(time.Hour)})) // it holds the row
			ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
			defer cancel()
			late := store.Open(ctx, s.Key())
			late.Set("a", 2)
			began := time.Now()
			if err := late.Save(); !errors.Is(err, saltine.ErrUnavailable) {
				t.Errorf("while somebody holds the row: %v", err)
			}
			if took := time.Since(began); took > 10*time.Second {
				t.Errorf("it failed after %v", took)
			}
			check(t, tx.Rollback())
			again := store.Open(t.Context(), s.Key())
			if got := again.Get("a"); got != int64(1) && got != int64(2) {
				t.Errorf("a is %v, %v", got, again.Err())
			}
			again.Set("a", 3)
			check(t, again.Save())
		})
	}
}

// What is gone between load and save is an error of the engine, not a session that was deleted.
func TestGoneBetweenLoadAndSave(t *testing.T) {
	folder := t.TempDir() + "/sessions"
	check(t, os.Mkdir(folder, 0o700))
	lite := places[2]
	db, err := sql.Open(lite.driver, lite.dsn(t))
	check(t, err)
	rows := lite.backend(t, db, nil)
	run(t, db, rows.Schema())
	for _, tt := range []struct {
		name    string
		backend saltine.Backend
		end     func() error
	}{
		{"a folder that is removed", newFiles(t, folder), func() error { return os.RemoveAll(folder) }},
		{"a table that is dropped", rows, func() error {
			_, err := db.ExecContext(t.Context(), "DROP TABLE django_session")
			return err
		}},
		{"a database that is closed", rows, db.Close},
	} {
		store := newStore(t, tt.backend)
		if tt.name == "a database that is closed" {
			run(t, db, rows.Schema())
		}
		s := store.Open(t.Context(), "")
		s.Set("a", 1)
		check(t, s.Save())
		s = store.Open(t.Context(), s.Key())
		s.Set("a", 2)
		check(t, tt.end())
		if err := s.Save(); !errors.Is(err, saltine.ErrUnavailable) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

// A disk that is full: the save fails, and the session stays as it was.
func TestFullSQLite(t *testing.T) {
	p := places[2]
	db := p.open(t)
	db.SetMaxOpenConns(1) // the limit is that of a connection
	store := newStore(t, p.backend(t, db, nil))
	s := store.Open(t.Context(), "")
	s.Set("a", 1)
	check(t, s.Save())
	var pages int
	check(t, db.QueryRowContext(t.Context(), "PRAGMA page_count").Scan(&pages))
	check(t, db.QueryRowContext(t.Context(), "PRAGMA max_page_count = 1").Scan(&pages)) // SQLite takes what there is
	key := s.Key()
	s.Set("large", strings.Repeat("0123456789abcdef", 3000)+base64.StdEncoding.EncodeToString(make([]byte, 100)))
	s.Set("random", randomText(t, 30000))
	if err := s.Save(); !errors.Is(err, saltine.ErrUnavailable) {
		t.Fatalf("on a full disk: %v", err)
	}
	if got := store.Open(t.Context(), key).Get("a"); got != int64(1) {
		t.Errorf("a is %v", got)
	}
	fresh := store.Open(t.Context(), "")
	fresh.Set("random", randomText(t, 30000))
	if err := fresh.Save(); !errors.Is(err, saltine.ErrUnavailable) || fresh.Key() != "" {
		t.Errorf("a new session on a full disk: %v", err)
	}
}

// A clock that jumps: sessions end and come back with it, and no jump makes one live for ever.
func TestClockJumps(t *testing.T) {
	clock := time.Now().UTC().Truncate(time.Second)
	now := func() time.Time { return clock }
	data := newData(t)
	files, err := filestore.New(t.TempDir(), data, &filestore.Options{Now: now})
	check(t, err)
	backends := map[string]saltine.Backend{"files": files}
	for _, p := range places {
		backends[p.name] = p.backend(t, p.open(t), &sqlstore.Options{Now: now})
	}
	const age = 1209600 * time.Second
	for name, b := range backends {
		start := clock
		store, err := saltine.NewServerStore(b, &saltine.ServerStoreOptions{Now: now})
		check(t, err)
		s := store.Open(t.Context(), "")
		s.Set("a", 1)
		check(t, s.Save())
		for _, jump := range []struct {
			by   time.Duration
			want error
		}{
			{0, nil}, {age - time.Second, nil}, {age, saltine.ErrNoSession}, {100 * age, saltine.ErrNoSession}, {-time.Hour, nil}, {-100 * age, nil}, {0, nil},
		} {
			clock = start.Add(jump.by)
			if _, err := store.Load(t.Context(), s.Key()); !errors.Is(err, jump.want) {
				t.Errorf("%s: a clock that jumps by %v: %v, want %v", name, jump.by, err, jump.want)
			}
		}
		clock = start.Add(-time.Hour) // saved while the clock is behind, it ends two weeks after that
		back := store.Open(t.Context(), s.Key())
		back.Set("a", 2)
		check(t, back.Save())
		clock = start.Add(age - time.Hour + time.Second)
		if _, err := store.Load(t.Context(), s.Key()); !errors.Is(err, saltine.ErrNoSession) {
			t.Errorf("%s: saved by a clock that was behind: %v", name, err)
		}
		check(t, store.ClearExpired(t.Context()))
		if exists, err := store.Exists(t.Context(), s.Key()); exists || err != nil {
			t.Errorf("%s: it is there after ClearExpired: %t, %v", name, exists, err)
		}
		clock = start
	}
}

// randomText returns a text that does not compress.
func randomText(t testing.TB, size int) string {
	t.Helper()
	b := make([]byte, size/2)
	rand.Read(b) // never fails
	return hex.EncodeToString(b)
}
