package messagevectors

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/internal/recording"
	"github.com/seed-52756201/saltine/messages"
)

// Rule is a difference from Django that is meant. It looks at the case and at what Django
// did, never at what Go does with it.
type Rule struct {
	Name    string
	Reason  string
	applies func(*Case, *Outcome) bool
	change  func(c *Case, o *Outcome, want *expectation) error
}

// expectation is what a case should give.
type expectation struct {
	facts   facts
	refused bool                                // the options are
	ignored []string                            // facts that are not compared
	also    func(*exchange) *recording.Mismatch // after the facts
}

// rules are applied in order.
var rules = []Rule{
	{
		Name:    "unreadable session value",
		Reason:  "a stored list that Django did not write is an error that Visit.Err returns, and as an empty one: Django answers 500 to some, and shows others in part",
		applies: hasUnreadableSession,
		change:  asEmptySession,
	},
	{
		Name:    "another deflate encoder",
		Reason:  "a list whose compressed length is within some bytes of the limit may be split one message earlier or later: no two encoders give the same length",
		applies: isSplitUnsure,
		change:  splitNearby,
	},
	{
		Name:   "SameSite=None without Secure",
		Reason: "the options are refused, since browsers refuse the cookie: Django sets it",
		applies: func(c *Case, _ *Outcome) bool {
			return plainText(c.Settings.SameSite) == "None" && !c.Settings.Secure
		},
		change: func(_ *Case, _ *Outcome, want *expectation) error {
			want.refused = true
			return nil
		},
	},
}

// Rules returns the rules, for the reader of a report.
func Rules() []Rule { return slices.Clone(rules) }

// hasUnreadableSession reports whether the session has a value that no Django wrote.
func hasUnreadableSession(c *Case, o *Outcome) bool {
	items, err := c.requestSession(o)
	return err == nil && slices.ContainsFunc(items, func(item Item) bool {
		return isMessages(item) && !readable(item[1])
	})
}

func isMessages(item Item) bool { return plainText(item[0]) == "_messages" }

// asEmptySession has the case expect what comes of the same request with an empty text in
// the session, of which other cases say what Django does with it, and an error.
func asEmptySession(c *Case, o *Outcome, want *expectation) error {
	items, err := c.requestSession(o)
	if err != nil {
		return err
	}
	value, sent, err := c.requestCookie(o)
	if err != nil {
		return err
	}
	empty := *o
	empty.Exception, empty.RequestCookie, empty.RequestSession = "", nil, nil
	if sent {
		if empty.RequestCookie, err = json.Marshal(value); err != nil {
			return err
		}
	}
	for _, item := range items {
		if isMessages(item) {
			item[1] = json.RawMessage(`""`)
		}
		empty.RequestSession = append(empty.RequestSession, item)
	}
	e, err := c.exchange(&empty, mainBuild)
	if err != nil {
		return err
	}
	want.facts = e.facts(&empty)
	want.facts["error"] = "malformed"
	return nil
}

// readable reports whether Django wrote the value, or takes it for none: a text with a
// list of messages, or what is false in Python.
func readable(raw json.RawMessage) bool {
	var text string
	if json.Unmarshal(raw, &text) != nil || string(raw) == "null" {
		return slices.Contains([]string{"null", "false", "0", "[]", "{}"}, string(raw))
	}
	var items [][]json.RawMessage
	if text == "" {
		return true
	}
	if json.Unmarshal([]byte(text), &items) != nil || text == "null" {
		return false
	}
	return !slices.ContainsFunc(items, func(item []json.RawMessage) bool { return !readableItem(item) })
}

// readableItem takes the mark, safe, level, text and perhaps tags.
func readableItem(item []json.RawMessage) bool {
	var safe, level int
	var text string
	if len(item) != 4 && len(item) != 5 || string(item[0]) != `"__json_message"` {
		return false
	}
	for _, part := range item {
		if bytes.Equal(part, []byte("null")) {
			return false
		}
	}
	good := json.Unmarshal(item[1], &safe) == nil && json.Unmarshal(item[2], &level) == nil && json.Unmarshal(item[3], &text) == nil
	return good && (len(item) == 4 || json.Unmarshal(item[4], &text) == nil)
}

// limit returns the length of the longest cookie, and how far from it the lengths of two
// encoders may lie on different sides: 1 %, and a few bytes.
func (c *Case) limit() (limit, slack int) {
	limit = messages.DefaultMaxSize
	if c.MaxCookieSize != nil {
		limit = *c.MaxCookieSize
	}
	return limit, limit/100 + 8
}

