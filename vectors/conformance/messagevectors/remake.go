package messagevectors

import (
	"encoding/json"
	"errors"
	"math"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/messages"
)

// An outcome has what its request brought, unless that is long, or the outcome is an
// exception. Then it is made again from the case.

// isText reports whether a recording has a text, and not null or a digest.
func isText(raw json.RawMessage) bool { return len(raw) > 0 && raw[0] == '"' }

// requestCookie is the cookie that the request brings.
func (c *Case) requestCookie(o *Outcome) (value string, sent bool, err error) {
	switch {
	case isText(o.RequestCookie):
		return plainText(o.RequestCookie), true, nil
	case o.RequestCookie != nil && string(o.RequestCookie) != "null", o.Exception != "" && c.CookieMessages != nil:
		value, err = c.makeCookie()
		return value, true, err
	case o.Exception != "" && c.CookieText != nil:
		return *c.CookieText, true, nil
	}
	return "", false, nil
}

// makeCookie signs the case's cookie as Django does since 3.2.
func (c *Case) makeCookie() (string, error) {
	list, err := listOfMessages(c.CookieMessages)
	if err != nil {
		return "", err
	}
	items := []any{}
	for _, m := range list {
		safe := map[bool]int{true: 1}[m.Safe]
		item := []any{"__json_message", safe, int(m.Level), m.Text}
		if m.ExtraTags != nil {
			item = append(item, *m.ExtraTags)
		}
		items = append(items, item)
	}
	if c.CookieNotFinished {
		items = append(items, "__messagesnotfinished__")
	}
	keys, err := saltine.NewKeyring(saltine.Key(c.Key), nil)
	if err != nil {
		return "", err
	}
	signer, err := saltine.NewTimestampSigner(keys.ForCookies(), &saltine.Options{
		Salt: "django.contrib.messages", Compression: saltine.CompressionBest, Now: now,
	})
	if err != nil {
		return "", err
	}
	value, err := signer.SignObject(items)
	if err == nil && c.CookieEdit {
		value = value[:len(value)-1] + map[bool]string{true: "B", false: "A"}[value[len(value)-1] == 'A']
	}
	return value, err
}

// requestSession is the session that the request brings.
func (c *Case) requestSession(o *Outcome) ([]Item, error) {
	var items []Item
	if o.Exception == "" {
		items = append(items, o.RequestSession...)
	} else if c.Session != nil {
		if err := json.Unmarshal(c.Session, &items); err != nil {
			return nil, err
		}
	}
	for i := range items {
		if isMessages(items[i]) && isDigest(items[i][1]) {
			text, err := c.makeSession()
			if err != nil {
				return nil, err
			}
			if string(digest(plainText(text))) != compact(items[i][1]) {
				return nil, errors.New("the request's messages are not those of the digest")
			}
			items[i][1] = text
		}
	}
	if o.Exception != "" && c.SessionMessages != nil {
		text, err := c.makeSession()
		return append(items, Item{json.RawMessage(`"_messages"`), text}), err
	}
	return items, nil
}

// makeSession writes the messages of the case's session. That Django writes the same is
// what other recordings compare.
func (c *Case) makeSession() (json.RawMessage, error) {
	list, err := listOfMessages(c.SessionMessages)
	if err != nil {
		return nil, err
	}
	keys, err := saltine.NewKeyring(saltine.Key(c.Key), nil)
	if err != nil {
		return nil, err
	}
	codec, err := messages.New(keys, &messages.Options{Storage: messages.SessionOnly, MinLevel: math.MinInt})
	if err != nil {
		return nil, err
	}
	store, err := saltine.NewCookieStore(keys, nil)
	if err != nil {
		return nil, err
	}
	s := store.New()
	v := codec.Open(nil, s)
	for _, m := range list {
		if err := v.Add(m); err != nil {
			return nil, err
		}
	}
	if _, err := v.Commit(200); err != nil {
		return nil, err
	}
	return json.Marshal(s.Get("_messages"))
}

// listOfMessages reads messages that stand in a cookie or a session, where tags that are
// absent are None.
func listOfMessages(raw json.RawMessage) ([]messages.Message, error) {
	var recorded []Message
	if raw == nil {
		return nil, errors.New("there are no messages to make it of")
	}
	if err := json.Unmarshal(raw, &recorded); err != nil {
		return nil, err
	}
	list := make([]messages.Message, len(recorded))
	for i := range recorded {
		list[i] = recorded[i].message()
		if recorded[i].ExtraTags == nil {
			list[i].ExtraTags = nil
		}
	}
	return list, nil
}

// compact writes a digest as digest does.
func compact(raw json.RawMessage) string {
	var long longText
	if json.Unmarshal(raw, &long) != nil {
		return ""
	}
	out, err := json.Marshal(long)
	if err != nil {
		return ""
	}
	return string(out)
}
