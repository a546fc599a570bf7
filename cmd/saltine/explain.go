package main

import (
	"crypto"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/seed-52756201/saltine"
)

// valueHints tells what was probably done to a value on its way here. It looks
// at the text alone.
func valueHints(value string) []string {
	var hints []string
	add := func(is bool, hint string) {
		if is {
			hints = append(hints, hint)
		}
	}
	add(value == "", "there is no value: did the shell take it? Put it into single quotes, or pipe it in")
	add(strings.HasPrefix(value, `"`), "the value is in double quotes, which some cookie writers add and a cookie parser removes: give it without them")
	add(strings.HasPrefix(value, "b'"), "the value is written as a Python bytes literal: give it without b and quotes")
	add(strings.Contains(value, "%3A") || strings.Contains(value, "%3a"), "the value is percent-encoded (%3A is a colon), which Django never does: decode it first")
	add(strings.TrimSpace(value) != value, "there is white space around the value")
	add(strings.Contains(value, "; ") || strings.Contains(value, ";\t"), "this looks like a whole Cookie or Set-Cookie header: give the value of one cookie")
	add(namesCookie(value), "the value begins with a cookie's name: give only what follows the equals sign")
	add(isJWT(value), "three parts with dots between them are a JSON Web Token or a Flask cookie, which Django does not write")
	add(isSessionKey(value), "this is the key of a session on the server (db, cache or file backend): its data is there, not in the cookie")
	return hints
}

// namesCookie knows "sessionid=..." by an equals sign that is no padding.
func namesCookie(value string) bool {
	name, rest, ok := strings.Cut(value, "=")
	return ok && len(rest) > 8 && len(name) < 40 && !strings.ContainsAny(name, `:."%{ `)
}

func isJWT(value string) bool {
	return strings.Count(value, ".") == 2 && !strings.HasPrefix(value, ".") && !strings.Contains(value, ":")
}

// explain tells why a value was refused, and what to try.
func (v *verification) explain(err error) []string {
	switch {
	case errors.Is(err, saltine.ErrSignatureExpired):
		return v.explainExpired(err)
	case errors.Is(err, saltine.ErrBadSignature):
		return v.explainBadSignature()
	case errors.Is(err, saltine.ErrMalformed):
		return []string{"the signature is right: one of the keys signed this, and it still cannot be read as a " + v.kind.reads}
	}
	return nil
}

func (v *verification) explainExpired(err error) []string {
	expired, ok := errors.AsType[*saltine.ExpiredError](err)
	if !ok {
		return nil
	}
	lines := []string{fmt.Sprintf("signed %s, expired %s", ago(v.now.Sub(expired.SignedAt)), ago(v.now.Sub(expired.Deadline)))}
	if expired.Deadline.Before(expired.SignedAt.Add(v.maxAge)) {
		return append(lines, "the session's own _session_expiry has passed; Django through 6.1 does not look at that when it reads a cookie")
	}
	return append(lines, "the signature is right, and older than --max-age ("+ageFlag(v.maxAge)+") allows")
}

func ageFlag(d time.Duration) string {
	if d < time.Second && d > -time.Second {
		return d.String()
	}
	return age(d)
}

func (v *verification) explainBadSignature() []string {
	hints := valueHints(v.value)
	if near := v.nearMiss(); near != "" {
		return append([]string{near}, hints...)
	}
	lines := append(v.explainSignature(), hints...)
	if isSignature(split(v.value, v.separator).signature) {
		lines = append(lines,
			"is it the key? It must be SECRET_KEY exactly, and older keys go behind it in --key-file; "+v.triedText(),
			"is it the salt? "+v.saltText()+"; Django's other salts were tried without success",
			"is it the value? One changed or lost character is enough")
	}
	return lines
}

// triedText names the keys to somebody who can ask for the fingerprint of the right one.
func (v *verification) triedText() string {
	fingerprints := v.keys.Fingerprints()
	if len(fingerprints) == 1 {
		return "this one has the fingerprint " + fingerprints[0]
	}
	return "these have the fingerprints " + strings.Join(fingerprints, ", ")
}

func (v *verification) saltText() string {
	if v.opts.Salt != v.kind.salt {
		return "It is the one of --salt"
	}
	return "It is " + string(v.kind.salt)
}

