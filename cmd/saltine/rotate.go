package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/internal/paste"
)

var rotateCommand = command{
	name:    "rotate",
	summary: "see from a stream of cookies which keys are still needed",
	about: `Reads lines from standard input, a cookie or a line of a log each, verifies every
value in them that looks signed, and counts by key, algorithm and age. Then it
says of every older key whether it may go, and when: an old key is needed until
the last cookie that it signed has expired. For example

  zcat -f access.log* | saltine rotate --key-file keys.txt

with a log that has the Cookie header ($http_cookie in nginx). The log should
reach back as far as --max-age, the cookie age of the service. A change of the
key has three steps: add the new key as a fallback everywhere; put it on the
first line everywhere; remove the old one when this command says so.

Exits with 0 when there is a report, 4 if no value in the input looks signed.`,
	define: func(r *request, fs *flag.FlagSet) {
		defineVerifier(r, fs)
		fs.StringVar(&r.name, "name", "", "count only cookies with this `NAME`, where the lines have names")
		defineReading(r, fs)
		defineMaxAge(r, fs, "`AGE` in seconds, or as 36h or 90m: the service's cookie age\n(default: two weeks)")
	},
	run: (*app).rotate,
}

// rotation is what rotate prints as JSON.
type rotation struct {
	Lines         int            `json:"lines"`
	Cookies       int            `json:"cookies"`
	Good          int            `json:"good"` // signatures; expired ones too
	BadSignatures int            `json:"bad_signatures"`
	Expired       int            `json:"expired"`
	Future        int            `json:"future"`
	MaxAgeSeconds int64          `json:"max_age_seconds"`
	Oldest        string         `json:"oldest,omitempty"`
	Newest        string         `json:"newest,omitempty"`
	Keys          []rotationKey  `json:"keys"`
	Algorithms    map[string]int `json:"algorithms"`
	Ages          []rotationAge  `json:"ages"`
	// Findings say what to do, those of the keys first.
	Findings []paste.Finding `json:"findings"`

	oldest, newest time.Time
	sample         string // a value with a bad signature
}

// rotationKey is how much one key is in use.
type rotationKey struct {
	Key         int    `json:"key"` // 0 signs, the others are fallbacks
	Fingerprint string `json:"fingerprint"`
	Cookies     int    `json:"cookies"`
	Live        int    `json:"live"` // not expired
	Oldest      string `json:"oldest,omitempty"`
	Newest      string `json:"newest,omitempty"`
	MayGo       bool   `json:"may_go"`              // now
	MayGoAt     string `json:"may_go_at,omitempty"` // when the last cookie seen has expired

	oldest, newest time.Time
}

// rotationAge counts the good cookies that are younger than an age, and not in the row before.
type rotationAge struct {
	Below   string `json:"below"`
	Cookies int    `json:"cookies"`

	limit time.Duration
}

var errNoCookies = fmt.Errorf("%w: no value in the input looks signed by Django: VALUE:TIME:SIGNATURE", saltine.ErrMalformed)

// maxLine is how much of a line is looked at, in bytes.
const maxLine = 256 << 10

func (a *app) rotate(r *request, args []string) (int, error) {
	if len(args) > 0 {
		return 0, errors.New("rotate takes no value: give it cookies or a log on standard input")
	}
	name := r.name
	r.name = "" // it chooses lines, and no kind
	v, err := a.newVerification(r)
	if err != nil {
		return 0, err
	}
	if v.maxAge == saltine.NoMaxAge {
		v.maxAge = cookieAge
	}
	c, err := newCounter(v)
	if err != nil {
		return 0, err
	}
	if err := eachLine(a.stdin, func(line string) { c.line(line, name) }); err != nil {
		return 0, fmt.Errorf("cannot read standard input: %w", err)
	}
	if c.report.Cookies == 0 {
		return 0, errNoCookies
	}
	c.finish()
	if r.json {
		return exitOK, a.writeJSON(c.report)
	}
	a.showRotation(v, c.report)
	return exitOK, nil
}

// eachLine calls f for every line, of a long one with its beginning.
func eachLine(in io.Reader, f func(string)) error {
	reader := bufio.NewReaderSize(in, maxLine)
	for {
		line, isPrefix, err := reader.ReadLine()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		f(string(line))
		for isPrefix && err == nil {
			_, isPrefix, err = reader.ReadLine()
		}
	}
}

