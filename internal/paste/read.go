package paste

import (
	"regexp"
	"slices"
	"strings"
)

// MaxText is how much pasted text is looked at, in bytes. Of a longer one the rest is
// left. What is not JSON is searched in its first maxSearched bytes, once, and texts up to
// maxRepeated bytes again after each step.
const (
	MaxText     = 4 << 20
	maxSearched = 512 << 10
	maxRepeated = 32 << 10
)

// maxTried is how much is tried with one value, in bytes.
const maxTried = 1 << 20

// maxCookies is how many cookies are taken from one text.
const maxCookies = 200

// maxRounds is how often something is undone.
const maxRounds = 12

// Cookie is one value that stands in a pasted text.
type Cookie struct {
	Name       string   `json:"name,omitempty"`
	Value      string   `json:"-"`                // as Django would see it, had nothing happened to it
	Source     string   `json:"source,omitempty"` // where it stood; empty where the text is the value
	Attributes []string `json:"attributes,omitempty"`
	Undone     []Undone `json:"undone,omitempty"`

	form Form
	rank rank
	jar  *jar
}

// jar is what holds cookies that one request or response has: one header, one list. Those
// of one request have nil where no others are in the text.
type jar struct{ _ int }

// in puts cookies into a jar that are in none.
func in(j *jar, cookies []Cookie) []Cookie {
	for i := range cookies {
		if cookies[i].jar == nil {
			cookies[i].jar = j
		}
	}
	return cookies
}

// Form returns the name of what the cookie's value is: one of Forms.
func (c Cookie) Form() string { return c.form.Name }

// Undone is one thing that was done to a text on its way, and was undone here.
type Undone struct {
	Name string `json:"name"`
	Text string `json:"text"`
	// Django says that Django undoes it too, so that the cookie is good as it stands.
	Django bool `json:"django"`

	cause, next string
}

// Pasted is what was found in a text.
type Pasted struct {
	Cookies []Cookie // in the order of the text; at least one
	Best    int      // the one that was probably meant
	Several int      // how many the same request or response has of that one's name
}

// Options say what is looked for.
type Options struct {
	Name      string // of the cookie; empty means sessionid, or what is best
	Separator string // empty means ":"
}

func (o *Options) separator() string {
	if o == nil || o.Separator == "" {
		return ":"
	}
	return o.Separator
}

func (o *Options) name() string {
	if o == nil {
		return ""
	}
	return o.Name
}

// Read finds the cookies in a pasted text, undoes what was done to them on the way, and
// chooses the one that was probably meant: of the wanted name, else sessionid, else the
// one that looks most like Django's. Of several of one name it is the last, as in Django.
func Read(text string, o *Options) Pasted {
	text = text[:min(len(text), MaxText)]
	if c, ok := whole(text, o); ok {
		return Pasted{Cookies: []Cookie{c}, Several: 1}
	}
	text, undone := outer(text, nil)
	p := Pasted{Cookies: tryText(text, o, undone)}
	cookies := p.Cookies
	p.Best = best(cookies, o.name())
	p.Several = several(cookies, cookies[p.Best])
	return p
}

// several counts the cookies beside c that are of its name: one that is there twice with
// one value is one.
func several(cookies []Cookie, c Cookie) int {
	n, differ := 0, false
	for _, other := range cookies {
		if other.Name == c.Name && other.jar == c.jar && c.Name != "" {
			n++
			differ = differ || other.Value != c.Value
		}
	}
	if !differ {
		return 1
	}
	return n
}

// Exactly takes a text for the value itself, of the wanted name.
func Exactly(text string, o *Options) Pasted {
	c := Cookie{Name: o.name(), Value: text}
	c.recognise(o)
	return Pasted{Cookies: []Cookie{c}, Several: 1}
}

