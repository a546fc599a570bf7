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
	if start == 0 && list.addCompact(text) {
		return list.members, nil
	}
	list = memberList{members: dst, base: len(dst)}
	if err := list.add(text, start); err != nil {
		return dst, err
	}
	return list.members, nil
}

// maxLinear is how many members are searched one by one for a repeated key.
const maxLinear = 16

// memberList collects members from base on.
type memberList struct {
	members []Member
	base    int
	index   map[string]int // identity to place, from more than maxLinear members on
}

// addCompact adds the members of the object that text is, and gives up like
// skipCompact, with some of them added.
func (l *memberList) addCompact(text string) bool {
	for i := 1; i < len(text) && text[i] == '"'; i++ {
		colon, plain := skipLong(text, i+1)
		if colon < 0 || colon == len(text) || text[colon] != ':' {
			return false
		}
		end := skipCompact(text, colon+1)
		if end < 0 || end == len(text) {
			return false
		}
		l.put(text[i:colon], text[colon+1:end], plain)
		if i = end; text[i] != ',' {
			return text[i] == '}' && i+1 == len(text)
		}
	}
	return text == "{}"
}

// add adds the members of the object that begins at text[i] and must end the text.
func (l *memberList) add(text string, i int) error {
	next, more, err := openBracket(text, i, '}', 1)
	for more && err == nil {
		var keyEnd, start int
		var plain bool
		key := next
		if keyEnd, plain, err = skipKey(text, key); err != nil {
			break
		}
		if start, err = skipColon(text, keyEnd); err != nil {
			break
		}
		if next, err = skipValue(text, start, 1); err != nil {
			break
		}
		l.put(text[key:keyEnd], text[start:next], plain)
		next, more, err = skipComma(text, next, '}')
	}
	if err != nil {
		return err
	}
	return checkEnd(text, next)
}

// put adds a member, or gives the one with the same key a new value. plain is what
// skipString said about the key.
func (l *memberList) put(rawKey, raw string, plain bool) {
	key := stringValue(rawKey, plain)
	if i := l.find(key, rawKey); i >= 0 {
		l.members[i].Raw = raw
		return
	}
	l.members = append(l.members, Member{Key: key, RawKey: rawKey, Raw: raw})
	if l.index != nil {
		l.index[identity(key, rawKey)] = len(l.members) - 1
	}
}

// find returns the place of the member with a key, or -1.
func (l *memberList) find(key, rawKey string) int {
	found := l.members[l.base:]
	if len(found) <= maxLinear {
		for i := range found {
			if found[i].Key == key && identity(found[i].Key, found[i].RawKey) == identity(key, rawKey) {
				return l.base + i
			}
		}
		return -1
	}
	if l.index == nil {
		l.index = make(map[string]int, 4*maxLinear)
		for i := range found {
			l.index[identity(found[i].Key, found[i].RawKey)] = l.base + i
		}
	}
	if i, ok := l.index[identity(key, rawKey)]; ok {
		return i
	}
	return -1
}

// identity tells keys apart that differ in lone surrogates only: those are all
// U+FFFD in key.
func identity(key, rawKey string) string {
	if !strings.Contains(key, "\uFFFD") {
		return key
	}
	return decodeString(rawKey[1:len(rawKey)-1], true)
}
