// Package cookiename knows the rules that browsers hold the names of cookies to.
package cookiename

import "strings"

// Rules are what a cookie needs for its name: without it, browsers refuse the cookie.
type Rules struct {
	Prefix   string // empty for a name without rules
	Secure   bool
	Host     bool // the path "/", and no Domain
	HTTPOnly bool
}

// rules has the longer of two prefixes that fit first.
var rules = [...]Rules{
	{"__Host-Http-", true, true, true},
	{"__Host-", true, true, false},
	{"__Http-", true, false, true},
	{"__Secure-", true, false, false},
}

// RulesOf returns the rules for a name of ASCII. The letter case of the prefix does not
// matter.
func RulesOf(name string) Rules {
	for _, r := range rules {
		if len(name) >= len(r.Prefix) && strings.EqualFold(name[:len(r.Prefix)], r.Prefix) {
			return r
		}
	}
	return Rules{}
}
