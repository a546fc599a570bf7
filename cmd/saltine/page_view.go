package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/seed-52756201/saltine"
)

// pagePayloadOf shows a payload as inspect does, or nil where there is none.
func pagePayloadOf(content payload) *pagePayload {
	if content.text == "" {
		return nil
	}
	a := &app{}
	a.showPayload(content)
	about, text, _ := strings.Cut(a.out.String(), "\n\n")
	return &pagePayload{About: strings.TrimSpace(strings.TrimPrefix(about, "payload")), Text: strings.TrimSuffix(text, "\n")}
}

// pageSession is what the page knows of a session that nobody has verified: when it would
// end, and the room that its values take.
type pageSession struct {
	end    time.Time // zero: never
	rule   string
	values []saltine.ValueSize
}

// session reads the session in a value as if it were good: signed again with a key of
// its own, at the time that stands there.
func (q *question) session(r *request, p parts, content payload) pageSession {
	k, err := r.kind()
	if err != nil || !p.stamped {
		return pageSession{}
	}
	maxAge := k.maxAge
	s := pageSession{rule: "no maximum age"}
	if r.maxAge != nil {
		maxAge = *r.maxAge
	}
	if maxAge != saltine.NoMaxAge {
		s.end = p.signedAt.Add(maxAge)
		s.rule = "maximum age of " + ageFlag(maxAge)
	}
	if k == kindSession && strings.HasPrefix(content.canonical, "{") {
		s.read(p, maxAge)
	}
	return s
}

// read finds the values and the session's own end.
func (s *pageSession) read(p parts, maxAge time.Duration) {
	ring, err := saltine.NewKeyring("nobody's", nil)
	if err != nil {
		return
	}
	clock := func() time.Time { return p.signedAt }
	signer, err := saltine.NewTimestampSigner(ring, &saltine.Options{Salt: kindSession.salt, Now: clock})
	if err != nil {
		return
	}
	store, err := saltine.NewCookieStore(ring, &saltine.StoreOptions{Now: clock, CookieAge: maxAge})
	if err != nil {
		return
	}
	session, err := store.Load(signer.Sign(p.body))
	if err != nil {
		return
	}
	s.values = session.Sizes()
	e, err := session.Expiry()
	if err != nil || e.IsDefault() {
		return
	}
	if own := store.ExpiryDate(p.signedAt, e); own.Before(s.end) {
		s.end, s.rule = own, "the session's own expiry, in _session_expiry"
	}
}

// time tells when a value was made and ends.
func (s *pageSession) time(now time.Time, p parts) *pageTime {
	switch {
	case p.signature == "":
		return nil
	case !p.stamped:
		return &pageTime{Signed: "no timestamp: made by a Signer, which has none, or not by Django"}
	}
	t := &pageTime{Signed: fmt.Sprintf("%s, %s", stamp(p.signedAt), ago(now.Sub(p.signedAt))), End: "never", Rule: s.rule}
	if s.end.IsZero() {
		return t
	}
	left := s.end.Sub(now)
	t.End = fmt.Sprintf("%s, in %s", stamp(s.end), age(left))
	if left < 0 {
		t.End = fmt.Sprintf("%s, %s", stamp(s.end), ago(-left))
	}
	spent, life := now.Sub(p.signedAt).Seconds(), s.end.Sub(p.signedAt).Seconds()
	if whole := max(spent, life); whole > 0 {
		t.Marks = &pageMarks{Now: max(spent, 0) / whole, End: max(life, 0) / whole}
	}
	return t
}

// pageMostValues is how many values of a session the page lists.
const pageMostValues = 100

// size shows the room that a value takes of what browsers keep.
func (s *pageSession) size(value string, p parts, content payload) *pageSize {
	size := &pageSize{Text: sizeText(len(value)), Total: len(value), Limit: browserLimit}
	add := func(kind string, n float64) {
		if n > 0 {
			size.Pieces = append(size.Pieces, pagePiece{kind, n})
		}
	}
	if p.signature == "" {
		add("other", float64(len(value)))
		return size
	}
	sum := 0
	for _, v := range s.values {
		sum += v.Size
	}
	rest := float64(len(p.body))
	for i, v := range s.values[:min(len(s.values), pageMostValues)] {
		size.Values = append(size.Values, pageValue{printable(v.Name), v.Size})
		if part := float64(len(p.body)) * float64(v.Size) / float64(sum); i < 20 {
			add("payload", part)
			rest -= part
		}
	}
	if rest >= 1 { // more than the rounding of the others left
		add("payload", rest)
	}
	add("timestamp", float64(len(value)-len(p.body)-len(p.signature)))
	add("signature", float64(len(p.signature)))
	if len(s.values) > 0 {
		size.Caption = valuesCaption(len(s.values), content.compressed)
	}
	return size
}

func valuesCaption(n int, compressed bool) string {
	text := "What takes the room: bytes of JSON"
	if compressed {
		text += " before compression"
	}
	if n > pageMostValues {
		text += fmt.Sprintf("; the largest %d of %d values", pageMostValues, n)
	}
	return text
}
