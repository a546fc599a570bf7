package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/interop/stores/storevectors"
	"github.com/seed-52756201/saltine/sqlstore"
)

// waits is how long a call that does not return is taken for one that waits.
const waits = 150 * time.Millisecond

// races plays the races of two connections.
func (r *runner) races() error {
	for _, run := range slices.Sorted(maps.Keys(r.file.Races)) {
		want := r.file.Races[run]
		err := r.on(engineOf(run), 1, func(db *database) error {
			difference, err := r.raceTest(db, &want)
			r.result("races/"+run, difference, "")
			return err
		})
		if err != nil {
			return fmt.Errorf("%s: %w", run, err)
		}
	}
	return nil
}

// racer plays the races on one table.
type racer struct {
	ctx     context.Context
	db      *database
	backend *sqlstore.Backend
	store   *saltine.ServerStore
	record  saltine.Record
}

func (r *runner) raceTest(db *database, want *storevectors.Races) (string, error) {
	data, err := r.sessionData(false, "", r.clock())
	if err != nil {
		return "", err
	}
	b, err := sqlstore.New(db, db.dialect, data, &sqlstore.Options{Now: r.clock})
	if err != nil {
		return "", err
	}
	store, err := saltine.NewServerStore(b, &saltine.ServerStoreOptions{Now: r.clock})
	if err != nil {
		return "", err
	}
	race := &racer{context.Background(), db, b, store, saltine.Record{Expires: r.clock().Add(time.Hour)}}
	if err := db.runLines(race.ctx, b.Schema()); err != nil {
		return "", err
	}
	got := storevectors.Races{}
	lost, err := race.lostUpdate(&want.LostUpdate)
	if err != nil {
		return "", err
	}
	if text, _ := pythonText(want.LostUpdate.Value()); sorted(text) != sorted(lost) {
		return fmt.Sprintf("of two saves %s is left, want %s", lost, text), nil
	}
	if err := errors.Join(race.twoInserts(&got.TwoInserts), race.deleteWhileSaving(&got), race.inTransaction(&got)); err != nil {
		return "", err
	}
	got.LostUpdate = want.LostUpdate
	gotText, wantText := fmt.Sprintf("%+v", &got), fmt.Sprintf("%+v", want)
	if gotText != wantText {
		return fmt.Sprintf("they end as %s, want %s", gotText, wantText), nil
	}
	return "", nil
}

// lostUpdate returns what is left of two requests that read, and then both save. What the recording has from the second one begins with
// "from_"; the rest was there before.
func (r *racer) lostUpdate(want *storevectors.Data) (string, error) {
	s := r.store.Open(r.ctx, "")
	dict, ok := want.Value().(*storevectors.Dict)
	if !ok {
		return "", errors.New("the recording of the lost update is no dict")
	}
	changes := map[string]json.RawMessage{}
	for _, item := range dict.Items {
		name, _ := item.Key.(string)
		text, _ := pythonText(item.Value)
		if strings.HasPrefix(name, "from_") {
			changes[name] = json.RawMessage(text)
			continue
		}
		s.Set(name, json.RawMessage(text))
	}
	if err := s.Save(); err != nil {
		return "", err
	}
	first, second := r.store.Open(r.ctx, s.Key()), r.store.Open(r.ctx, s.Key())
	if first.Len() == 0 || second.Len() == 0 {
		return "", errors.Join(errors.New("the session is not there"), first.Err(), second.Err())
	}
	first.Set("from_the_first", 1)
	for name, value := range changes {
		second.Set(name, value)
	}
	if err := errors.Join(first.Save(), second.Save()); err != nil {
		return "", err
	}
	record, err := r.backend.Load(r.ctx, s.Key())
	if err != nil {
		return "", err
	}
	text, err := record.AppendJSON(nil)
	return string(text), errors.Join(err, r.store.Delete(r.ctx, s.Key()))
}

// against calls one in a transaction, and other outside of it, and commits while other waits or after it has returned.
func (r *racer) against(one func(*sqlstore.Backend) error, other func(*sqlstore.Backend) error) (first, second string, waited bool, err error) {
	tx, err := r.db.BeginTx(r.ctx, nil)
	if err != nil {
		return "", "", false, err
	}
	defer tx.Rollback() //nolint:errcheck // it is committed
	if err := one(r.backend.With(tx)); err != nil {
		return exception(err), "", false, nil
	}
	ended := make(chan error, 1)
	go func() { ended <- other(r.backend) }()
	select {
	case err = <-ended:
		ended <- err
	case <-time.After(waits):
		waited = true
	}
	if err := tx.Commit(); err != nil {
		return exception(err), "", waited, nil
	}
	if second = exceptionOf(<-ended); second == "" {
		second = "committed"
	}
	return "committed", second, waited, nil
}

// exceptionOf is exception of an error of a Backend.
func exceptionOf(err error) string {
	if errors.Is(err, saltine.ErrNoSession) {
		return "UpdateError"
	}
	return exception(err)
}

func (r *racer) twoInserts(got *storevectors.TwoInserts) (err error) {
	create := func(b *sqlstore.Backend) error { return b.Create(r.ctx, "insertedtwice", r.record) }
	got.First, got.Second, got.SecondWaited, err = r.against(create, create)
	return errors.Join(err, r.backend.Delete(r.ctx, "insertedtwice"))
}

func (r *racer) deleteWhileSaving(got *storevectors.Races) error {
	const key = "deletedandsaved"
	if err := r.backend.Create(r.ctx, key, r.record); err != nil {
		return err
	}
	race := &got.DeleteWhileSaving
	var err error
	race.Deleter, race.Saver, race.SaverWaited, err = r.against(
		func(b *sqlstore.Backend) error { return b.Delete(r.ctx, key) },
		func(b *sqlstore.Backend) error { return b.Update(r.ctx, key, r.record) })
	if err != nil {
		return err
	}
	got.RowsAfter = []json.RawMessage{}
	rows, err := r.db.rows(r.ctx, "django_session")
	for key := range rows {
		got.RowsAfter = append(got.RowsAfter, json.RawMessage(key))
	}
	return err
}

// inTransaction saves a row that stays as it is, and goes on in a transaction after a key was taken.
func (r *racer) inTransaction(got *storevectors.Races) error {
	ok := func(err error) string {
		if err == nil {
			return "ok"
		}
		return exceptionOf(err)
	}
	const key = "takentaken"
	if err := r.backend.Create(r.ctx, key, r.record); err != nil {
		return err
	}
	got.SaveIdenticalRow = ok(r.backend.Update(r.ctx, key, r.record))
	tx, err := r.db.BeginTx(r.ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // it is committed
	in := r.backend.With(tx)
	got.MustCreateInsideAtomic = ok(in.Create(r.ctx, key, r.record))
	got.SaveAfterCreateErrorInsideAtomic = ok(in.Update(r.ctx, key, r.record))
	return tx.Commit()
}
