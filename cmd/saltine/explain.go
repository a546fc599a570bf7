package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/internal/paste"
)

// explain says why a value was refused, and what to do: the most telling first.
func (v *verification) explain(err error, report *paste.Report) (*nearMiss, []paste.Finding) {
	miss, found := v.explainKind(err, report)
	if v.sibling == 0 {
		return miss, found
	}
	return miss, append([]paste.Finding{{
		Kind:  paste.FromKey,
		Cause: fmt.Sprintf("there are several cookies of this name: number %d is good, and Django takes the last one, which is not", v.sibling),
		Next:  []string{"delete the cookies of this name in the browser, all paths and domains; then find who sets the other one: SESSION_COOKIE_DOMAIN and SESSION_COOKIE_PATH of all services have to agree"},
	}}, found...)
}

func (v *verification) explainKind(err error, report *paste.Report) (*nearMiss, []paste.Finding) {
	switch {
	case errors.Is(err, saltine.ErrSignatureExpired):
		return nil, v.explainExpired(err)
	case errors.Is(err, saltine.ErrBadSignature):
		return v.explainBadSignature(report)
	case errors.Is(err, saltine.ErrMalformed):
		return nil, v.explainMalformed(report)
	case errors.Is(err, saltine.ErrTooLarge):
		return nil, []paste.Finding{{
			Kind:  paste.FromKey,
			Cause: "nothing that large is a cookie: browsers keep 4096 bytes of one",
			Next:  []string{"give the value of one cookie, or the one header that holds it"},
		}}
	}
	return nil, nil
}

func (v *verification) explainExpired(err error) []paste.Finding {
	expired, ok := errors.AsType[*saltine.ExpiredError](err)
	if !ok {
		return nil
	}
	text := fmt.Sprintf("the signature is right: signed %s, expired %s", ago(v.now.Sub(expired.SignedAt)), ago(v.now.Sub(expired.Deadline)))
	if expired.Deadline.Before(expired.SignedAt.Add(v.maxAge)) {
		return []paste.Finding{{
			Kind:  paste.FromKey,
			Cause: text + ". The session's own _session_expiry has passed; Django through 6.1 does not look at that when it reads a cookie",
			Next: []string{
				"sign in anew; if that came too early, look for set_expiry in the code, and for StoreOptions.ExpiryPolicy in Go",
				"to see what is in it: saltine inspect",
			},
		}}
	}
	return []paste.Finding{{
		Kind:  paste.FromKey,
		Cause: text + ". It is older than --max-age (" + ageFlag(v.maxAge) + ") allows",
		Next: []string{
			"sign in anew; if that came too early, compare SESSION_COOKIE_AGE in Django and StoreOptions.CookieAge in Go, and verify with --max-age AGE",
			"if it should be new, compare date -u here and on the server that signed it",
		},
	}}
}

func ageFlag(d time.Duration) string {
	if d < time.Second && d > -time.Second {
		return d.String()
	}
	return age(d)
}

func (v *verification) explainMalformed(report *paste.Report) []paste.Finding {
	found := []paste.Finding{{
		Kind:  paste.FromKey,
		Cause: "the signature is right: one of the keys signed this, and it still cannot be read as a " + v.kind.reads,
		Next:  []string{"look for the program that signs it: it has the key and writes another format. saltine inspect shows what is in it"},
	}}
	if report == nil {
		return found
	}
	parts := paste.Split(v.pasted.value, v.separator)
	body := parts.Body
	content, _, _ := paste.Unpack(body)
	switch {
	case parts.NoTime():
		found[0].Cause += ": " + paste.NotTime(parts.SignedAt.Unix())
		found[0].Next = append([]string{paste.NextTime}, found[0].Next...)
	case report.Form == "pickle":
		return append(found, formOf(report))
	case strings.HasPrefix(content.Text, "{'"):
		found[0].Cause += ": the payload is Python's repr of a dict"
		found[0].Next = append([]string{"in that program sign json.dumps(d) and not str(d); signing.dumps(d) does both"}, found[0].Next...)
	case strings.HasPrefix(body, ".") && content.Text == "":
		found[0].Cause += ": the payload begins with a dot, which says zlib, and what is behind it is no zlib"
		found[0].Next = append([]string{"in that program write the dot only in front of what zlib.compress made"}, found[0].Next...)
	}
	return found
}