// lengths returns the lengths of the first, or the last, n messages and the sentinel, by n.
// There are none where nothing may be left out.
func (c *Case) lengths(o *Outcome) []int {
	switch c.Storage {
	case "fallback":
		return o.LengthsFirst
	case "cookie":
		last := slices.Clone(o.LengthsLast)
		slices.Reverse(last)
		return last
	}
	return nil
}

// isSplitUnsure reports whether the recorded lengths leave more than one split open.
func isSplitUnsure(c *Case, o *Outcome) bool {
	limit, slack := c.limit()
	lengths := c.lengths(o)
	if limit == 0 || o.Cookie == nil || *o.Cookie != "set" || len(lengths) < 2 || o.LengthAll < limit-slack {
		return false
	}
	return slices.ContainsFunc(append(lengths, o.LengthAll), func(n int) bool {
		return n > limit-slack && n <= limit+slack
	})
}

// splitNearby has the list split where the recorded lengths allow it, and nothing lost.
func splitNearby(c *Case, o *Outcome, want *expectation) error {
	want.ignored = []string{"cookie messages", "cookie payload", "unstored", "session items", "session modified", "session accessed"}
	limit, slack := c.limit()
	lengths := c.lengths(o)
	most := len(lengths) - 1
	fits := func(n int) bool {
		return n >= 0 && n <= most && lengths[n] <= limit+slack && (n == most || lengths[n+1] > limit-slack)
	}
	if n := kept(o); !fits(n) {
		return fmt.Errorf("the recording keeps %d of %d messages, which its lengths do not allow", n, most)
	}
	want.also = func(e *exchange) *recording.Mismatch {
		kept, rest, err := e.split()
		if err != nil {
			return recording.Failure(err)
		}
		n := len(kept)
		all := slices.Concat(kept, rest)
		if c.Storage == "cookie" {
			all = slices.Concat(rest, kept)
		}
		if !fits(n) || len(all) != most || !c.endsWithAdded(all) {
			return &recording.Mismatch{Want: fmt.Sprintf("%d messages split near %d", most, limit), Got: fmt.Sprintf("%d kept of %d", n, len(all))}
		}
		return nil
	}
	return nil
}

// kept returns how many messages are in the recorded cookie.
func kept(o *Outcome) int {
	var counted longList
	if isCount(o.CookieMessages) && json.Unmarshal(o.CookieMessages, &counted) == nil {
		if counted.Sentinel {
			counted.Count--
		}
		return counted.Count
	}
	var list []json.RawMessage
	if json.Unmarshal(o.CookieMessages, &list) != nil {
		return -1
	}
	if n := len(list) - 1; n >= 0 && len(list[n]) > 0 && list[n][0] == '"' {
		return n
	}
	return len(list)
}

// split returns the messages in the cookie, and those that went elsewhere.
func (e *exchange) split() (kept, rest []messages.Message, err error) {
	kept, complete, err := e.codec.Decode(e.update.Cookie)
	if err != nil || complete || e.c.Storage == "cookie" {
		return kept, e.update.Unstored, err
	}
	for _, item := range e.after.Items {
		if isMessages(item) {
			rest, err = e.stored(item[1])
		}
	}
	return kept, rest, err
}

// stored reads messages of a session with a visit of their own.
func (e *exchange) stored(raw json.RawMessage) ([]messages.Message, error) {
	keys, err := saltine.NewKeyring(saltine.Key(e.c.Key), nil)
	if err != nil {
		return nil, err
	}
	codec, err := messages.New(keys, &messages.Options{Storage: messages.SessionOnly})
	if err != nil {
		return nil, err
	}
	s := e.store.New()
	s.Set("_messages", plainText(raw))
	v := codec.Open(nil, s)
	return v.Peek(), v.Err()
}

// endsWithAdded reports whether a list ends with what the steps add.
func (c *Case) endsWithAdded(list []messages.Message) bool {
	var texts []string
	for i := range c.Steps {
		if c.Steps[i].Op == "add" {
			texts = append(texts, c.Steps[i].Message.message().Text)
		}
	}
	if len(texts) > len(list) {
		return false
	}
	return slices.EqualFunc(list[len(list)-len(texts):], texts, func(m messages.Message, text string) bool { return m.Text == text })
}
