package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/internal/paste"
)

// pageFact is a row of a list of names and texts.
type pageFact struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

// pageOrigin tells where the value stood, what was undone to get it, and what else is
// there.
func pageOrigin(found *paste.Report) []pageFact {
	var facts []pageFact
	add := func(name, text string) { facts = append(facts, pageFact{name, printable(text)}) }
	if found.Name != "" {
		add("Name", found.Name)
	}
	if found.Source != "" {
		add("Found in", found.Source)
	}
	for _, attribute := range found.Attributes {
		add("Attribute", attribute)
	}
	for _, u := range found.Undone {
		add("Undone", u.Text)
	}
	for _, other := range found.Others {
		add("Beside", strings.TrimPrefix(other.Name+": "+other.What, ": "))
	}
	return facts
}

// pagePart is a piece of the value: "mark", "payload", "timestamp", "signature",
// "separator" or "other". Together they are the value.
type pagePart struct {
	Kind  string `json:"kind"`
	Text  string `json:"text"`
	Name  string `json:"name,omitempty"`
	About string `json:"about,omitempty"`
}

func newPageParts(value, separator string, found *paste.Report) []pagePart {
	var list []pagePart
	p := found.Parts
	rest := value
	add := func(kind string, length int, name, about string) {
		if length > 0 {
			list = append(list, pagePart{kind, printable(rest[:length]), name, about})
			rest = rest[length:]
		}
	}
	if !strings.HasPrefix(value, p.Body) {
		add("other", len(value), "Value", plural(int64(len(value)), "byte"))
		return list
	}
	body := p.Body
	if found.Content.Compressed {
		add("mark", 1, "Mark", "a dot: the payload is compressed")
		body = body[1:]
	}
	add("payload", len(body), "Payload", bodyText(body, found))
	if p.Stamped {
		add("separator", len(separator), "", "")
		add("timestamp", len(rest)-len(separator)-len(p.Signature), "Timestamp", stamp(p.SignedAt)+", in base 62")
	}
	if p.Signature != "" {
		add("separator", len(rest)-len(p.Signature), "", "")
		add("signature", len(rest), "Signature", signatureText(p.Signature))
	}
	add("other", len(rest), "Rest", "what stands behind the payload")
	return list
}

func bodyText(body string, found *paste.Report) string {
	if found.Content.Text == "" || found.Content.Text == body {
		return plural(int64(len(body)), "byte") + " of text"
	}
	return plural(int64(len(body)), "character") + " of base64"
}

type pagePayload struct {
	About string `json:"about"`
	Text  string `json:"text,omitempty"`
}

// newPagePayload shows a payload as inspect does, or nil where there is none.
func newPagePayload(found *paste.Report) *pagePayload {
	content := found.Content
	about := plural(int64(len(content.Text)), "byte") + " of "
	compressed := ""
	if content.Compressed {
		compressed = fmt.Sprintf(", compressed to %d", content.Packed)
	}
	switch {
	case content.Text == "":
		return nil
	case content.Pickle:
		return &pagePayload{About: about + "Python pickle" + compressed + ". Reading one runs the code in it, so it is not shown"}
	case content.Canonical != "":
		return &pagePayload{about + "JSON" + compressed, pretty(content.Canonical)}
	case found.Cut != nil:
		about = "the first " + about
	}
	return &pagePayload{about + "text" + compressed, quote(content.Text)}
}

// pageTime is when a value was made and ends.
type pageTime struct {
	Signed string     `json:"signed"`
	End    string     `json:"end"`
	Rule   string     `json:"rule,omitempty"`
	Marks  *pageMarks `json:"marks,omitempty"`
}

// pageMarks are places on a line from the time of signing, 0, to the later of now and
// the end, 1.
type pageMarks struct {
	Now float64 `json:"now"`
	End float64 `json:"end"`
}

// pageSession is what is known of a session that nobody has verified: when it would end,
// and the room that its values take.
type pageSession struct {
	end    time.Time // zero: never
	rule   string
	values []saltine.ValueSize
}

// readPageSession reads the session in a value as if it were good: signed again with a key
// of its own, at the time that stands there.
func readPageSession(r *request, found *paste.Report) pageSession {
	k, known, err := r.kind()
	if err != nil || !found.Parts.Stamped {
		return pageSession{}
	}
	if other, ok := plainKind(found.Form); ok && !known {
		k = other
	} else if found.Form == "text" && !known {
		k = kindPlain // which a session never is
	}
	maxAge := k.maxAge
	s := pageSession{rule: "no maximum age"}
	if r.maxAge != nil {
		maxAge = *r.maxAge
	}
	if maxAge != saltine.NoMaxAge {
		s.end = found.Parts.SignedAt.Add(maxAge)
		s.rule = "maximum age of " + ageFlag(maxAge)
	}
	if k == kindSession && strings.HasPrefix(found.Content.Canonical, "{") {
		s.read(found.Parts, maxAge)
	}
	return s
}

