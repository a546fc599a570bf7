package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/interop/stores/storevectors"
	"github.com/seed-52756201/saltine/sqlstore"
)

// ruleNoKey is for cookies that end in a 500 of Django.
const ruleNoKey = "a cookie that the engine cannot take as a key is an unknown key; Django raises"

// hostileKeys opens sessions under cookies that are no keys of Django's, once as a store does unless told otherwise, and once with every
// text let through to the engine.
func (r *runner) hostileKeys() error {
	outcomes := newestOutcomes(r.file.HostileKeys, func(k *storevectors.HostileKey) string { return k.Cookie },
		func(k *storevectors.HostileKey) []storevectors.Place { return k.SeenOn }, "")
	for _, g := range sortedGroups(outcomes) {
		test := outcomes[g]
		err := r.on(g.engine, 1, func(db *database) error {
			difference, err := r.hostileKey(db, test)
			rule := ""
			if test.GetException != "" || test.SaveException != "" {
				rule = ruleNoKey
				if difference == "" {
					difference = "Django raises"
				} else {
					rule = ""
				}
			}
			r.result(fmt.Sprintf("hostile_keys/%s/%.40q", g.engine, test.Cookie), difference, rule)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (r *runner) hostileKey(db *database, test *storevectors.HostileKey) (difference string, err error) {
	data, err := r.sessionData(false, "", r.clock())
	if err != nil {
		return "", err
	}
	b, err := sqlstore.New(db, db.dialect, data, &sqlstore.Options{Now: r.clock})
	if err != nil {
		return "", err
	}
	ctx := context.Background()
	if err := db.runLines(ctx, b.Schema()); err != nil {
		return "", err
	}
	for _, validKey := range []func(string) bool{nil, func(string) bool { return true }} {
		store, err := saltine.NewServerStore(b, &saltine.ServerStoreOptions{Now: r.clock, ValidKey: validKey})
		if err != nil {
			return "", err
		}
		if difference := openHostile(ctx, store, test); difference != "" {
			return difference, nil
		}
	}
	rows, err := db.rows(ctx, "django_session")
	if _, planted := rows[test.Cookie]; planted || len(rows) != 2 {
		return fmt.Sprintf("%d rows, and the cookie is a key: %t", len(rows), planted), err
	}
	return "", err
}

// unknown reports whether a session that was read is one that is not there: it has no key, and nothing failed.
func unknown(s *saltine.Session) bool { return errors.Is(s.Err(), saltine.ErrNoSession) }

// openHostile says what is otherwise than in Django. What raised there must come out as for any unknown key.
func openHostile(ctx context.Context, store *saltine.ServerStore, test *storevectors.HostileKey) string {
	s := store.Open(ctx, test.Cookie)
	if got := s.Get("a"); got != nil || !unknown(s) {
		return fmt.Sprintf("get returns %v, %v", got, s.Err())
	}
	wantKey, wantNew := orEmpty(test.KeyAfter), orEmpty(test.KeyAfterSave) == "new"
	if test.GetException != "" {
		wantKey, wantNew = "", true
	}
	if s.Key() != wantKey {
		return fmt.Sprintf("the key is %q, want %q", s.Key(), wantKey)
	}
	s.Set("a", 1)
	if err := s.Save(); err != nil {
		return err.Error()
	}
	if isNew := !slices.Contains([]string{"", test.Cookie}, s.Key()); isNew != wantNew {
		return fmt.Sprintf("the key is new: %t, want %t", isNew, wantNew)
	}
	return ""
}
