package authvectors

import (
	"context"
	"crypto"
	_ "crypto/sha1" //nolint:gosec // G505: the hash of Django to 3.0, inside HMAC
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/djangoauth"
	"github.com/seed-52756201/saltine/internal/recording"
	"github.com/seed-52756201/saltine/sessioncookie"
)

const engineDB = "db"

// now is the clock of the recordings.
var now = time.Unix(1800000000, 0)

// oldKey is the session key that a request brings. The recordings call it old.
const oldKey = "oldoldoldoldoldoldoldoldoldoldol"

// run is one request.
type run struct {
	c         *Case
	auth      *djangoauth.Auth
	users     []*account
	session   *saltine.Session
	user      *account // request.user
	asked     bool     // whether user is known
	rotated   bool
	lastLogin []string
	created   []string
	keys      map[string]string // what the recordings call a session key
}

// account is a user of the case.
type account struct {
	djangoauth.Account
	name   string
	before string // the password column at the last change
}

// Rotate is djangoauth.Rotator.
func (r *run) Rotate() { r.rotated = true }

// runHash has a login write the hash.
func runHash(h Hash) *recording.Mismatch {
	algorithm, err := saltine.AlgorithmByName(h.Algorithm)
	if err != nil {
		return recording.Failure(err)
	}
	keys, err := saltine.NewKeyring(saltine.Key(h.Key), &saltine.KeyringOptions{Algorithm: algorithm})
	if err != nil {
		return recording.Failure(err)
	}
	auth, err := djangoauth.New(&djangoauth.Options{Keys: keys, Load: nobody})
	if err != nil {
		return recording.Failure(err)
	}
	store, err := saltine.NewCookieStore(keys, nil)
	if err != nil {
		return recording.Failure(err)
	}
	s := store.New()
	if err := auth.Login(s, djangoauth.Account{ID: "1", Password: h.Password}, ""); err != nil {
		return recording.Failure(err)
	}
	return facts{"hash": h.Hash}.Differ(facts{"hash": fmt.Sprint(s.Get("_auth_user_hash"))})
}

func nobody(context.Context, string, string) (djangoauth.Account, bool, error) {
	return djangoauth.Account{}, false, nil
}

// options returns keys and options that imitate a build.
func (c *Case) options(name string) (saltine.Keyring, *djangoauth.Options, error) {
	b, err := parseBuild(name)
	if err != nil {
		return saltine.Keyring{}, nil, err
	}
	k := &saltine.KeyringOptions{}
	o := &djangoauth.Options{Backends: c.Backends, ParseID: parseID(c)}
	switch {
	case b.before(3, 1), c.HashingAlgorithm == "sha1":
		k.Algorithm = crypto.SHA1
	case b.before(4):
		o.LegacyAlgorithms = []crypto.Hash{crypto.SHA1}
	}
	if !b.before(4, 1, 8) {
		for _, key := range c.Fallbacks {
			k.Fallbacks = append(k.Fallbacks, saltine.Key(key))
		}
	}
	o.Keys, err = saltine.NewKeyring(saltine.Key(c.Key), k)
	return o.Keys, o, err
}

// parseID is Options.ParseID of the case's user class.
func parseID(c *Case) func(string) (string, error) {
	switch c.UserModel {
	case "UUIDUser":
		return djangoauth.UUIDID
	case "CharUser":
		return djangoauth.TextID
	case "TagUser":
		return func(text string) (string, error) {
			id, _ := strings.CutPrefix(text, "user:")
			if _, err := djangoauth.IntegerID(id); err != nil || id == text {
				return "", errors.New("no user:N")
			}
			return text, nil
		}
	}
	return djangoauth.IntegerID
}

func runCase(c *Case, name string, want facts) *recording.Mismatch {
	keys, options, err := c.options(name)
	if err != nil {
		return recording.Failure(err)
	}
	r := &run{c: c, keys: map[string]string{"": none, oldKey: "old"}}
	options.Load = r.load
	if r.auth, err = djangoauth.New(options); err != nil {
		return recording.Failure(err)
	}
	r.addUsers(c.Users)
	r.addUsers(c.UsersAfter)
	got, err := r.exchange(keys)
	if err != nil {
		return recording.Failure(err)
	}
	return want.Differ(got)
}

// addUsers makes users, and changes those that are there.
func (r *run) addUsers(users []User) {
	for _, u := range users {
		found := r.named(u.Username)
		if found == nil {
			id := plainText(u.PK)
			if r.c.UserModel == "TagUser" {
				id = "user:" + id
			}
			found = &account{name: u.Username, Account: djangoauth.Account{ID: id}}
			r.users = append(r.users, found)
		}
		if u.IsActive != nil {
			found.Active = *u.IsActive
		}
		if u.Password != nil {
			found.before, found.Password = found.Password, *u.Password
		}
		if u.Deleted {
			found.ID = ""
		}
	}
}