// explainSignature tells what is wrong with the shape of a signature.
func (v *verification) explainSignature() []string {
	signature := split(v.value, v.separator).signature
	wanted := []string{}
	for _, hash := range v.hashes {
		if signatureLen(hash) == len(signature) {
			return nil
		}
		wanted = append(wanted, fmt.Sprintf("%s makes %d", algorithmName(hash), signatureLen(hash)))
	}
	if signature == "" {
		return []string{fmt.Sprintf("there is no signature: the value has no separator %s, or nothing behind it; was it cut off?", quote(v.separator))}
	}
	length := "the signature has " + plural(int64(len(signature)), "character") + ", and " + strings.Join(wanted, ", ")
	names := signers(len(signature))
	switch {
	case len(names) == 0 && len(signature) > signatureLen(v.hashes[0]):
		return []string{length + ": was something added to the value?"}
	case len(names) == 0:
		return []string{length + ": was the value cut off?"}
	case names[0] == "sha1":
		return []string{length + ": SHA-1 was the only algorithm of Django 1.4 to 3.0; try --legacy-algorithm sha1"}
	}
	return []string{length + ": try --legacy-algorithm " + strings.Join(names, " or ")}
}

// variant is another way to read a value or a key.
type variant struct{ what, text string }

// nearMiss verifies the value with other salts, algorithms, keys and readings
// that are often mixed up, and tells which of them its signature is right for.
// That is a fact about the signature, and makes nothing valid.
func (v *verification) nearMiss() string {
	for _, value := range valueVariants(v.value) {
		for _, key := range v.keyVariants() {
			for _, salt := range v.salts() {
				if found := v.tryMiss(value, key, salt); found != "" {
					return found
				}
			}
		}
	}
	return ""
}

func valueVariants(value string) []variant {
	variants := []variant{{"", value}}
	add := func(what, text string) {
		if text != value {
			variants = append(variants, variant{what, text})
		}
	}
	add("without white space around it", strings.TrimSpace(value))
	add("without double quotes", strings.Trim(value, `"`))
	if _, rest, ok := strings.Cut(value, "="); ok && namesCookie(value) {
		add("without the cookie's name", rest)
	}
	if text, err := url.PathUnescape(value); err == nil {
		add("percent-decoded", text)
	}
	return variants
}

// keyVariants are the keys, and what keys turn into on their way.
func (v *verification) keyVariants() []variant {
	var variants []variant
	for _, k := range v.keys.texts {
		key := string(k)
		variants = append(variants,
			variant{"", key},
			variant{"django.http.cookies and the key, as set_signed_cookie and messages use", "django.http.cookies" + key},
			variant{"the key without white space around it", strings.TrimSpace(key)},
			variant{"the key without quotes around it", strings.Trim(key, `"'`)},
			variant{"the key with a line break behind it", key + "\n"},
		)
	}
	return variants
}

func (v *verification) salts() []saltine.Salt {
	return []saltine.Salt{
		v.opts.Salt, "django.contrib.sessions.backends.signed_cookies", "django.core.signing", "django.contrib.sessions.SessionStore", saltTimestampSigner,
		saltSigner, saltCookieSigner, saltMessages,
	}
}

func (v *verification) tryMiss(value, key variant, salt saltine.Salt) string {
	for _, name := range signers(len(split(value.text, v.separator).signature)) {
		algorithm, err := saltine.AlgorithmByName(name)
		if err != nil {
			continue
		}
		if v.isSignedBy(saltine.Key(key.text), value.text, salt, algorithm) {
			return "found it: the signature is right with " + strings.Join(v.differences(value, key, salt, algorithm), ", and with ")
		}
	}
	return ""
}

func (v *verification) isSignedBy(key saltine.Key, value string, salt saltine.Salt, algorithm crypto.Hash) bool {
	ring, err := saltine.NewKeyring(key, &saltine.KeyringOptions{Algorithm: algorithm})
	if err != nil {
		return false
	}
	signer, err := saltine.NewSigner(ring, &saltine.Options{Salt: salt, Separator: v.separator})
	if err != nil {
		return false
	}
	_, err = signer.Verify(value)
	return err == nil
}

// differences names what a near miss has that the request has not.
func (v *verification) differences(value, key variant, salt saltine.Salt, algorithm crypto.Hash) []string {
	var found []string
	if value.what != "" {
		found = append(found, "the value "+value.what)
	}
	if key.what != "" {
		found = append(found, key.what)
	}
	if salt != v.opts.Salt {
		found = append(found, "--salt "+string(salt))
	}
	if slices.Contains(v.hashes, algorithm) {
		return found
	}
	return append(found, "--legacy-algorithm "+algorithmName(algorithm))
}
