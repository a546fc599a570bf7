package fuzz_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/seed-52756201/saltine"
)

// FuzzLoad reads any text in place of a session's cookie, and any text that our
// own key signed, at any time and under all policies. Load, Open and Verify agree
// on what is wrong; what our own key signed is never a forgery; ExpiryEarliest
// takes exactly what both other policies take; a MaxClockSkew refuses exactly what is
// from a later time; what was taken is saved and loaded again without change.
func FuzzLoad(f *testing.F) {
	settings, seeds := fromVectors()
	for _, s := range seeds {
		f.Add(s.setting, s.token, s.now.UnixNano())
		if i := strings.LastIndex(s.token, settings[s.setting].opts.Separator); i >= 0 {
			f.Add(s.setting, s.token[:i], s.now.UnixNano())
		}
	}
	for _, value := range []string{"", "1234567", "12345678", "ééééééé", "éééééééé", "\xff\xff\xff\xff\xff\xff\xff\xff"} {
		f.Add(byte(0), value, start.UnixNano())
	}
	f.Fuzz(func(t *testing.T, number byte, text string, nanoseconds int64) {
		s := choose(number)
		s.now = time.Unix(0, nanoseconds).UTC()
		c := newCookies(s)
		c.check(t, text, false)
		c.check(t, c.setting.signer.Sign(text), true)
	})
}

// FuzzSessionPayload does the same with any bytes signed as a session's payload,
// at any distance in time.
func FuzzSessionPayload(f *testing.F) {
	for _, payload := range payloadSeeds {
		f.Add([]byte(payload), int64(0))
		f.Add([]byte(payload), int64(time.Second))
		f.Add([]byte(payload), int64(1209601*time.Second))
		f.Add([]byte(payload), int64(-time.Hour))
	}
	for _, payload := range vectorPayloads() {
		f.Add(payload, int64(1209600*time.Second))
	}
	f.Fuzz(func(t *testing.T, payload []byte, age int64) {
		s := choose(0)
		token, err := s.timestamp.AppendSignPayload(nil, payload)
		if err != nil {
			t.Skip("too large for a token")
		}
		s.now = start.Add(time.Duration(age))
		newCookies(s).check(t, string(token), true)
	})
}

// policies are all of them.
var policies = [...]saltine.ExpiryPolicy{saltine.ExpiryEarliest, saltine.ExpiryCookieAge, saltine.ExpirySession}

// cookies are the stores of a setting, by policy. Their separator is the colon,
// whatever that of the setting is.
type cookies struct {
	setting *setting
	stores  [len(policies)]*saltine.CookieStore
	skewed  *saltine.CookieStore // of ExpiryCookieAge, with maxSkew
}

const maxSkew = time.Minute

func newCookies(s *setting) *cookies {
	if s.opts.Separator != ":" {
		other := *s
		s = &other
		s.opts.Separator = ":"
		s.makeSigners()
	}
	c := &cookies{setting: s}
	opts := saltine.StoreOptions{
		Salt:          s.opts.Salt,
		MaxTokenLen:   s.opts.MaxTokenLen,
		MaxPayloadLen: s.opts.MaxPayloadLen,
		Now:           s.opts.Now,
		OnVerify:      s.opts.OnVerify,
		Compression:   s.opts.Compression,
	}
	for _, policy := range policies {
		opts.ExpiryPolicy = policy
		c.stores[policy] = must(saltine.NewCookieStore(s.keyring, &opts))
	}
	opts.ExpiryPolicy, opts.MaxClockSkew = saltine.ExpiryCookieAge, maxSkew
	c.skewed = must(saltine.NewCookieStore(s.keyring, &opts))
	return c
}

// check loads a cookie from all stores. isOurs says that our own key signed it.
func (c *cookies) check(t *testing.T, cookie string, isOurs bool) {
	t.Helper()
	var isGood [len(policies)]bool
	for policy, store := range c.stores {
		session, err := c.load(t, store, cookie)
		if isOurs {
			requireKind(t, "Load of what we signed", err, good, expired, malformed, tooLarge)
		} else {
			requireKind(t, "Load", err, good, badSignature, expired, malformed, tooLarge)
		}
		isGood[policy] = err == nil && session.Err() == nil
		if isGood[policy] {
			c.checkSave(t, store, session)
		}
	}
	c.checkSkew(t, cookie)
	if both := isGood[saltine.ExpiryCookieAge] && isGood[saltine.ExpirySession]; isGood[saltine.ExpiryEarliest] != both {
		t.Fatalf("good under ExpiryEarliest: %v, under both others: %v", isGood[saltine.ExpiryEarliest], both)
	}
}

