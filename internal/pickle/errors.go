package pickle

import (
	"errors"
	"strconv"
)

var (
	// ErrTooLarge says that a pickle or what it unfolds to (a few bytes can name one
	// value many times) passes the limit, or that a value is nested beyond [MaxDepth].
	ErrTooLarge = errors.New("the pickle is too large")
	// ErrNotDict says that a pickle is not a session: a dict whose keys are texts.
	ErrNotDict = errors.New("the pickled value is not a dict with text keys")
	// ErrRecursive says that a value contains itself. It has no text and is not written.
	ErrRecursive = errors.New("the pickled value contains itself")
	// ErrMixed says that foreign values of Python 2 and of Python 3 would be in one pickle.
	ErrMixed = errors.New("the values come from pickles of different Python versions")
)

// SyntaxError reports bytes that are not a pickle, or one that Django never writes.
type SyntaxError struct {
	Offset int    // bytes before the opcode at fault
	Reason string // a fixed phrase, never a part of the pickle
}

func (e *SyntaxError) Error() string {
	return "invalid pickle at byte " + strconv.Itoa(e.Offset) + ": " + e.Reason
}

// ForeignError reports a value that Python makes with a callable that this package does
// not know, or knows with other arguments.
type ForeignError struct {
	Name string // its module, a dot and its name
}

func (e *ForeignError) Error() string {
	return "the pickled value needs Python's " + strconv.QuoteToASCII(e.Name)
}

// NoJSONError reports a value for which Python's json.dumps raises TypeError.
type NoJSONError struct {
	Type string // the first Python type at fault, as "datetime.datetime" or "bytes"
}

func (e *NoJSONError) Error() string { return "Python's json cannot write a value of type " + e.Type }
