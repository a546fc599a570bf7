package pyjson

// Check and Members have a quick way for compact texts, and the functions of
// scan.go for all others. Tests compare the two.

// MaxCompact is how deep the quick way goes.
const MaxCompact = maxCompact

// SkipCompact is the quick way of Check: the index after the value at the
// beginning of text, or -1.
func SkipCompact(text string) int { return skipCompact(text, 0) }

// SkipValue is the other way of Check.
func SkipValue(text string) (int, error) {
	return skipValue(text, 0, 0)
}

// CheckSlowly is Check without its quick way.
func CheckSlowly(text string) error { return checkAt(text, 0) }

// MembersSlowly is Members without its quick way, for an object.
func MembersSlowly(dst []Member, text string) ([]Member, error) {
	list := memberList{members: dst, base: len(dst)}
	if err := list.add(text, skipSpace(text, 0)); err != nil {
		return dst, err
	}
	return list.members, nil
}
