package main

import (
	"bytes"
	"compress/zlib"
	"context"
	"crypto"
	_ "crypto/sha1" //nolint:gosec // of session_data before Django 3.1
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/interop/stores/storevectors"
	"github.com/seed-52756201/saltine/sqlstore"
)

const cookieAge = storevectors.CookieAge * time.Second

// The rules for rows.
const (
	ruleNoRow  = "Django raised and stored nothing: before 4.1 a date that JSON cannot hold as the expiry"
	rulePickle = "session_data that is a pickle, of PickleSerializer up to Django 4.2, is unreadable"
	ruleSummer = "with USE_TZ = False Django adds the age to the wall clock: the end shifts by an hour where summer time begins or ends before it"
)

// oldForm reports whether a Django writes session_data in the form before 3.1.
func oldForm(django string, algorithm *string) bool {
	return versionNumber(django) < versionNumber("3.1") || algorithm != nil && *algorithm == "sha1"
}

// sessionData returns what reads and writes session_data as that Django does, at a stopped clock.
func (r *runner) sessionData(old bool, salt saltine.Salt, now time.Time) (*saltine.SessionData, error) {
	opts := &saltine.KeyringOptions{}
	if old {
		opts.Algorithm = crypto.SHA1
	}
	keys, err := saltine.NewKeyring(saltine.Key(r.file.Secret), opts)
	if err != nil {
		return nil, err
	}
	return saltine.NewSessionData(keys, &saltine.Options{Salt: salt, Now: stopped(now)})
}

func stopped(at time.Time) func() time.Time { return func() time.Time { return at } }

