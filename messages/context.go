package messages

import (
	"context"
	"fmt"
	"strings"

	"github.com/seed-52756201/saltine"
)

// errNoVisit says that a middleware is missing. Django: MessageFailure.
var errNoVisit = fmt.Errorf("%w: messages: the context has no Visit: the middleware of messageshttp must come first", saltine.ErrInvalidOption)

type contextKey struct{}

// NewContext returns a context with the visit of a request.
func NewContext(ctx context.Context, v *Visit) context.Context {
	return context.WithValue(ctx, contextKey{}, v)
}

// FromContext returns the visit of the request that ctx belongs to, or nil where there is
// none.
func FromContext(ctx context.Context) *Visit {
	v, _ := ctx.Value(contextKey{}).(*Visit)
	return v
}

// Add adds a message to the visit in ctx: see [Visit.Add], which takes HTML too. The tags
// are joined by blanks. The error is [ErrLate], or of kind [saltine.ErrInvalidOption] where
// ctx has no visit.
//
// Django: messages.add_message, success, warning and the others.
func Add(ctx context.Context, level Level, text string, extraTags ...string) error {
	v := FromContext(ctx)
	if v == nil {
		return errNoVisit
	}
	tags := strings.Join(extraTags, " ")
	return v.Add(Message{Level: level, Text: text, ExtraTags: &tags})
}

// Take takes the messages of the visit in ctx: see [Visit.Take]. Where ctx has no visit
// there are none.
//
// Django: messages.get_messages, and the variable messages of its templates.
func Take(ctx context.Context) []Message {
	v := FromContext(ctx)
	if v == nil {
		return nil
	}
	return v.Take()
}