func (r *run) named(name string) *account {
	for _, u := range r.users {
		if u.name == name {
			return u
		}
	}
	return nil
}

// load is Options.Load. A backend that cannot be imported cannot be asked.
func (r *run) load(_ context.Context, backend, id string) (djangoauth.Account, bool, error) {
	if strings.HasPrefix(backend, "nowhere.") {
		return djangoauth.Account{}, false, errors.New("no such module")
	}
	for _, u := range r.users {
		if u.ID == id {
			found := u.Account
			found.User = u
			return found, true, nil
		}
	}
	return djangoauth.Account{}, false, nil
}

// exchange makes the session, runs the steps, and finishes the response.
func (r *run) exchange(keys saltine.Keyring) (facts, error) {
	rows := &table{}
	store, header, err := r.open(keys, rows)
	if err != nil {
		return nil, err
	}
	cookie, err := sessioncookie.New(store, nil)
	if err != nil {
		return nil, err
	}
	exchange := cookie.Open(context.Background(), header)
	r.session = exchange.Session()
	got := facts{}
	for i := range r.c.Steps {
		user, err := r.step(&r.c.Steps[i])
		addStep(got, i, r.c, err != nil, user, r.rotated, r.state())
	}
	setCookie, vary, err := exchange.Commit(200)
	if err != nil {
		return nil, err
	}
	got["cookie"], got["vary"] = r.cookieText(setCookie), none
	if vary {
		got["vary"] = "Cookie"
	}
	got["last login"], got["created"] = strings.Join(r.lastLogin, " "), strings.Join(r.created, " ")
	if r.c.Engine == engineDB {
		got["stored"] = rows.text(r.keyName)
	}
	return got, nil
}

// open returns the store, and the request's Cookie headers.
func (r *run) open(keys saltine.Keyring, rows *table) (saltine.Store, []string, error) {
	record, err := recordOf(r.c.Session)
	if err != nil {
		return nil, nil, err
	}
	clock := func() time.Time { return now }
	hasCookie := len(r.c.Session) > 0 && string(r.c.Session) != "null"
	if r.c.Engine == engineDB {
		store, err := saltine.NewServerStore(rows, &saltine.ServerStoreOptions{Now: clock})
		if err != nil || !hasCookie {
			return store, nil, err
		}
		return store, []string{"sessionid=" + oldKey}, rows.Create(context.Background(), oldKey, record)
	}
	store, err := saltine.NewCookieStore(keys, &saltine.StoreOptions{Now: clock})
	if err != nil || !hasCookie {
		return store, nil, err
	}
	s := store.New()
	if err := fill(s, r.c.Session); err != nil {
		return nil, nil, err
	}
	value, err := store.Save(s)
	return store, []string{"sessionid=" + value}, err
}

// keyName is what the recordings call a session key.
func (r *run) keyName(key string) string {
	if r.keys[key] == "" {
		r.keys[key] = "new" + strconv.Itoa(len(r.keys)-1)
	}
	return r.keys[key]
}

// state is the session after a step. To look at it is not the request's own use.
func (r *run) state() Session {
	s := r.session
	state := Session{Modified: s.Modified(), Accessed: s.Accessed()}
	if state.Accessed {
		state.Items = itemsOf(s)
	}
	if r.c.Engine == engineDB {
		name := r.keyName(s.Key())
		state.Key = &name
	}
	return state
}

// itemsOf writes a session as pairs.
func itemsOf(s *saltine.Session) json.RawMessage {
	items := [][2]any{}
	for name := range s.Keys() {
		value, err := saltine.Field[json.RawMessage](name).Get(s)
		if err != nil {
			return json.RawMessage(strconv.Quote(err.Error()))
		}
		items = append(items, [2]any{name, value})
	}
	out, err := json.Marshal(items)
	if err != nil {
		return json.RawMessage(strconv.Quote(err.Error()))
	}
	return out
}

// fill puts pairs into a session.
func fill(s *saltine.Session, pairs json.RawMessage) error {
	var items [][2]json.RawMessage
	if err := json.Unmarshal(pairs, &items); err != nil {
		return err
	}
	for _, item := range items {
		var name string
		if err := json.Unmarshal(item[0], &name); err != nil {
			return err
		}
		s.Set(name, item[1])
	}
	return nil
}

func (r *run) cookieText(setCookie []string) string {
	switch {
	case len(setCookie) == 0:
		return none
	case strings.Contains(setCookie[0], "Max-Age=0"):
		return "delete"
	case r.c.Engine != engineDB:
		return "set"
	}
	_, value, _ := strings.Cut(setCookie[0], "=")
	value, _, _ = strings.Cut(value, ";")
	return "set " + r.keyName(value)
}
