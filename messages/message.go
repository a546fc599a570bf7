package messages

// Level is the importance of a message. The five constants are Django's levels; any
// other number is a level too.
//
// Django: django.contrib.messages.constants.
type Level int

// The levels of Django.
const (
	Debug   Level = 10
	Info    Level = 20
	Success Level = 25
	Warning Level = 30
	Error   Level = 40
)

// Tag returns "debug", "info", "success", "warning" or "error", and "" for another
// level.
//
// Django: Message.level_tag, without the setting MESSAGE_TAGS.
func (l Level) Tag() string {
	switch l {
	case Debug:
		return "debug"
	case Info:
		return "info"
	case Success:
		return "success"
	case Warning:
		return "warning"
	case Error:
		return "error"
	}
	return ""
}

// Message is one message for the next page that a user sees.
//
// Django: django.contrib.messages.storage.base.Message.
type Message struct {
	// Level is its importance.
	Level Level
	// Text is the message itself. A lone surrogate is read as U+FFFD.
	// Django: message.
	Text string
	// ExtraTags are more tags, separated by spaces. nil is Python's None, which is not
	// the same in a cookie as an empty text: messages.add_message makes an empty text
	// if no tags are given. Django: extra_tags.
	ExtraTags *string
	// Safe says that Text is HTML and need not be escaped: Django signed a SafeString.
	// It is false for cookies of Django 1.4, which do not say.
	Safe bool
}

// Tags returns the extra tags and the tag of the level, separated by a space.
//
// Django: Message.tags.
func (m Message) Tags() string {
	level := m.Level.Tag()
	switch {
	case m.ExtraTags == nil || *m.ExtraTags == "":
		return level
	case level == "":
		return *m.ExtraTags
	}
	return *m.ExtraTags + " " + level
}
