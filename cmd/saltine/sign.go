package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/internal/paste"
	"github.com/seed-52756201/saltine/internal/pyjson"
)

var signCommand = command{
	name:    "sign",
	args:    " [INPUT]",
	summary: "sign a session, a value or a text",
	about: `Signs a JSON object as a session cookie that Django reads: the salt is that of the
signed_cookies backend, and the payload is compressed where that helps. With
--dumps any JSON value is signed as by signing.dumps, with --plain the input is
text and is signed as by TimestampSigner.sign. The JSON is written as Python
writes it; order and numbers stay as they are.`,
	define: defineSigner,
	run:    (*app).sign,
}

// signed is what sign prints as JSON.
type signed struct {
	Token        string `json:"token"`
	Kind         string `json:"kind"`
	Size         int    `json:"size"`
	BrowserLimit int    `json:"browser_limit"`
	Compressed   bool   `json:"compressed"`
	Fingerprint  string `json:"fingerprint"` // of the key
	SignedAt     string `json:"signed_at"`
	SignedAtUnix int64  `json:"signed_at_unix"`
}

func (a *app) sign(r *request, args []string) (int, error) {
	k, keys, opts, err := a.options(r)
	if err != nil {
		return 0, err
	}
	signer, err := saltine.NewTimestampSigner(keys.Keyring, opts)
	if err != nil {
		return 0, err
	}
	input, err := a.value(args)
	if err != nil {
		return 0, err
	}
	token, err := signInput(k, signer, input)
	if err != nil {
		return 0, err
	}
	if len(token) > paste.BrowserLimit {
		fmt.Fprintf(&a.err, "saltine: warning: %s\n", sizeText(len(token)))
	}
	if !r.json {
		a.out.WriteString(token + "\n")
		return exitOK, nil
	}
	now := a.clock(r)
	return exitOK, a.writeJSON(signed{
		Token:        token,
		Kind:         k.name,
		Size:         len(token),
		BrowserLimit: paste.BrowserLimit,
		Compressed:   k != kindPlain && strings.HasPrefix(token, "."),
		Fingerprint:  keys.Fingerprints()[0],
		SignedAt:     rfc3339(now),
		SignedAtUnix: now.Unix(),
	})
}

// signInput signs input as a kind of value.
func signInput(k kind, signer *saltine.TimestampSigner, input string) (string, error) {
	if k == kindPlain {
		return signer.Sign(input), nil
	}
	if err := pyjson.Check(input); err != nil {
		return "", fmt.Errorf("the input is not JSON: %w", err)
	}
	if k == kindSession && pyjson.Kind(strings.TrimSpace(input)) != '{' {
		return "", errors.New("a session is a JSON object, as {\"cart\": [1, 2]}; for other values use --dumps")
	}
	return signer.SignObject(json.RawMessage(input))
}