// checkSkew loads a cookie from the store that has a MaxClockSkew.
func (c *cookies) checkSkew(t *testing.T, cookie string) {
	t.Helper()
	lenient := c.stores[saltine.ExpiryCookieAge]
	_, want := lenient.Load(cookie)
	v, err := lenient.Verify(cookie)
	_, got := c.load(t, c.skewed, cookie)
	if err == nil && v.Age < -maxSkew {
		requireKind(t, "Load of what is from a later time", got, badSignature)
		return
	}
	requireSameError(t, "Load with a MaxClockSkew", want, got)
}

// load loads a cookie in every way.
func (c *cookies) load(t *testing.T, store *saltine.CookieStore, cookie string) (*saltine.Session, error) {
	t.Helper()
	session, err := store.Load(cookie)
	requireSecrecy(t, err, cookie)
	v, verifyErr := store.Verify(cookie)
	if verifyErr != nil {
		requireSameError(t, "Load of what Verify refused", verifyErr, err)
	} else {
		requireKind(t, "Load of what Verify took", err, good, expired, malformed, tooLarge)
	}
	if store.Exists(cookie) {
		t.Fatal("Exists is true")
	}
	c.checkOpen(t, store, cookie, v, err)
	if err != nil {
		if session != nil {
			t.Fatalf("a session beside the error %v", err)
		}
		return nil, err
	}
	if session.Accessed() || session.Modified() || session.Key() != cookie || session.IsEmpty() || session.Verification() != v {
		t.Fatalf("a loaded session: accessed %v, modified %v, empty %v, %+v", session.Accessed(), session.Modified(), session.IsEmpty(), session.Verification())
	}
	return session, nil
}

// checkOpen checks that Open tells what Verify and Load do, and only when asked.
func (c *cookies) checkOpen(t *testing.T, store *saltine.CookieStore, cookie string, v saltine.Verification, loadErr error) {
	t.Helper()
	session := store.Open(context.Background(), cookie)
	if session.Accessed() || session.Modified() {
		t.Fatal("opening alone changes the flags")
	}
	if len([]rune(cookie)) < 8 { // no cookie, for Django
		if session.Key() != "" || session.Err() != nil || session.Modified() || !session.IsEmpty() || session.Len() != 0 {
			t.Fatal("a short text counts as a cookie")
		}
		return
	}
	if session.Key() != cookie || session.IsEmpty() {
		t.Fatalf("Key is %q, IsEmpty %v", session.Key(), session.IsEmpty())
	}
	if loadErr != nil || session.Err() == nil {
		requireSameError(t, "Err", loadErr, session.Err())
	} else {
		requireKind(t, "Err of a session that Load takes", session.Err(), malformed)
	}
	if session.Accessed() || session.Modified() != (loadErr != nil) {
		t.Fatalf("after Err: accessed %v, modified %v, error %v", session.Accessed(), session.Modified(), loadErr)
	}
	if session.Verification() != v {
		t.Fatalf("Verification gives %+v, Verify %+v", session.Verification(), v)
	}
	if n := session.Len(); session.Err() != nil && n != 0 || !session.Accessed() {
		t.Fatalf("Len is %d, accessed %v", n, session.Accessed())
	}
}

// checkSave saves a session that was loaded, which keeps names, values and their
// order, and saves the same text once more.
func (c *cookies) checkSave(t *testing.T, store *saltine.CookieStore, session *saltine.Session) {
	t.Helper()
	keys, values := contents(session)
	cookie, err := store.Save(session)
	requireKind(t, "Save of what was loaded", err, good, tooLarge)
	if err != nil {
		return
	}
	payload, err := c.setting.timestamp.AppendUnsignPayload(nil, cookie, saltine.NoMaxAge)
	requireKind(t, "the payload that was saved", err, good)
	checkSizes(t, session, len(payload))

	// Where the session's own expiry counts from another time now, it may end it.
	again, err := c.stores[saltine.ExpiryCookieAge].Load(cookie)
	requireKind(t, "Load of what was saved", err, good)
	keysAgain, valuesAgain := contents(again)
	requireSame(t, "keys, saved and loaded", keys, keysAgain)
	requireSame(t, "values, saved and loaded", values, valuesAgain)
	cookieAgain, err := store.Save(again)
	if err != nil || cookieAgain != cookie {
		t.Fatalf("saved again: %q, %v, want %q", cookieAgain, err, cookie)
	}
	if session.Has("_session_expiry") {
		return
	}
	_, err = store.Load(cookie)
	requireKind(t, "Load of what was saved just now", err, good)
}

// contents returns names and values in order.
func contents(s *saltine.Session) (keys, values []any) {
	for key, value := range s.Items() {
		keys, values = append(keys, key), append(values, value)
	}
	return keys, values
}

// checkSizes checks that the rooms of all keys make up the payload.
func checkSizes(t *testing.T, s *saltine.Session, payloadLen int) {
	t.Helper()
	sum := len("{")
	for _, size := range s.Sizes() {
		sum += size.Size
	}
	if want := max(payloadLen, len("{}")); sum != want && s.Len() > 0 {
		t.Fatalf("Sizes make up %d bytes of a payload of %d", sum, want)
	}
}