// counter counts cookies.
type counter struct {
	v      *verification
	signer *saltine.TimestampSigner
	report *rotation
}

func newCounter(v *verification) (*counter, error) {
	ring := v.keys.Keyring
	if v.forCookies() {
		ring = ring.ForCookies()
	}
	signer, err := saltine.NewTimestampSigner(ring, v.opts)
	if err != nil {
		return nil, err
	}
	report := &rotation{MaxAgeSeconds: int64(v.maxAge.Seconds()), Algorithms: map[string]int{}}
	for i, fingerprint := range v.keys.Fingerprints() {
		report.Keys = append(report.Keys, rotationKey{Key: i, Fingerprint: fingerprint})
	}
	for _, limit := range []time.Duration{time.Hour, 24 * time.Hour, 7 * 24 * time.Hour, v.maxAge} {
		if limit <= v.maxAge {
			report.Ages = append(report.Ages, rotationAge{Below: age(limit), limit: limit})
		}
	}
	return &counter{v, signer, report}, nil
}

// line counts the cookies of one line.
func (c *counter) line(line, name string) {
	c.report.Lines++
	for _, cookie := range paste.Signed(line) {
		if name == "" || cookie.Name == "" || cookie.Name == name {
			c.cookie(cookie.Value)
		}
	}
}

func (c *counter) cookie(value string) {
	r := c.report
	r.Cookies++
	found, err := c.signer.Verify(value, saltine.NoMaxAge)
	if err != nil {
		r.BadSignatures++
		if r.sample == "" {
			r.sample = value
		}
		return
	}
	r.Good++
	r.Algorithms[algorithmName(found.Algorithm)]++
	key := &r.Keys[found.KeyIndex]
	key.Cookies++
	key.oldest, key.newest = span(key.oldest, key.newest, found.SignedAt)
	r.oldest, r.newest = span(r.oldest, r.newest, found.SignedAt)
	if found.Age <= -time.Second {
		r.Future++
	}
	if found.Age > c.v.maxAge {
		r.Expired++
		return
	}
	key.Live++
	for i := range r.Ages {
		if found.Age < r.Ages[i].limit || i == len(r.Ages)-1 {
			r.Ages[i].Cookies++
			return
		}
	}
}

// span makes room for t between oldest and newest.
func span(oldest, newest, t time.Time) (first, last time.Time) {
	if oldest.IsZero() || t.Before(oldest) {
		oldest = t
	}
	if t.After(newest) {
		newest = t
	}
	return oldest, newest
}

// finish says what follows from the counts.
func (c *counter) finish() {
	r := c.report
	r.Oldest, r.Newest = dateOf(r.oldest), dateOf(r.newest)
	for i := range r.Keys {
		k := &r.Keys[i]
		k.Oldest, k.Newest = dateOf(k.oldest), dateOf(k.newest)
		if i > 0 {
			c.finishFallback(k)
		}
	}
	c.finishFirst()
	if r.BadSignatures > 0 {
		c.finishBad()
	}
}

func dateOf(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return rfc3339(t)
}

func (c *counter) add(cause string, next ...string) {
	c.report.Findings = append(c.report.Findings, paste.Finding{Kind: paste.FromKey, Cause: cause, Next: next})
}

