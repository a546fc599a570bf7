package paste

import (
	"strings"
	"sync"
)

// Form says what a value is, why that matters, and what to do next.
type Form struct {
	Name   string   // for programs, such as "object" or "jwt"
	What   string   // the thing, in a few words
	Cause  string   // why it is here, or why it is not what was looked for
	Next   []string // each a thing that a person can do
	Secret bool     // the value must not be shown
}

// rank says how much a form tells: of several values the one of the highest rank counts,
// and nothing more is undone from strong on.
type rank int

const (
	rankUnknown rank = iota
	rankJunk         // a placeholder, a word, a number
	rankWeak         // what could be by accident, as by its length alone
	rankStrong       // what another program writes
	rankDjango       // what Django writes
)

// recogniser is one row of the tables of forms. test may set what it found out.
type recogniser struct {
	Form
	test func(*value) bool
}

// value is a cookie's value, and what is known of it.
type value struct {
	text      string
	name      string // of the cookie, in lower case; empty if unknown
	source    string // name of the container; empty if unknown
	separator string
	parts     Parts
	payload   Payload
	object    bool // the body is an envelope with something readable in it
	tooLarge  error

	detail string // found by a test, a sentence
	cut    *Cut   // found by a test
}

func newValue(text, name, source, separator string) *value {
	v := &value{text: text, name: strings.ToLower(name), source: source, separator: separator}
	if len(text) > MaxToken {
		return v
	}
	v.parts = Split(text, separator)
	v.payload, v.object, v.tooLarge = Unpack(v.parts.Body)
	return v
}

// table is the recognisers of one rank.
type table struct {
	rank rank
	rows []recogniser
}

// tables are all recognisers, in order: the first that matches tells the form.
var tables = sync.OnceValue(func() []table {
	return []table{
		{rankStrong, secretForms()},
		{rankDjango, djangoForms()},
		{rankStrong, otherForms()},
		{rankStrong, damagedForms()},
		{rankWeak, weakForms()},
		{rankWeak, namedForms()},
		{rankJunk, junkForms()},
	}
})

var unknownForm = Form{
	Name:  "unknown",
	What:  "nothing that Django signs, or damaged",
	Cause: "it has none of the shapes of Django or of other software known here: it is damaged, or not a cookie's value",
	Next: []string{
		"copy the cookie again: in the browser's developer tools open Application (Chrome) or Storage (Firefox), Cookies, and take the whole value of sessionid",
		"or paste the whole header: saltine inspect 'Cookie: sessionid=...'",
	},
}

// recognise tells the form of a value, and sets what the form's test found out.
func (v *value) recognise() (Form, rank) {
	if len(v.text) > MaxToken {
		return unknownForm, rankUnknown
	}
	for _, table := range tables() {
		seen := v
		if table.rank == rankJunk {
			seen = v.beginning()
		}
		for _, row := range table.rows {
			if row.test(seen) {
				return row.Form, table.rank
			}
			seen.detail = ""
		}
	}
	return unknownForm, rankUnknown
}

// beginning returns v, or of a long one as much as tells what it is.
func (v *value) beginning() *value {
	const longestJunk = 8 << 10
	if len(v.text) <= longestJunk {
		return v
	}
	begins := *v
	begins.text = v.text[:longestJunk]
	return &begins
}

// Forms returns the names of all forms, in the order in which they are tried.
func Forms() []string {
	var names []string
	for _, table := range tables() {
		for _, row := range table.rows {
			names = append(names, row.Name)
		}
	}
	return append(names, unknownForm.Name)
}
