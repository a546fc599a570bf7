package pyjson

import (
	"cmp"
	"reflect"
	"slices"
	"strings"
)

// field is a field of a struct, or of one embedded in it, that its JSON object has.
type field struct {
	name   string
	key    string // the name and the colon, as written
	index  []int  // the way to it through embedded structs
	tagged bool   // the name comes from the tag
	hidden bool   // another field has the same right to the name

	omitEmpty bool
	isZero    func(reflect.Value) bool // nil without omitzero
	quoted    bool                     // the string option
	write     writer
}

// embedded is a struct whose fields belong to the one that is looked at.
type embedded struct {
	typ   reflect.Type
	index []int
	twice bool // embedded more than once at this depth
}

// tagOptions is what a struct tag says of its field.
type tagOptions struct {
	name      string // "" if the tag gives none
	omitEmpty bool
	omitZero  bool
	quoted    bool // the string option
	embed     bool // the option of that name, without a name
	format    bool // the option of that name, which encoding/json refuses so far
}

// fieldScan is what is known of a struct's fields while they are looked for, one
// depth of embedding after the other.
type fieldScan struct {
	byName  map[string]field // under "" the one with the rest of the members
	next    []embedded       // the structs of the next depth
	refused bool             // encoding/json neither writes nor reads the struct
}

// structFields returns the fields of t's JSON object in their order, by the rules
// of encoding/json: Go's rules for embedded fields, where at the same depth a
// field with a name in its tag wins over one without. It is false for a struct
// that encoding/json refuses because of its tags.
func structFields(t reflect.Type) ([]field, bool) {
	scan := fieldScan{byName: map[string]field{}}
	seen := map[reflect.Type]bool{}
	for level := []embedded{{typ: t}}; len(level) > 0; level = scan.next {
		scan.next = nil
		for _, outer := range level {
			if seen[outer.typ] {
				continue
			}
			seen[outer.typ] = true
			for i := range outer.typ.NumField() {
				scan.add(outer, i)
			}
		}
	}
	fields := make([]field, 0, len(scan.byName))
	for _, f := range scan.byName {
		if !f.hidden {
			fields = append(fields, f)
		}
	}
	slices.SortFunc(fields, func(a, b field) int {
		if a.name == "" || b.name == "" { // the rest comes last
			return strings.Compare(b.name, a.name)
		}
		return slices.Compare(a.index, b.index)
	})
	return fields, !scan.refused
}

// add adds the field i of outer to the ones known by name, or to the structs of
// the next depth when its own fields take its place.
func (s *fieldScan) add(outer embedded, i int) {
	sf := outer.typ.Field(i)
	tag := sf.Tag.Get("json")
	target := sf.Type
	if target.Kind() == reflect.Pointer && target.Name() == "" {
		target = target.Elem()
	}
	isStruct := sf.Anonymous && target.Kind() == reflect.Struct
	if tag == "-" || !sf.IsExported() && !isStruct {
		return
	}
	o := readTag(tag)
	index := append(slices.Clip(outer.index), i)
	rest := false
	if o.embed || isStruct && o.name == "" {
		if target.Kind() == reflect.Struct {
			s.next = addEmbedded(s.next, embedded{typ: target, index: index})
			return
		}
		o = tagOptions{} // no other option counts
		rest = isRest(target)
	}
	if !sf.IsExported() && leftOut(target, o) {
		return
	}
	s.refused = s.refused || o.format
	f := newField(sf, o)
	if rest {
		f.name, f.key, f.write = "", "", appendRest
	}
	f.index = index
	f.hidden = outer.twice
	if known, ok := s.byName[f.name]; ok {
		f = dominant(known, f)
	}
	s.byName[f.name] = f
}

func newField(sf reflect.StructField, o tagOptions) field {
	f := field{
		name:      cmp.Or(o.name, sf.Name),
		tagged:    o.name != "",
		omitEmpty: o.omitEmpty,
		quoted:    o.quoted && isQuotable(sf.Type),
		write:     appendValue,
	}
	key, _ := AppendString(nil, f.name) // Go source and readTag see to its UTF-8
	f.key = string(key) + ":"
	if o.omitZero {
		f.isZero = zeroCheck(sf.Type)
	}
	if isScalar(sf.Type.Kind()) && sf.Type.PkgPath() == "" {
		f.write = appendScalar // a basic type has no methods to look for
	}
	return f
}

func addEmbedded(level []embedded, e embedded) []embedded {
	for i := range level {
		if level[i].typ == e.typ {
			level[i].twice = true
			return level
		}
	}
	return append(level, e)
}

// dominant returns the one of two fields that has the name. known was found
// first, so it is not deeper.
func dominant(known, f field) field {
	switch {
	case len(known.index) < len(f.index), known.tagged && !f.tagged:
		return known
	case f.tagged && !known.tagged:
		return f
	default:
		known.hidden = true
		return known
	}
}

// find returns the field's value in a struct, and false behind a nil pointer.
func (f *field) find(v reflect.Value) (reflect.Value, bool) {
	for _, i := range f.index {
		if v.Kind() == reflect.Pointer {
			if v.IsNil() {
				return reflect.Value{}, false
			}
			v = v.Elem()
		}
		v = v.Field(i)
	}
	return v, true
}

func (f *field) omitted(v reflect.Value) bool {
	return f.omitEmpty && isEmpty(v) || f.isZero != nil && f.isZero(v)
}

func isEmpty(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Array, reflect.Map, reflect.Slice, reflect.String:
		return v.Len() == 0
	case reflect.Pointer, reflect.Interface:
		return v.IsNil()
	default:
		return isScalar(v.Kind()) && v.IsZero()
	}
}

type zeroer interface{ IsZero() bool }

// zeroCheck returns the test of the omitzero option: the type's method IsZero if
// it can be called, on a pointer to the value if need be.
func zeroCheck(t reflect.Type) func(reflect.Value) bool {
	zeroerType := reflect.TypeFor[zeroer]()
	onPointer := !t.Implements(zeroerType)
	if onPointer && !reflect.PointerTo(t).Implements(zeroerType) {
		return reflect.Value.IsZero
	}
	return func(v reflect.Value) bool {
		if isNil(v) || v.Kind() == reflect.Interface && isNil(v.Elem()) {
			return true
		}
		if !v.CanInterface() {
			return v.IsZero()
		}
		if onPointer {
			if !v.CanAddr() {
				boxed := reflect.New(t).Elem()
				boxed.Set(v)
				v = boxed
			}
			v = v.Addr()
		}
		return v.Interface().(zeroer).IsZero()
	}
}
