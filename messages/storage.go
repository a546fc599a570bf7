package messages

import (
	"errors"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/sessioncookie"
)

// Storage says where a [Visit] keeps messages.
type Storage uint8

// The storages of Django.
const (
	// CookieThenSession keeps in the cookie what there is room for, the oldest first, and
	// the rest in the session. The session is read only if the cookie says that there is
	// more: messages of SessionOnly are not seen. It is the default, as in Django.
	// Django: FallbackStorage.
	CookieThenSession Storage = iota
	// CookieOnly keeps the latest messages that there is room for; Options.KeepOldest
	// makes it the oldest. The others are lost. Django: CookieStorage.
	CookieOnly
	// SessionOnly keeps all messages in the session. Django: SessionStorage.
	SessionOnly
)

const (
	defaultCookieName = "messages"
	sessionKey        = "_messages" // Django: SessionStorage.session_key
)

// loaded is what one storage held.
type loaded struct {
	list     []Message
	complete bool // nothing is elsewhere
	err      error
}

// loadCookie reads the cookie. Django: CookieStorage._get.
func (s *state) loadCookie() loaded {
	value, sent := sessioncookie.FindCookie(s.cookies, s.codec.opts.CookieName)
	if !sent || value == "" {
		return loaded{complete: true}
	}
	list, complete, err := s.codec.Decode(value)
	if err != nil {
		return loaded{complete: true, err: err}
	}
	return loaded{list: list, complete: complete}
}

// loadSession reads the session's value. Django: SessionStorage._get.
func (s *state) loadSession() loaded {
	if s.session == nil {
		return loaded{complete: true}
	}
	list, err := s.codec.decodeSession(s.session.Get(sessionKey))
	return loaded{list: list, complete: true, err: err}
}

var errNoText = errors.New("the session's messages are not a text")

// decodeSession reads the session's value: JSON, in a text. What Python takes for false is
// no messages. Django: deserialize_messages.
func (c *Codec) decodeSession(value any) ([]Message, error) {
	text, isText := value.(string)
	switch {
	case isText && text != "":
		list, err := c.loads(text)
		if err != nil {
			return nil, err
		}
		messages, _, err := fromJSON(list, Django32)
		return messages, err
	case isFalse(value):
		return nil, nil
	}
	return nil, malformed(errNoText)
}

// isFalse reports whether Python takes a value for false.
func isFalse(value any) bool {
	switch value := value.(type) {
	case nil:
		return true
	case bool:
		return !value
	case string:
		return value == ""
	case int64:
		return value == 0
	case float64:
		return value == 0
	case []any:
		return len(value) == 0
	case map[string]any:
		return len(value) == 0
	}
	return false
}

// encodeSession writes the session's value as Python's json does by default, with a
// blank behind each comma. Django: serialize_messages.
func encodeSession(list []Message) (string, error) {
	text := []byte{'['}
	for i, item := range toJSON(list, true) {
		if i > 0 {
			text = append(text, ", "...)
		}
		fields, _ := item.([]any)
		for j, field := range fields {
			text = append(text, [...]string{"[", ", "}[min(j, 1)]...)
			var err error
			if text, err = (saltine.JSONSerializer{}).Dumps(text, field); err != nil {
				return "", err
			}
		}
		text = append(text, ']')
	}
	return string(append(text, ']')), nil
}

// storeSession stores the list, or nothing, in the session. Django: SessionStorage._store.
func (s *state) storeSession(list []Message) (rest []Message, err error) {
	switch {
	case s.session == nil:
		return list, nil
	case len(list) == 0:
		s.session.Pop(sessionKey)
		return nil, nil
	}
	text, err := encodeSession(list)
	if err == nil {
		s.session.Set(sessionKey, text)
	}
	return nil, err
}
