package messagevectors

import (
	"context"
	_ "crypto/sha1" //nolint:gosec // G505: the hash of Django to 3.0, inside HMAC
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/messages"
	"github.com/seed-52756201/saltine/sessioncookie"
)

// now is the clock of the recordings.
func now() time.Time { return time.Unix(1800000000, 0) }

var storages = map[string]messages.Storage{
	"fallback": messages.CookieThenSession,
	"cookie":   messages.CookieOnly,
	"session":  messages.SessionOnly,
}

// exchange is one request and its response.
type exchange struct {
	c       *Case
	codec   *messages.Codec
	store   *saltine.CookieStore
	cookie  *sessioncookie.Cookie
	session *saltine.Session
	visit   *messages.Visit
	steps   []step
	update  messages.Update
	line    string // Set-Cookie
	after   Session
}

// step is what a step did.
type step struct {
	used, added bool
	read        any // messages, the first of them, or their number
}

// exchange makes the request of an outcome, with the options that read what its build
// wrote.
func (c *Case) exchange(o *Outcome, build string) (*exchange, error) {
	e := &exchange{c: c}
	keys, err := saltine.NewKeyring(saltine.Key(c.Key), nil)
	if err != nil {
		return nil, err
	}
	if e.codec, err = messages.New(keys, c.options(build)); err != nil {
		return nil, err
	}
	headers, err := e.open(keys, o)
	if err != nil {
		return nil, err
	}
	e.visit = e.codec.Open(headers, e.session)
	e.visit.SetLevel(c.level()) // which may be 0
	for i := range c.Steps {
		if err := e.do(&c.Steps[i]); err != nil {
			return nil, err
		}
	}
	if err := e.commit(); err != nil {
		return nil, err
	}
	return e, nil
}

// options are those of package messages.
func (c *Case) options(build string) *messages.Options {
	o := &messages.Options{
		Storage: storages[c.Storage], MinLevel: c.level(),
		AcceptDjango31: build == "3.1.14", AcceptDjango14: build == "3.0.14", Now: now,
	}
	if c.MaxCookieSize != nil {
		o.MaxSize = *c.MaxCookieSize
		if o.MaxSize == 0 {
			o.MaxSize = math.MaxInt
		}
	}
	return o
}

// level is MESSAGE_LEVEL.
func (c *Case) level() messages.Level {
	if c.Settings.MessageLevel == nil {
		return messages.Info
	}
	return messages.Level(*c.Settings.MessageLevel)
}

// cookieOptions are those of the session's cookie.
func (s *Settings) cookieOptions() *sessioncookie.Options {
	o := &sessioncookie.Options{
		Name: s.Name, SharedWithDjango: true, Path: s.Path, Domain: s.Domain,
		Insecure: !s.Secure, ScriptAccess: s.HTTPOnly != nil && !*s.HTTPOnly,
	}
	switch string(s.SameSite) {
	case `"Strict"`:
		o.SameSite = sessioncookie.SameSiteStrict
	case `"None"`:
		o.SameSite = sessioncookie.SameSiteNone
	case "null", "false":
		o.SameSite = sessioncookie.SameSiteOmitted
	}
	return o
}

// open opens the session that the request brings, and returns its Cookie headers.
func (e *exchange) open(keys saltine.Keyring, o *Outcome) (headers []string, err error) {
	if e.store, err = saltine.NewCookieStore(keys, &saltine.StoreOptions{Now: now}); err != nil {
		return nil, err
	}
	if e.cookie, err = sessioncookie.New(e.store, e.c.Settings.cookieOptions()); err != nil {
		return nil, err
	}
	e.session = e.store.New()
	items, err := e.c.requestSession(o)
	if err != nil {
		return nil, err
	}
	if len(items) > 0 {
		for _, item := range items {
			e.session.Set(plainText(item[0]), item[1])
		}
		if err := e.session.Save(); err != nil {
			return nil, err
		}
		e.session = e.store.Open(context.Background(), e.session.Key())
	}
	value, sent, err := e.c.requestCookie(o)
	if sent {
		headers = []string{"messages=" + sessioncookie.Quote(value)}
	}
	return headers, err
}

// do does a step.
func (e *exchange) do(s *Step) error {
	var did step
	switch s.Op {
	case "add":
		if err := e.visit.Add(s.Message.message()); err != nil {
			return err
		}
	case "iterate":
		did.read = e.visit.Take()
	case "break":
		if list := e.visit.Take(); len(list) > 0 {
			did.read = list[0]
		}
	case "len":
		did.read = len(e.visit.Peek())
	case "level":
		level := e.c.level()
		if s.Value != nil {
			level = messages.Level(*s.Value)
		}
		e.visit.SetLevel(level)
	default:
		return fmt.Errorf("no such step: %q", s.Op)
	}
	did.used, did.added = e.visit.State()
	e.steps = append(e.steps, did)
	return nil
}

// message is the message that add_message makes. It takes no text that Python takes for
// false, and others that are no text by their str.
func (m *Message) message() messages.Message {
	tags := new(string)
	switch {
	case string(m.ExtraTags) == "null":
		tags = nil
	case m.ExtraTags != nil:
		*tags = plainText(m.ExtraTags)
	}
	text := plainText(m.Text)
	switch string(m.Text) {
	case "null", "false", "0", "[]", "{}":
		text = ""
	case "true":
		text = "True"
	}
	return messages.Message{Level: messages.Level(m.Level), Text: text, ExtraTags: tags, Safe: m.Safe}
}