// whole takes a text for a value as it is, if it is one of Django's, or a secret.
func whole(text string, o *Options) (Cookie, bool) {
	c := Cookie{Name: o.name(), Value: text}
	c.recognise(o)
	if c.form.Secret {
		return c, true
	}
	return c, c.rank == rankDjango && c.alone() || o.separator() != ":" && c.rank >= rankWeak
}

func (c *Cookie) recognise(o *Options) {
	c.form, c.rank = newValue(c.Value, c.Name, c.Source, o.separator()).recognise()
}

// tryText finds cookies in a text as it is, and in what it may have been: that is kept
// only where it shows more.
func tryText(text string, o *Options, undone []Undone) []Cookie {
	cookies := find(text, o, undone)
	for _, s := range textTrials {
		score := scoreOf(cookies, o)
		if score == maxScore || len(text) > maxRepeated {
			break
		}
		next := s.undo(text)
		if next == text {
			continue
		}
		if found := find(next, o, append(slices.Clip(undone), s.undone())); scoreOf(found, o) > score {
			cookies = found
		}
	}
	return cookies
}

// maxScore is the score of a text that needs no trial.
const maxScore = 2*int(rankDjango) + 1

// scoreOf tells how sure the best of cookies was recognised.
func scoreOf(cookies []Cookie, o *Options) int {
	c := cookies[best(cookies, o.name())]
	if c.alone() {
		return 2*int(c.rank) + 1
	}
	return 2 * int(c.rank)
}

// find undoes what was done to a text until cookies are found in it, or it is one.
func find(text string, o *Options, undone []Undone) []Cookie {
	if c := (Cookie{Name: o.name(), Value: text, Undone: undone}); c.undo(o) && c.alone() {
		return []Cookie{c}
	}
	if c := (Cookie{Name: o.name(), Value: text, Undone: undone}); c.unwrap(o) {
		return []Cookie{c}
	}
	for range maxRounds {
		if cookies := contained(text, o, undone); len(cookies) > 0 {
			return cookies
		}
		next, did := undoOne(text)
		if did.Name == "" || len(text) > maxRepeated {
			break
		}
		text, undone = next, append(slices.Clip(undone), did)
	}
	if plain := decoded(strings.TrimSpace(text)); isText(plain) {
		if cookies := contained(plain, o, append(slices.Clip(undone), decodeWhole.undone())); len(cookies) > 0 {
			return cookies
		}
	}
	c := Cookie{Name: o.name(), Value: text, Undone: undone}
	c.resolve(o)
	return []Cookie{c}
}

func outer(text string, undone []Undone) (string, []Undone) {
	for _, s := range outerSteps {
		if next := s.undo(text); next != text {
			text = next
			undone = append(undone, s.undone())
		}
	}
	return text, undone
}

func (s step) undone() Undone { return Undone{s.name, s.did, s.django, s.cause, s.next} }

func undoOne(text string) (string, Undone) {
	for _, s := range valueSteps {
		if next := s.undo(text); next != text {
			return next, s.undone()
		}
	}
	return text, Undone{}
}

// contained looks for cookies in the containers, and resolves each.
func contained(text string, o *Options, undone []Undone) []Cookie {
	for _, place := range containers() {
		cookies := named(place.name, joinChunks(opened(place.find(text))))
		if place.name == "JSON" {
			text = text[:min(len(text), maxSearched)]
		}
		if len(cookies) == 0 {
			continue
		}
		cookies = cookies[:min(len(cookies), maxCookies)]
		for i := range cookies {
			cookies[i].Undone = append(slices.Clip(undone), cookies[i].Undone...)
			cookies[i].resolve(o)
		}
		if !isEndOfText(text, cookies[0], o) {
			return cookies
		}
	}
	return nil
}

// lenient are forms whose text may hold more than a value of that form, because Django's
// base64 skips what is none.
var lenient = map[string]bool{"object": true, "object without a time": true, "empty session": true, "pickle": true, "messages": true, "decoded session": true}