// formOf is the finding of the form.
func formOf(report *paste.Report) paste.Finding { return report.Findings[len(report.Findings)-1] }

func (v *verification) explainBadSignature(report *paste.Report) (*nearMiss, []paste.Finding) {
	miss := v.findMiss(v.pasted.value)
	var found []paste.Finding
	if miss != nil {
		found = append(found, paste.Finding{Kind: paste.FromKey, Cause: miss.text(), Next: miss.next})
	}
	if report == nil {
		return miss, found
	}
	others := report.Findings[:len(report.Findings)-1]
	switch signed := paste.Split(v.pasted.value, v.separator).Signature; {
	case miss != nil:
	case !report.Readable() || signed == "" && !hexForm(report.Form):
		found = append(found, v.noSeparator(report)...)
		found = append(found, formOf(report))
	default:
		found = append(found, v.suspects(report)...)
	}
	for _, f := range others {
		if f.Kind == paste.FromCopying || f.Kind == paste.OfAnswer || miss == nil && f.Kind == paste.OfCookie {
			found = append(found, f)
		}
	}
	return miss, found
}

func hexForm(form string) bool { return strings.HasSuffix(form, "before Django 3.1") }

// noSeparator is about another separator than the value's.
func (v *verification) noSeparator(report *paste.Report) []paste.Finding {
	if v.separator == ":" || report.Readable() {
		return nil
	}
	return []paste.Finding{{
		Kind:  paste.FromKey,
		Cause: "the value has no separator " + quote(v.separator) + " before a signature",
		Next:  []string{"leave --separator out if the code does not give one: Django's own is the colon"},
	}}
}

// suspects are what may be wrong where the signature has the right shape.
func (v *verification) suspects(report *paste.Report) []paste.Finding {
	var found []paste.Finding
	if wrong := v.otherLength(); wrong != "" {
		found = append(found, paste.Finding{Kind: paste.FromKey, Cause: wrong, Next: []string{"add --legacy-algorithm " + strings.Join(report.Algorithms, " or ")}})
	}
	return append(found,
		paste.Finding{
			Kind:  paste.FromKey,
			Cause: "most likely another key signed it: " + v.triedText() + ", also with quotes, white space and prefixes that keys get on their way",
			Next: []string{
				"compare fingerprints: run the snippet of docs/migrating.md, section 9, in Django's shell, and give verify the key with that fingerprint; older keys go below it in --key-file",
			},
		},
		paste.Finding{
			Kind:  paste.FromKey,
			Cause: "or another salt: " + v.saltName() + " was asked for, and Django's other salts were tried without success",
			Next:  []string{"look at the code that signs: a salt= argument goes to --salt, a cookie of set_signed_cookie needs --name NAME"},
		},
		paste.Finding{
			Kind:  paste.FromKey,
			Cause: "or the value was changed: one altered or lost character is enough",
			Next:  []string{"copy it again, and compare it with the Set-Cookie line that set it"},
		})
}

// otherLength says that the signature is of another algorithm than those asked for.
func (v *verification) otherLength() string {
	signature := paste.Split(v.pasted.value, v.separator).Signature
	names := paste.Signers(len(signature))
	if len(names) == 0 {
		return ""
	}
	for _, hash := range v.hashes {
		if slices.Contains(names, algorithmName(hash)) {
			return ""
		}
	}
	return fmt.Sprintf("the signature has %d characters, as from %s, and the algorithm asked for is %s", len(signature), strings.Join(names, " or "), algorithmName(v.hashes[0]))
}

// triedText names the keys to somebody who can ask for the fingerprint of the right one.
func (v *verification) triedText() string {
	fingerprints := v.keys.Fingerprints()
	if len(fingerprints) == 1 {
		return "the one that was tried has the fingerprint " + fingerprints[0]
	}
	return "those that were tried have the fingerprints " + strings.Join(fingerprints, ", ")
}