// finishFallback says when a fallback may go.
func (c *counter) finishFallback(k *rotationKey) {
	r := c.report
	who := fmt.Sprintf("key %d (%s)", k.Key+1, k.Fingerprint)
	covered := c.v.now.Sub(r.oldest)
	switch {
	case k.Live > 0:
		end := k.newest.Add(c.v.maxAge)
		k.MayGoAt = rfc3339(end)
		c.add(fmt.Sprintf("%s is still needed: %s that it signed will be good for a while, and the last of them was signed %s", who, plural(int64(k.Live), "cookie"), ago(c.v.now.Sub(k.newest))),
			"keep it until "+stamp(end)+", when the last of these has expired; run this again then")
		if r.newest.Sub(k.newest) < time.Hour {
			c.add(who+" seems to sign still: its last signature is as new as any here",
				"find the service whose first key has the fingerprint "+k.Fingerprint+", and put the key with the fingerprint "+r.Keys[0].Fingerprint+" on its first line")
		}
	case r.Good > 0 && covered < c.v.maxAge && k.Cookies == 0:
		c.add(fmt.Sprintf("%s signed none of the cookies here, but they reach back %s only, and cookies live %s", who, age(max(covered, 0)), age(c.v.maxAge)),
			"give it a log of the last "+age(c.v.maxAge)+", or wait, before you remove that key")
	case r.Good == 0:
		c.add(who+" signed none of the cookies here, and neither did any other key", "look at the keys first: see below")
	case r.Good == r.Expired:
		c.add("nothing can be said of "+who+": all cookies here have expired, so the log is old, or the cookie age longer", "give it a log of the last "+age(c.v.maxAge)+", or the service's cookie age with --max-age")
	default:
		k.MayGo = true
		c.add(who+" may go: every cookie here that it signed has expired, or there is none",
			"remove its line from the key file, and its entry from SECRET_KEY_FALLBACKS")
	}
}

// finishFirst is about the key that signs.
func (c *counter) finishFirst() {
	r := c.report
	first := r.Keys[0]
	switch {
	case len(r.Keys) == 1:
		c.add("there is one key, so nothing is being rotated", "to begin: saltine keygen makes a key; put it below the old one in all services, and when all have it, on the first line")
	case first.Cookies == 0 && r.Good > 0:
		c.add("the first key signed none of the cookies here: no service signs with it yet, or they have the keys in another order",
			"once every service has it as a fallback, put the key with the fingerprint "+first.Fingerprint+" on the first line everywhere")
	}
	for _, name := range slices.Sorted(maps.Keys(r.Algorithms)) {
		if name != algorithmName(c.v.hashes[0]) {
			c.add(fmt.Sprintf("signed with %s: %s", name, plural(int64(r.Algorithms[name]), "cookie")), "keep it among the legacy algorithms until they have expired, and look for the service that writes it")
		}
	}
	if r.Future > 0 {
		c.add("signed in the future: "+plural(int64(r.Future), "cookie"), "compare date -u here and on the servers that sign")
	}
}

// finishBad is about the values that no key signed.
func (c *counter) finishBad() {
	r := c.report
	text := fmt.Sprintf("of %d values %d have a signature by none of the keys", r.Cookies, r.BadSignatures)
	c.v.pasted = chosen{value: r.sample}
	if miss := c.v.findMiss(r.sample); miss != nil {
		c.add(text+"; of the first of them, "+miss.text(), miss.next...)
		return
	}
	c.add(text+": other cookies that are signed so (--name NAME counts those of one name), a key that is missing here, or forgeries",
		"verify one of them: saltine verify --key-file FILE tries other keys, salts and algorithms")
}

func (a *app) showRotation(v *verification, r *rotation) {
	a.row("lines", "%d, with %s", r.Lines, plural(int64(r.Cookies), "signed value"))
	if r.Good > 0 {
		a.row("good", "%d, signed from %s to %s; %d of them expired", r.Good, stamp(r.oldest), stamp(r.newest), r.Expired)
	}
	a.row("bad", "%d, signed by none of the keys", r.BadSignatures)
	a.out.WriteString("\n")
	for _, k := range r.Keys {
		text := fmt.Sprintf("%d of %d (%s): %s, %d not expired", k.Key+1, len(r.Keys), k.Fingerprint, plural(int64(k.Cookies), "cookie"), k.Live)
		if k.Cookies > 0 {
			text += fmt.Sprintf(", signed %s to %s", ago(v.now.Sub(k.oldest)), ago(v.now.Sub(k.newest)))
		}
		a.row("key", "%s", text)
	}
	var hashes []string
	for _, name := range slices.Sorted(maps.Keys(r.Algorithms)) {
		hashes = append(hashes, fmt.Sprintf("%s %d", name, r.Algorithms[name]))
	}
	if len(hashes) > 0 {
		a.row("algorithm", "%s", strings.Join(hashes, ", "))
	}
	before := "0"
	for _, bucket := range r.Ages {
		a.row("age", "%s to %s: %d", before, bucket.Below, bucket.Cookies)
		before = bucket.Below
	}
	a.out.WriteString("\n")
	a.showFindings(r.Findings)
}
