package saltine

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/seed-52756201/saltine/internal/pickle"
	"github.com/seed-52756201/saltine/internal/pyjson"
)

// values are the names and JSON texts that a session holds, in order. A text stays
// as it came, byte for byte, until its value is set again; it is decoded when
// somebody asks for it.
type values struct {
	members  []pyjson.Member
	invalid  map[string]error         // values that cannot be written, by name
	pickled  map[string]pickle.Member // values that came in a pickle, by the text of the name
	places   map[string]int           // of members, once it is worth it
	removed  int                      // members that places no longer lists, which all leaves out
	searches int                      // for names, without places
	few      [7]pyjson.Member         // room for members
}

// loads takes the values from a payload by serializer. They are unchanged after an
// error, which wraps pyjson.ErrNotObject for JSON that is not an object.
func (v *values) loads(payload []byte, serializer Serializer) error {
	json, isJSON := serializer.(jsonSerializer)
	switch {
	case isPlainJSON(serializer):
		return v.parse(string(payload))
	case isJSON:
		text, err := json.LoadsJSON(nil, payload)
		if err != nil {
			return err
		}
		return v.parse(string(text))
	}
	var object map[string]any
	if err := serializer.Loads(payload, &object); err != nil {
		return err
	}
	var loaded values
	loaded.setAll(object)
	if err := loaded.check(); err != nil {
		return err
	}
	v.replace(loaded.members)
	return nil
}

// parse takes the members of the JSON object in text.
func (v *values) parse(text string) error {
	members, err := pyjson.Members(v.few[:0], text)
	if err != nil {
		return unreadable(text, err)
	}
	v.replace(members)
	return nil
}

// dumps appends the payload for the values by serializer.
func (v *values) dumps(dst []byte, serializer Serializer) ([]byte, error) {
	if err := v.checkJSON(); err != nil {
		return dst, err
	}
	json, isJSON := serializer.(jsonSerializer)
	switch {
	case isPlainJSON(serializer):
		return v.appendJSON(dst), nil
	case isJSON:
		return json.DumpsJSON(dst, v.appendJSON(nil))
	}
	return serializer.Dumps(dst, v.decoded())
}

// signValues returns the values signed at a time.
func (t *TimestampSigner) signValues(v *values, at time.Time) (string, error) {
	if err := t.signer.check(); err != nil {
		return "", err
	}
	st := t.signer.get()
	defer t.signer.put(st)
	payload, err := v.dumps(st.out[:0], t.signer.serializer)
	if err != nil {
		return "", err
	}
	if isPlainJSON(t.signer.serializer) {
		st.out = payload
	}
	return t.signPayload(st, payload, at)
}

// setAll sets the values of a map, in the order of its sorted names. It encodes all
// of them before it changes anything.
func (v *values) setAll(object map[string]any) {
	names := slices.Sorted(maps.Keys(object))
	all := make([]encoded, len(names))
	for i, name := range names {
		all[i] = encode(name, object[name])
	}
	for i := range all {
		v.put(&all[i])
	}
}

// clear removes all values.
func (v *values) clear() { v.replace(nil) }

// replace puts other members in place of these.
func (v *values) replace(members []pyjson.Member) {
	v.members, v.invalid, v.pickled, v.places, v.removed, v.searches = members, nil, nil, nil, 0, 0
}

// all returns the members in order.
func (v *values) all() []pyjson.Member {
	if v.removed > 0 {
		v.members = slices.DeleteFunc(v.members, func(m pyjson.Member) bool { return m.Raw == "" })
		v.places, v.removed = nil, 0
	}
	return v.members
}

// len returns how many values there are.
func (v *values) len() int { return len(v.members) - v.removed }

// clone returns a copy that shares nothing which either changes.
func (v *values) clone() values {
	return values{members: slices.Clone(v.all()), invalid: maps.Clone(v.invalid), pickled: maps.Clone(v.pickled)}
}

// index returns the place of a name, or -1. Once many names were searched for among
// many, it looks them up.
func (v *values) index(name string) int {
	if v.places == nil {
		if len(v.members) <= fewMembers || v.searches < manySearches {
			v.searches++
			return slices.IndexFunc(v.members, func(m pyjson.Member) bool { return m.Key == name })
		}
		v.places = make(map[string]int, len(v.members))
		for i, m := range slices.Backward(v.members) { // of equal names, with lone surrogates, the first counts
			v.places[m.Key] = i
		}
	}
	if i, ok := v.places[name]; ok {
		return i
	}
	return -1
}

const (
	// fewMembers are searched one by one as fast as they are looked up.
	fewMembers = 16
	// manySearches cost about what the table of places does.
	manySearches = 8
)

// raw returns the JSON text of a value.
func (v *values) raw(name string) (text string, ok bool) {
	if i := v.index(name); i >= 0 {
		return v.members[i].Raw, true
	}
	return "", false
}

var errNameText = errors.New("its name is not valid UTF-8")

// encoded is a value on its way into the session.
type encoded struct {
	member pyjson.Member
	err    error // why it cannot be written: it stands as null then
}

func encode(name string, value any) encoded {
	rawName, nameErr := pyjson.AppendString(nil, name)
	text, err := pyjson.AppendNested(nil, value, 1)
	if err != nil {
		text = []byte("null")
	}
	if nameErr != nil {
		err = errNameText
	}
	return encoded{pyjson.Member{Key: name, RawKey: string(rawName), Raw: string(text)}, err}
}

