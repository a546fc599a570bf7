package main

import (
	"encoding/base64"
	"errors"
	"strings"
	"time"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/internal/base62"
	"github.com/seed-52756201/saltine/internal/pybase64"
	"github.com/seed-52756201/saltine/internal/zlib"
)

// parts are the parts of a value, as they stand there: nothing is verified.
type parts struct {
	body      string // what is signed, without the timestamp
	stamped   bool
	signedAt  time.Time
	signature string // empty where there is no separator
}

// split takes a value apart from the right, as Django does. What stands before
// the signature is a timestamp if it can be one.
func split(value, sep string) parts {
	at := strings.LastIndex(value, sep)
	if at < 0 {
		return parts{body: value}
	}
	p := parts{body: value[:at], signature: value[at+len(sep):]}
	at = strings.LastIndex(p.body, sep)
	if at < 0 {
		return p
	}
	sec, _, ok := base62.Parse(p.body[at+len(sep):])
	if !ok {
		return p
	}
	const far = 1 << 50 // package time calculates with such times
	p.stamped, p.signedAt = true, time.Unix(min(max(sec, -far), far), 0)
	p.body = p.body[:at]
	return p
}

// isSignature reports whether s can be the signature of any algorithm.
func isSignature(s string) bool {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	return len(signers(len(s))) > 0 && strings.Trim(s, alphabet) == ""
}

// payload is what an envelope holds, if the body of a value is one.
type payload struct {
	text       string
	canonical  string // JSON in Python's form; empty where the text is none
	pickle     bool
	compressed bool
	packed     int // bytes before inflating, if compressed
}

// unpack opens an envelope. Text of a TimestampSigner is none: it decodes to
// neither JSON nor a pickle. The error is of kind saltine.ErrTooLarge.
func unpack(body string) (p payload, ok bool, err error) {
	envelope, compressed := strings.CutPrefix(body, ".")
	data, bad := pybase64.AppendDecode(nil, envelope)
	packed := len(data)
	if compressed && bad == nil {
		data, bad = zlib.AppendDecompress(nil, data, maxPayloadLen)
	}
	if bad == nil {
		p = jsonPayload(string(data))
		p.compressed, p.packed = compressed, packed
		return p, compressed || p.canonical != "" || p.pickle, nil
	}
	if errors.Is(bad, zlib.ErrLimit) {
		err = &saltine.SizeError{What: "payload", Size: maxPayloadLen + 1, Limit: maxPayloadLen}
	}
	return payload{}, false, err
}

// jsonPayload is a payload that may be JSON or a pickle.
func jsonPayload(text string) payload {
	form, _ := canonical(text)
	return payload{text: text, canonical: form, pickle: isPickle(text)}
}

// isPickle knows a pickle since protocol 2 by its first opcode and its last.
func isPickle(s string) bool { return len(s) > 2 && s[0] == 0x80 && s[1] < 6 && s[len(s)-1] == '.' }

// isSessionKey knows the key of a session that is stored on the server.
func isSessionKey(s string) bool {
	return len(s) == 32 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789") == ""
}

const hexDigits = "0123456789abcdef"

// hexSigned splits what Django before 3.1 signed in hexadecimal, with SHA-1.
func hexSigned(s, sep string) (text string, ok bool) {
	const length = 40
	if len(s) <= length || strings.Trim(s[:length], hexDigits) != "" {
		return "", false
	}
	return strings.CutPrefix(s[length:], sep)
}

// oldSessionData opens the text of django_session.session_data before 3.1.
func oldSessionData(s string) (text string, ok bool) {
	data, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		return "", false
	}
	return hexSigned(string(data), ":")
}
