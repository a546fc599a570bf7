// Package pickle reads and writes the pickles that Django's caches hold, as data: it
// never imports, calls or looks up what a pickle names.
//
// It reads protocols 2 to 5 of Python 2.7 and 3: everything that JSON has, bytes,
// bytearray, tuple, set, frozenset, OrderedDict, SafeString, datetime, date, time,
// timedelta, Decimal and UUID, with the time zones of datetime, pytz, zoneinfo and Django.
// All other callables are foreign. Opcodes that Django never writes are refused, also
// where Python takes them.
//
// What has a form in JSON gets the text of Python's json.dumps: a tuple is an array, an
// int key a text. The others get a text of this package, so that a program sees them:
//
//	datetime, date, time    isoformat; a named zone follows in brackets, without an offset
//	timedelta               an array of days, seconds and microseconds
//	Decimal, UUID           str
//	set, frozenset          an array, in the order of the pickle
//	bytes, bytearray, str of Python 2 that is not ASCII    hexadecimal digits
//
// Time and memory are bounded by the length of a pickle, at most about 150 bytes for each byte,
// and by the limit for what it unfolds to.
package pickle

import "github.com/seed-52756201/saltine/internal/pyjson"

// MaxDepth is how many values may enclose each other, the dict of the session included.
const MaxDepth = 512

// Member is one item of a session.
type Member struct {
	// Key and Raw are as in a JSON session. Raw is empty for a value without any text.
	pyjson.Member
	// Value is the value as it came, for [Append]. Without one, Raw is written.
	Value Value
	// Err says why Raw is not the text that Django's JSONSerializer writes: a
	// [*NoJSONError], a [*ForeignError] or [ErrRecursive]. It is nil if it is that text.
	Err error
}

// Value is a value of a pickle that can be written again with its Python type. The
// zero Value holds none. It is immutable and keeps the pickle in memory.
type Value struct {
	key      *node
	node     *node
	refused  error // why it cannot be written
	protocol byte  // that foreign names in it need, or 0
}

// Options are the limits of [Members].
type Options struct {
	// MaxSize is how many bytes a pickle may have, and about how many it may unfold to.
	// Zero refuses every pickle.
	MaxSize int
	// KeepForeign makes foreign values writable: names and arguments go out as they came.
	KeepForeign bool
}

// Members appends the items of a pickled session to dst, in their order. It does not
// keep data. A foreign value, or one that contains itself, makes only its own member
// unreadable, and until that is left out [Append] refuses the members.
//
// Everything else that is wrong is an error for the whole pickle, with dst as it was:
// a [*SyntaxError], [ErrTooLarge] or [ErrNotDict].
func Members(dst []Member, data []byte, options Options) ([]Member, error) {
	if len(data) > options.MaxSize {
		return dst, ErrTooLarge
	}
	top, err := decode(string(data))
	if err != nil {
		return dst, err
	}
	if top.kind != kindDict {
		return dst, ErrNotDict
	}
	top.items = unique(top.items)
	v := viewer{budget: options.MaxSize, dst: make([]byte, 0, 2*len(data))}
	members, ends := dst, make([]int, 0, len(top.items))
	for i := 0; i < len(top.items); i += 2 {
		if _, ok := top.items[i].plain(); !ok {
			return dst, ErrNotDict
		}
		v.recursive, v.foreign, v.odd, v.hidden = false, "", "", false
		v.show(top.items[i], 1)
		ends = append(ends, len(v.dst))
		v.show(top.items[i+1], 1)
		if v.err != nil {
			return dst, v.err
		}
		m := Member{Value: Value{key: top.items[i], node: top.items[i+1]}, Err: v.memberErr()}
		if v.recursive || v.foreign != "" {
			v.hidden, m.Value.protocol = true, min(2*(data[1]-1), 4)
			if v.recursive || !options.KeepForeign {
				m.Value.refused = m.Err
			}
		}
		if v.hidden {
			v.dst = v.dst[:ends[i]]
		}
		ends = append(ends, len(v.dst))
		members = append(members, m)
	}
	text, start := string(v.dst), 0
	for i := range members[len(dst):] {
		m := &members[len(dst)+i]
		m.RawKey, m.Raw = text[start:ends[2*i]], text[ends[2*i]:ends[2*i+1]]
		m.Key, _ = pyjson.Unquote(m.RawKey)
		start = ends[2*i+1]
	}
	return members, nil
}

// memberErr returns what was found in the last member.
func (v *viewer) memberErr() error {
	switch {
	case v.foreign != "":
		return &ForeignError{Name: v.foreign}
	case v.recursive:
		return ErrRecursive
	case v.odd != "":
		return &NoJSONError{Type: v.odd}
	}
	return nil
}