var bare = regexp.MustCompile(`^\.?[A-Za-z0-9_+/-]+={0,2}(:[0-9A-Za-z]+)?:[A-Za-z0-9_-]+$`)

// isEndOfText reports whether a value was found at the end of text that is one value of
// text itself, signed as a whole.
func isEndOfText(text string, c Cookie, o *Options) bool {
	whole := Cookie{Value: text}
	whole.recognise(o)
	return whole.form.Name == "text" && c.form.Name == "text" && c.Name == "" && strings.HasSuffix(text, c.Value)
}

// alone reports whether the text is the value, and not a text that a value is in.
func (c *Cookie) alone() bool { return !lenient[c.form.Name] || bare.MatchString(c.Value) }

// unwrap joins the lines of a text that is a value and nothing else.
func (c *Cookie) unwrap(o *Options) bool {
	if len(c.Value) > MaxToken {
		return false
	}
	for _, s := range []step{joinLines, joinMarked} {
		once := *c
		if once.attempt(s) && bare.MatchString(once.Value) && once.known(o) {
			*c = once
			return true
		}
	}
	return false
}

// undo undoes what was done to one value, until it is recognised.
func (c *Cookie) undo(o *Options) (recognised bool) {
	for range maxRounds {
		if c.known(o) {
			return true
		}
		next, did := undoOne(c.Value)
		if did.Name == "" {
			return false
		}
		c.Value, c.Undone = next, append(slices.Clip(c.Undone), did)
	}
	return c.known(o)
}

// resolve undoes and tries, as long as a value is not recognised.
func (c *Cookie) resolve(o *Options) {
	if !c.undo(o) && len(c.Value) <= MaxToken {
		c.try(o)
	}
}

// try does what may have happened, alone and two at a time, and keeps what makes a known
// shape of the value.
func (c *Cookie) try(o *Options) {
	left := maxTried
	for _, first := range trialSteps {
		once := *c
		if !once.attempt(first) {
			continue
		}
		if left -= len(once.Value) + 512; once.known(o) {
			*c = once
			return
		}
		for _, second := range trialSteps {
			twice := once
			if left < 0 || !twice.attempt(second) {
				continue
			}
			if left -= len(twice.Value) + 512; twice.known(o) {
				*c = twice
				return
			}
		}
	}
}

// known reports whether a value is recognised for sure, and has nothing in it that only
// base64 skips, as a line break.
func (c *Cookie) known(o *Options) bool {
	c.recognise(o)
	return c.rank >= rankStrong && (c.alone() || c.form.Name == "decoded session" || o.separator() != ":")
}

// attempt does a step, if it changes something.
func (c *Cookie) attempt(s step) bool {
	next := s.undo(c.Value)
	if next == c.Value {
		return false
	}
	c.Value, c.Undone = next, append(slices.Clip(c.Undone), s.undone())
	return true
}

// ofResponse reports whether a cookie was set by the server.
func (c *Cookie) ofResponse() bool {
	return strings.HasPrefix(c.Source, sourceSetCookie) || strings.HasSuffix(c.Source, " of a response")
}

// deletes reports whether the server deletes the cookie with this.
func (c *Cookie) deletes() bool {
	return c.ofResponse() && strings.Trim(c.Value, `"' `) == ""
}

// best chooses among cookies.
func best(cookies []Cookie, wanted string) int {
	found, most := 0, -1
	for i, c := range cookies {
		points := int(c.rank) * 2
		if c.form.Name == "object" {
			points++
		}
		switch {
		case wanted != "" && c.Name == wanted:
			points += 100
		case strings.EqualFold(c.Name, "sessionid") && c.deletes():
			points += 40
		case strings.EqualFold(c.Name, "sessionid"):
			points += 50
		case strings.Contains(strings.ToLower(c.Name), "csrf"), strings.HasSuffix(c.Name, ".sig"):
			points = 0
		}
		if points >= most {
			found, most = i, points
		}
	}
	return found
}
