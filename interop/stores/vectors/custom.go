package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/interop/stores/storevectors"
	"github.com/seed-52756201/saltine/sqlstore"
)

const customTable = "custom_session"

// customModel saves and loads a session in a table with one more column, which Django's statements make.
func (r *runner) customModel() error {
	for _, run := range slices.Sorted(maps.Keys(r.file.CustomModel)) {
		model := r.file.CustomModel[run]
		err := r.on(engineOf(run), 1, func(db *database) error {
			difference, err := r.customTest(db, run, &model)
			r.result("custom_model/"+run, difference, "")
			return err
		})
		if err != nil {
			return fmt.Errorf("%s: %w", run, err)
		}
	}
	return nil
}

// accountID is the further column of the recordings, as create_model_instance fills it.
func accountID(r saltine.Record) (any, error) {
	id, ok := r.Get("_auth_user_id").(string)
	if !ok {
		return nil, nil //nolint:nilnil // NULL
	}
	return strconv.Atoi(id)
}

func (r *runner) customTest(db *database, run string, model *storevectors.CustomModel) (string, error) {
	ctx := context.Background()
	data, err := r.sessionData(oldForm(djangoOf(run), nil), saltine.Salt(orEmpty(model.KeySalt)), r.clock())
	if err != nil {
		return "", err
	}
	opts := &sqlstore.Options{Table: customTable, Now: r.clock, Columns: []sqlstore.Column{{Name: "account_id", Type: "integer NULL", Value: accountID}}}
	b, err := sqlstore.New(db, db.dialect, data, opts)
	if err != nil {
		return "", err
	}
	if table, _, _ := strings.Cut(b.Schema(), "\n"); table != model.DDL[0] {
		return fmt.Sprintf("the table is made by %s, want %s", table, model.DDL[0]), nil
	}
	if err := db.runLines(ctx, strings.Join(model.DDL, "\n")); err != nil {
		return "", err
	}
	recorded, err := data.Decode(model.Rows[0].SessionData)
	if err != nil {
		return err.Error(), err
	}
	if err := r.saveCustom(ctx, b, model.Rows[0].SessionKey, recorded); err != nil {
		return "", err
	}
	return sameCustomRows(ctx, db, b, model)
}

// saveCustom saves a session of somebody else under a key, and then the recorded values over it.
func (r *runner) saveCustom(ctx context.Context, b *sqlstore.Backend, key string, recorded *saltine.Session) error {
	store, err := saltine.NewServerStore(b, &saltine.ServerStoreOptions{Now: r.clock, NewKey: func() string { return key }})
	if err != nil {
		return err
	}
	s := store.Open(ctx, "")
	s.Set("_auth_user_id", "1")
	if err := s.Save(); err != nil {
		return err
	}
	for name, value := range recorded.Items() {
		s.Set(name, value)
	}
	return s.Save()
}

func sameCustomRows(ctx context.Context, db *database, b *sqlstore.Backend, model *storevectors.CustomModel) (difference string, err error) {
	rows, err := db.QueryContext(ctx, "SELECT session_key, session_data, account_id FROM "+customTable)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var got []storevectors.CustomRow
	for rows.Next() {
		var row storevectors.CustomRow
		if err := rows.Scan(&row.SessionKey, &row.SessionData, &row.AccountID); err != nil {
			return "", err
		}
		got = append(got, row)
	}
	if !slices.Equal(model.Rows, got) {
		return fmt.Sprintf("the rows are %+v, want %+v", got, model.Rows), nil
	}
	if model.SaveNew.Exception != nil || model.SaveAgain.Exception != nil {
		return "Django raised, and this does not", nil
	}
	_, err = b.Load(ctx, got[0].SessionKey)
	return "", errors.Join(err, rows.Err())
}
