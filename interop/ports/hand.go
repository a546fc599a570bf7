package main

import (
	"bytes"
	"compress/zlib"
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // G505: the hash of Django before 3.1
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"hash"
	"io"
	"strings"
	"time"

	"github.com/seed-52756201/saltine/vectors"
)

// readByHand is the adapter of what one writes in an afternoon from Django's source:
// its functions line by line, with Go's standard library alone.
func readByHand(q *question) (answer, error) {
	keys, err := q.keyBytes()
	if err != nil {
		return answer{}, err
	}
	value, err := handUnsign(q, keys, *q.Cookie)
	if err != nil {
		return answer{}, err
	}
	if q.Kind != vectors.KindSigner {
		if value, err = handAge(q, value); err != nil {
			return answer{}, err
		}
	}
	if !q.Object {
		return textAnswer(value, nil)
	}
	return handLoads(value)
}

var errHandSignature = errors.New("bad signature")

// handUnsign is Signer.unsign.
func handUnsign(q *question, keys [][]byte, signed string) (string, error) {
	at := strings.LastIndex(signed, q.Sep)
	if at < 0 {
		return "", errHandSignature
	}
	value, signature := signed[:at], signed[at+len(q.Sep):]
	for _, key := range keys {
		if hmac.Equal([]byte(signature), []byte(handSignature(q, key, value))) {
			return value, nil
		}
	}
	return "", errHandSignature
}

func handSignature(q *question, key []byte, value string) string {
	newHash := map[string]func() hash.Hash{"sha1": sha1.New, "sha256": sha256.New}[q.Algorithm]
	h := newHash()
	h.Write([]byte(q.Salt + "signer"))
	h.Write(key)
	mac := hmac.New(newHash, h.Sum(nil))
	mac.Write([]byte(value))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// handAge is the rest of TimestampSigner.unsign.
func handAge(q *question, signed string) (string, error) {
	at := strings.LastIndex(signed, q.Sep)
	if at < 0 {
		return "", errHandSignature
	}
	stamp := int64(0)
	for _, c := range signed[at+len(q.Sep):] {
		digit := strings.IndexRune("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", c)
		if digit < 0 {
			return "", errors.New("the timestamp is no number")
		}
		stamp = stamp*62 + int64(digit)
	}
	if q.MaxAge != nil && q.clock().Sub(time.Unix(stamp, 0)) > q.maxAge() {
		return "", errors.New("signature expired")
	}
	return signed[:at], nil
}

// handLoads is the rest of signing.loads.
func handLoads(text string) (answer, error) {
	text, isCompressed := strings.CutPrefix(text, ".")
	payload, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return answer{}, err
	}
	if isCompressed {
		r, err := zlib.NewReader(bytes.NewReader(payload))
		if err != nil {
			return answer{}, err
		}
		if payload, err = io.ReadAll(r); err != nil {
			return answer{}, err
		}
	}
	var v any
	if err := json.Unmarshal(payload, &v); err != nil {
		return answer{}, err
	}
	return jsonAnswer(v, nil)
}