// plainText is a JSON text, or another value, as text.
func plainText(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	return string(raw)
}

// commit ends the request with a page.
func (e *exchange) commit() (err error) {
	if e.update, err = e.visit.Commit(200); err != nil {
		return err
	}
	if e.update.SetCookie {
		if e.line, err = e.cookie.Other("messages", e.update.Cookie); err != nil {
			return err
		}
	}
	e.after = Session{Modified: e.session.Modified(), Accessed: e.session.Accessed()}
	if !e.after.Accessed {
		return nil
	}
	e.after.Items = []Item{}
	for name, value := range e.session.Items() {
		item := Item{}
		if item[0], err = json.Marshal(name); err != nil {
			return err
		}
		if item[1], err = json.Marshal(value); err != nil {
			return err
		}
		e.after.Items = append(e.after.Items, item)
	}
	return nil
}

// facts are what came of the exchange, with digests where the outcome has them.
func (e *exchange) facts(o *Outcome) facts {
	f := facts{"error": errorText(e.visit.Err()), "cookie": "untouched"}
	for told, i := range e.c.told() {
		s := &e.steps[i]
		addStep(f, i, e.c.Steps[i].Op, s.used, s.added)
		if s.read != nil {
			f[stepPrefix(i, e.c.Steps[i].Op)+"read"] = readText(s.read, told < len(o.Steps) && isCount(o.Steps[told].Messages))
		}
	}
	f["unstored"] = "none"
	if used, added := e.visit.State(); used || added {
		f["unstored"] = readText(e.update.Unstored, isCount(o.Unstored))
	}
	addSession(f, e.digested(o))
	if !e.update.SetCookie {
		return f
	}
	f["cookie attributes"] = attributes(e.line)
	if f["cookie"] = "delete"; e.update.Cookie == "" {
		return f
	}
	f["cookie"] = "set"
	value, _ := sessioncookie.FindCookie([]string{strings.Split(e.line, ";")[0]}, "messages")
	f["cookie messages"] = e.cookieMessages(value, isCount(o.CookieMessages))
	raw, err := json.Marshal(value)
	if err != nil {
		return facts{"cookie": err.Error()}
	}
	f["cookie payload"] = payloadText(e.c, raw)
	if len(o.CookieValue) > 0 && o.CookieValue[0] == '{' {
		f["cookie payload"] = longPayload
	}
	return f
}

// errorText tells errors that somebody should look at. A signature that is not good is
// none: Django, too, says nothing of it.
func errorText(err error) string {
	switch {
	case err == nil, errors.Is(err, saltine.ErrBadSignature):
		return "none"
	case errors.Is(err, saltine.ErrMalformed):
		return "malformed"
	}
	return err.Error()
}

// digested returns the session with digests where the outcome has them.
func (e *exchange) digested(o *Outcome) *Session {
	s := e.after
	if o.Session == nil {
		return &s
	}
	s.Items = slices.Clone(s.Items)
	for i := range min(len(s.Items), len(o.Session.Items)) {
		if isDigest(o.Session.Items[i][1]) {
			s.Items[i][1] = digest(plainText(s.Items[i][1]))
		}
	}
	return &s
}

// message is a message as recordings have it.
type message struct {
	Level     messages.Level `json:"level"`
	Text      string         `json:"text"`
	ExtraTags *string        `json:"extra_tags"`
	Safe      bool           `json:"safe"`
}

// readText writes what a step read, as the recordings do.
func readText(read any, counted bool) string {
	switch read := read.(type) {
	case int:
		return strconv.Itoa(read)
	case messages.Message:
		return marshal(message(read))
	case []messages.Message:
		return listOf(read, false, counted)
	}
	return fmt.Sprint(read)
}

// listOf writes a list of messages, or how many there are.
func listOf(list []messages.Message, sentinel, counted bool) string {
	items := []any{}
	for _, m := range list {
		items = append(items, message(m))
	}
	if sentinel {
		items = append(items, "__messagesnotfinished__")
	}
	if counted {
		return marshal(longList{len(items), sentinel})
	}
	return marshal(items)
}

func marshal(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return normal(raw)
}

// cookieMessages decodes a cookie again.
func (e *exchange) cookieMessages(value string, counted bool) string {
	list, complete, err := e.codec.Decode(value)
	if err != nil {
		return err.Error()
	}
	return listOf(list, !complete, counted)
}

// longPayload stands for a cookie of which the recording has the length alone.
const longPayload = "long"

// payloadText verifies a cookie's value and returns its time and its JSON: what is
// compressed is compared after inflating.
func payloadText(c *Case, raw json.RawMessage) string {
	var value string
	if json.Unmarshal(raw, &value) != nil {
		return longPayload
	}
	keys, err := saltine.NewKeyring(saltine.Key(c.Key), nil)
	if err != nil {
		return err.Error()
	}
	var v saltine.Verification
	signer, err := saltine.NewTimestampSigner(keys.ForCookies(), &saltine.Options{
		Salt: "django.contrib.messages", Now: now, OnVerify: func(verified saltine.Verification) { v = verified },
	})
	if err != nil {
		return err.Error()
	}
	payload, err := signer.AppendUnsignPayload(nil, value, saltine.NoMaxAge)
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("%d %s", v.SignedAt.Unix(), payload)
}