// set puts a value under name, in the place of that name or at the end. It encodes
// first and changes after, so that a marshaler that panics changes nothing. What
// cannot be written is remembered as invalid.
func (v *values) set(name string, value any) {
	e := encode(name, value)
	v.put(&e)
}

func (v *values) put(e *encoded) {
	name := e.member.Key
	if i := v.index(name); i < 0 {
		v.members = append(v.members, e.member)
		if v.places != nil {
			v.places[name] = len(v.members) - 1
		}
	} else {
		v.members[i].Raw = e.member.Raw
		delete(v.pickled, v.members[i].RawKey)
	}
	delete(v.invalid, name)
	if e.err != nil {
		v.refuse(name, e.err)
	}
}

// refuse remembers that a value cannot be written.
func (v *values) refuse(name string, cause error) {
	if v.invalid == nil {
		v.invalid = make(map[string]error)
	}
	v.invalid[name] = fmt.Errorf("%w: %w", ErrUnsupported, cause)
}

// check returns the error for the first value that cannot be written.
func (v *values) check() error {
	if len(v.invalid) == 0 {
		return nil
	}
	for _, m := range v.all() {
		if err := v.invalid[m.Key]; err != nil {
			return &FieldError{Name: m.Key, Err: err}
		}
	}
	return nil
}

// checkJSON returns the error for the first value that cannot be written as JSON.
func (v *values) checkJSON() error {
	if err := v.check(); err != nil || len(v.pickled) == 0 {
		return err
	}
	for _, m := range v.all() {
		if p := v.pickled[m.RawKey]; p.Err != nil {
			return &FieldError{Name: m.Key, Err: fmt.Errorf("%w: %w", ErrUnsupported, p.Err)}
		}
	}
	return nil
}

// unreadable returns why the value under name has no text, or nil.
func (v *values) unreadable(name string) error {
	if len(v.pickled) == 0 {
		return nil
	}
	i := v.index(name)
	if i < 0 {
		return nil
	}
	if p := v.pickled[v.members[i].RawKey]; p.Err != nil && p.Raw == "" {
		return &FieldError{Name: name, Err: fmt.Errorf("%w: %w", ErrWrongType, p.Err)}
	}
	return nil
}

// parsePickle takes the members of a pickled dict. Each keeps its Python type; what
// has no text reads as null.
func (v *values) parsePickle(data []byte, options pickle.Options) error {
	members, err := pickle.Members(nil, data, options)
	switch {
	case errors.Is(err, pickle.ErrTooLarge):
		return &SizeError{What: "payload", Size: max(len(data), options.MaxSize+1), Limit: options.MaxSize}
	case err != nil:
		return malformed(err)
	}
	v.replace(make([]pyjson.Member, 0, len(members)))
	v.pickled = make(map[string]pickle.Member, len(members))
	for _, m := range members {
		v.pickled[m.RawKey] = m // also of JSON: a tuple and a list have one text
		_, foreign := errors.AsType[*pickle.ForeignError](m.Err)
		if foreign && !options.KeepForeign || errors.Is(m.Err, pickle.ErrRecursive) {
			v.refuse(m.Key, m.Err)
		}
		if m.Raw == "" {
			m.Raw = "null"
		}
		v.members = append(v.members, m.Member)
	}
	return nil
}

// appendPickle appends the pickle of the values. What came in a pickle keeps its type.
func (v *values) appendPickle(dst []byte) ([]byte, error) {
	if err := v.check(); err != nil {
		return dst, err
	}
	members := make([]pickle.Member, v.len())
	for i, m := range v.all() {
		members[i].Member = m
		if p, ok := v.pickled[m.RawKey]; ok {
			members[i] = p
		}
	}
	dst, err := pickle.Append(dst, members)
	if err != nil {
		return dst, fmt.Errorf("%w: %w", ErrUnsupported, err)
	}
	return dst, nil
}

// remove removes a value and reports whether there was one.
func (v *values) remove(name string) bool {
	i := v.index(name)
	if i < 0 {
		return false
	}
	delete(v.pickled, v.members[i].RawKey)
	delete(v.invalid, name)
	if v.places != nil && len(v.places) == v.len() { // and so no two names are equal
		delete(v.places, name)
		v.members[i] = pyjson.Member{}
		v.removed++
	} else {
		v.members = slices.Delete(v.members, i, i+1)
		v.places = nil
	}
	return true
}

// appendJSON appends the values as one JSON object.
func (v *values) appendJSON(dst []byte) []byte {
	dst = append(dst, '{')
	for i, m := range v.all() {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, m.RawKey...)
		dst = append(dst, ':')
		dst = append(dst, m.Raw...)
	}
	return append(dst, '}')
}

// decoded returns the values as a map.
func (v *values) decoded() map[string]any {
	object := make(map[string]any, v.len())
	for _, m := range v.all() {
		object[m.Key] = decode(m.Raw)
	}
	return object
}

// sizes returns the room that each value takes, largest first.
func (v *values) sizes() []ValueSize {
	sizes := make([]ValueSize, v.len())
	for i, m := range v.all() {
		sizes[i] = ValueSize{Name: m.Key, Size: len(m.RawKey) + len(":,") + len(m.Raw)}
	}
	slices.SortStableFunc(sizes, func(a, b ValueSize) int { return b.Size - a.Size })
	return sizes
}