// rows reads the rows that Django wrote, and writes them again.
func (r *runner) rows() error {
	for i := range r.file.Rows {
		setting := &r.file.Rows[i]
		err := r.on(setting.Engine, len(setting.Tests), func(db *database) error {
			for j := range setting.Tests {
				test := &setting.Tests[j]
				difference, rule, err := r.rowTest(db, setting, test, j == 0)
				if err != nil {
					return fmt.Errorf("%s: %w", test.Name, err)
				}
				r.result(fmt.Sprintf("rows/%s/%s/%s", setting.Engine, setting.Django, test.Name), difference, rule)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// zone returns the zone of a setting's dates, and the time that a Django with it took for now: with USE_TZ = False the wall clock, which in
// the recordings showed UTC, as a time of TIME_ZONE.
func zone(s *storevectors.RowSetting, now time.Time) (*time.Location, time.Time, error) {
	name := "UTC"
	switch {
	case !s.UseTZ:
		name = s.TimeZone
	case s.DatabaseTimeZone != nil:
		name = *s.DatabaseTimeZone
	}
	location, err := time.LoadLocation(name)
	if err == nil && !s.UseTZ {
		now = time.Date(now.Year(), now.Month(), now.Day(), now.Hour(), now.Minute(), now.Second(), now.Nanosecond(), location)
	}
	return location, now, err
}

func (r *runner) rowTest(db *database, s *storevectors.RowSetting, test *storevectors.RowTest, first bool) (difference, rule string, err error) {
	if test.Exception != "" {
		return "no row", ruleNoRow, nil
	}
	signed := moment(test.Now)
	location, now, err := zone(s, signed)
	if err != nil {
		return "", "", err
	}
	data, err := r.sessionData(oldForm(s.Django, s.Algorithm), "", signed)
	if err != nil {
		return "", "", err
	}
	backend, err := sqlstore.New(db, db.dialect, data, &sqlstore.Options{Location: location, Now: stopped(now)})
	if err != nil {
		return "", "", err
	}
	ctx := context.Background()
	if first {
		if err := db.runLines(ctx, backend.Schema()); err != nil {
			return "", "", err
		}
	}
	if err := db.plant(ctx, "django_session", row{test.SessionKey, test.SessionData, test.ExpireDate}); err != nil {
		return "", "", err
	}
	end, err := recordedDate(test.ExpireDate, location)
	if err != nil {
		return "", "", err
	}
	if difference = readRow(ctx, backend, test, end, now); difference != "" || s.Serializer == "PickleSerializer" {
		return difference, pickleRule(s, difference), nil
	}
	difference, _, err = rewriteRow(ctx, db, backend, data, test, rewriting{signed, now, location})
	_, before := now.In(location).Zone()
	if _, after := end.In(location).Zone(); !s.UseTZ && before != after && strings.HasPrefix(difference, otherEnd) {
		rule = ruleSummer
	}
	return difference, rule, err
}

func pickleRule(s *storevectors.RowSetting, difference string) string {
	if s.Serializer == "PickleSerializer" && difference == unreadable {
		return rulePickle
	}
	return ""
}

// recordedDate returns the time in the engine's text of a column.
func recordedDate(text string, location *time.Location) (at time.Time, err error) {
	for _, layout := range []string{"2006-01-02 15:04:05", "2006-01-02 15:04:05-07", "2006-01-02 15:04:05-07:00"} {
		if at, err = time.ParseInLocation(layout, text, location); err == nil {
			return at, nil
		}
	}
	return at, err
}

// unreadable is the difference of a row that gives no session, without a failure of the engine.
const unreadable = "the row cannot be read"

// readRow says what is otherwise than in Django when a row is read that ends at a time.
func readRow(ctx context.Context, b *sqlstore.Backend, test *storevectors.RowTest, end, now time.Time) string {
	loaded, err := b.Load(ctx, test.SessionKey)
	switch {
	case !end.After(now) && errors.Is(err, saltine.ErrNoSession):
		return ""
	case !end.After(now):
		return fmt.Sprintf("it has expired, but Load says %v", err)
	case errors.Is(err, saltine.ErrMalformed):
		return unreadable
	case err != nil:
		return err.Error()
	case !loaded.Expires.Equal(end):
		return fmt.Sprintf("it ends %v, want %v", loaded.Expires, end)
	case test.ExpireUnix != nil && !loaded.Expires.Equal(moment(*test.ExpireUnix)):
		return fmt.Sprintf("it ends %v, want %v", loaded.Expires, *test.ExpireUnix)
	}
	return recordDiffers(loaded, &test.Data)
}

// otherEnd begins the difference of a row that ends at another time.
const otherEnd = "written again it ends "

// rewriting is when and where a row is written again.
type rewriting struct {
	signed, now time.Time
	location    *time.Location
}

// rewriteRow writes the values of a row under another key, at the time of the recording, and says what is otherwise in the new row.
func rewriteRow(ctx context.Context, db *database, b *sqlstore.Backend, data *saltine.SessionData, test *storevectors.RowTest, w rewriting) (difference, rule string, err error) {
	r, err := data.DecodeRecord(test.SessionData)
	if err != nil {
		return said(err)
	}
	r.Saved = w.signed
	if r.Expires, err = r.ExpiryDate(w.now, cookieAge, w.location); err != nil {
		return said(err)
	}
	const key = "writtenagain"
	if err := errors.Join(b.Delete(ctx, key), b.Create(ctx, key, r)); err != nil {
		return said(err)
	}
	rows, err := db.rows(ctx, "django_session")
	if err != nil {
		return "", "", err
	}
	got, want := rows[key], rows[test.SessionKey]
	if got.date != want.date {
		return fmt.Sprintf(otherEnd+"%s, want %s", got.date, want.date), "", nil
	}
	return sameData(data, want.data, got.data), "", nil
}

// sameData says how a text of session_data differs from Django's. Compressed ones are compared after inflating, for encoders differ.
func sameData(data *saltine.SessionData, want, got string) string {
	if want == got {
		return ""
	}
	if !strings.HasPrefix(want, ".") || !strings.HasPrefix(got, ".") {
		return fmt.Sprintf("session_data is %.200s, want %.200s", got, want)
	}
	if _, err := data.DecodeRecord(got); err != nil {
		return err.Error()
	}
	wantPayload, wantStamp := inflated(want)
	gotPayload, gotStamp := inflated(got)
	if wantPayload != gotPayload || wantStamp != gotStamp {
		return fmt.Sprintf("session_data holds %.200s, want %.200s", gotPayload, wantPayload)
	}
	return ""
}

// inflated returns what is in a compressed token, and its timestamp.
func inflated(token string) (payload, stamp string) {
	parts := strings.Split(token, ":")
	if len(parts) != 3 {
		return "no token", ""
	}
	packed, err := base64.RawURLEncoding.DecodeString(parts[0][1:])
	if err != nil {
		return err.Error(), ""
	}
	reader, err := zlib.NewReader(bytes.NewReader(packed))
	if err != nil {
		return err.Error(), ""
	}
	text, err := io.ReadAll(reader)
	if err != nil {
		return err.Error(), ""
	}
	return string(text), parts[1]
}
