package messages

import (
	"errors"
	"fmt"

	"github.com/seed-52756201/saltine"
)

// A list of messages is an array of arrays that begin with messageMark. If it ends with
// unfinishedMark, more messages did not fit.
const (
	messageMark    = "__json_message"
	unfinishedMark = "__messagesnotfinished__"
)

// toJSON returns the list as the array that is serialized.
func toJSON(list []Message, complete bool) []any {
	items := make([]any, 0, len(list)+1)
	for _, m := range list {
		safe := 0
		if m.Safe {
			safe = 1
		}
		fields := []any{messageMark, safe, int(m.Level), m.Text}
		if m.ExtraTags != nil {
			fields = append(fields, *m.ExtraTags)
		}
		items = append(items, fields)
	}
	if !complete {
		items = append(items, unfinishedMark)
	}
	return items
}

var errNoList = errors.New("the payload is not an array")

// fromJSON returns the list in an array that was deserialized. An array that Django never
// writes is an error, although Django itself would show some of them.
func fromJSON(v any, form Form) (list []Message, complete bool, err error) {
	items, ok := v.([]any)
	if !ok {
		return nil, false, malformed(errNoList)
	}
	complete = true
	if n := len(items) - 1; n >= 0 && items[n] == unfinishedMark {
		items, complete = items[:n], false
	}
	for i, item := range items {
		m, ok := fromItem(item, form)
		if !ok {
			return nil, false, malformed(fmt.Errorf("item %d of the array is not a message", i))
		}
		list = append(list, m)
	}
	return list, complete, nil
}

// fromItem reads [mark, safe, level, text] or [mark, safe, level, text, tags].
// Django 1.4 had no safe.
func fromItem(item any, form Form) (m Message, ok bool) {
	fields, ok := item.([]any)
	if !ok || len(fields) < 3 || fields[0] != messageMark {
		return m, false
	}
	fields = fields[1:]
	if _, isText := fields[1].(string); form != Django14 || !isText {
		safe, ok := fields[0].(int64)
		if !ok {
			return m, false
		}
		m.Safe = safe != 0
		fields = fields[1:]
	}
	if len(fields) == 3 {
		tags, ok := fields[2].(string)
		if !ok {
			return m, false
		}
		m.ExtraTags = &tags
		fields = fields[:2]
	}
	if len(fields) != 2 {
		return m, false
	}
	level, isInt := fields[0].(int64)
	text, isText := fields[1].(string)
	m.Level, m.Text = Level(level), text
	return m, isInt && isText && int64(m.Level) == level
}

func malformed(cause error) error {
	return fmt.Errorf("%w: %w", saltine.ErrMalformed, cause)
}
