package pyjson

import "strings"

// Member is one key of an object and the text of its value.
type Member struct {
	Key    string // decoded; a lone surrogate became U+FFFD
	RawKey string // as it came, with its quotes
	Raw    string // the value as it came, without the white space around it
}

// Members appends the members of the object that text holds to dst, in their
// order, after checking the whole text as [Check] does. A repeated key keeps its
// first place and takes its last value, as in a Python dict.
//
// RawKey, Raw and, where it has neither escapes nor non-ASCII bytes, Key are
// substrings of text, so they keep it in memory. Nothing else is allocated for
// up to 16 members when dst has room.
//
// It returns a [*SyntaxError] for an invalid text and [ErrNotObject] for a valid
// one of another kind, with dst unchanged.
func Members(dst []Member, text string) ([]Member, error) {
	start := skipSpace(text, 0)
	if start == len(text) || text[start] != '{' {
		if err := Check(text); err != nil {
			return dst, err
		}
		return dst, ErrNotObject
	}
	list := memberList{members: dst, base: len(dst)}
	next, more, err := openBracket(text, start, '}', 1)
	for more && err == nil {
		var m Member
		if m, next, err = readMember(text, next); err != nil {
			break
		}
		list.put(m)
		next, more, err = skipComma(text, next, '}')
	}
	if err == nil {
		err = checkEnd(text, next)
	}
	if err != nil {
		return dst, err
	}
	return list.members, nil
}

func readMember(text string, i int) (m Member, next int, err error) {
	end, plain, err := skipKey(text, i)
	if err != nil {
		return m, 0, err
	}
	m.RawKey = text[i:end]
	m.Key = stringValue(m.RawKey, plain)
	if i, err = skipColon(text, end); err != nil {
		return m, 0, err
	}
	if end, err = skipValue(text, i, 1); err != nil {
		return m, 0, err
	}
	m.Raw = text[i:end]
	return m, end, nil
}

// maxLinear is how many members are searched one by one for a repeated key.
const maxLinear = 16

// memberList collects members from base on.
type memberList struct {
	members []Member
	base    int
	index   map[string]int // identity to place, from more than maxLinear members on
}

func (l *memberList) put(m Member) {
	if i := l.find(m); i >= 0 {
		l.members[i].Raw = m.Raw
		return
	}
	l.members = append(l.members, m)
	if l.index != nil {
		l.index[m.identity()] = len(l.members) - 1
	}
}

// find returns the place of the member with the key of m, or -1.
func (l *memberList) find(m Member) int {
	found := l.members[l.base:]
	if len(found) <= maxLinear {
		for i := range found {
			if found[i].Key == m.Key && found[i].identity() == m.identity() {
				return l.base + i
			}
		}
		return -1
	}
	if l.index == nil {
		l.index = make(map[string]int, 4*maxLinear)
		for i := range found {
			l.index[found[i].identity()] = l.base + i
		}
	}
	if i, ok := l.index[m.identity()]; ok {
		return i
	}
	return -1
}

// identity tells keys apart that differ in lone surrogates only: those are all
// U+FFFD in Key.
func (m Member) identity() string {
	if !strings.Contains(m.Key, "\uFFFD") {
		return m.Key
	}
	return decodeString(m.RawKey[1:len(m.RawKey)-1], true)
}