// read finds the values and the session's own end.
func (s *pageSession) read(p paste.Parts, maxAge time.Duration) {
	ring, err := saltine.NewKeyring("nobody's", nil)
	if err != nil {
		return
	}
	clock := func() time.Time { return p.SignedAt }
	signer, err := saltine.NewTimestampSigner(ring, &saltine.Options{Salt: kindSession.salt, Now: clock})
	if err != nil {
		return
	}
	store, err := saltine.NewCookieStore(ring, &saltine.StoreOptions{Now: clock, CookieAge: maxAge})
	if err != nil {
		return
	}
	session, err := store.Load(signer.Sign(p.Body))
	if err != nil {
		return
	}
	s.values = session.Sizes()
	e, err := session.Expiry()
	if err != nil || e.IsDefault() {
		return
	}
	if own := store.ExpiryDate(p.SignedAt, e); own.Before(s.end) {
		s.end, s.rule = own, "the session's own expiry, in _session_expiry"
	}
}

// time tells when a value was made and ends.
func (s *pageSession) time(now time.Time, p paste.Parts) *pageTime {
	switch {
	case p.Signature == "":
		return nil
	case !p.Stamped:
		return &pageTime{Signed: "no timestamp: made by a Signer, which has none, or not by Django"}
	}
	t := &pageTime{Signed: stamp(p.SignedAt) + ", " + ago(now.Sub(p.SignedAt)), End: "never", Rule: s.rule}
	if s.end.IsZero() {
		return t
	}
	if left := s.end.Sub(now); left < 0 {
		t.End = stamp(s.end) + ", " + ago(-left)
	} else {
		t.End = stamp(s.end) + ", in " + age(left)
	}
	spent, life := now.Sub(p.SignedAt).Seconds(), s.end.Sub(p.SignedAt).Seconds()
	if whole := max(spent, life); whole > 0 {
		t.Marks = &pageMarks{Now: max(spent, 0) / whole, End: max(life, 0) / whole}
	}
	return t
}

// pageSize is the room that a value takes of what browsers keep.
type pageSize struct {
	Text    string      `json:"text"`
	Total   int         `json:"total"`
	Limit   int         `json:"limit"`
	Pieces  []pagePiece `json:"pieces"`
	Caption string      `json:"caption,omitempty"`
	Values  []pageValue `json:"values,omitempty"`
}

// pagePiece is a part of the bar, in bytes of the value.
type pagePiece struct {
	Kind string  `json:"kind"`
	Size float64 `json:"size"`
}

type pageValue struct {
	Name string `json:"name"`
	Size int    `json:"size"`
}

// The most values of a session that the page lists, and shows in the bar.
const (
	mostPageValues = 100
	mostPagePieces = 20
)

func (s *pageSession) size(value string, found *paste.Report) *pageSize {
	p := found.Parts
	size := &pageSize{Text: sizeText(len(value)), Total: len(value), Limit: paste.BrowserLimit}
	if p.Signature == "" {
		size.Pieces = []pagePiece{{"other", float64(len(value))}}
		return size
	}
	for _, v := range s.values[:min(len(s.values), mostPageValues)] {
		size.Values = append(size.Values, pageValue{printable(v.Name), v.Size})
	}
	size.Pieces = append(s.pieces(float64(len(p.Body))),
		pagePiece{"timestamp", float64(len(value) - len(p.Body) - len(p.Signature))},
		pagePiece{"signature", float64(len(p.Signature))})
	if len(s.values) > 0 {
		size.Caption = valuesCaption(len(s.values), found.Compressed)
	}
	return size
}

// pieces share the room of the payload among the values.
func (s *pageSession) pieces(room float64) []pagePiece {
	var list []pagePiece
	sum := 0
	for _, v := range s.values {
		sum += v.Size
	}
	rest := room
	for _, v := range s.values[:min(len(s.values), mostPagePieces)] {
		part := room * float64(v.Size) / float64(sum)
		list = append(list, pagePiece{"payload", part})
		rest -= part
	}
	if rest >= 1 { // more than the rounding of the others
		list = append(list, pagePiece{"payload", rest})
	}
	return list
}

func valuesCaption(n int, compressed bool) string {
	text := "What takes the room: bytes of JSON"
	if compressed {
		text += " before compression"
	}
	if n > mostPageValues {
		text += fmt.Sprintf("; the largest %d of %d values", mostPageValues, n)
	}
	return text
}
