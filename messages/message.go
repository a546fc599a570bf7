package messages

// Level is the importance of a message. Other numbers than the five constants
// are levels too.
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

// Tag returns "debug", "info", "success", "warning" or "error", and "" for
// another level.
//
// Django: Message.level_tag, where MESSAGE_TAGS may say otherwise.
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
	// ExtraTags are more tags, separated by spaces. nil is Python's None: the
	// cookie tells it apart from an empty text, which is what
	// messages.add_message makes where no tags are given. Django: extra_tags.
	ExtraTags *string
	// Safe says that Text is HTML and need not be escaped: that Django signed
	// a SafeString. Cookies of Django 1.4 do not tell, and are not safe.
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
