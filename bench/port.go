package bench

import (
	"bytes"
	"compress/zlib"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"time"
)

// Port is what one writes in an afternoon from Django's source: its functions
// line by line, with a new HMAC, zlib writer and zlib reader for every call.
func Port() Peer { return Peer{Name: "port", Open: openPort} }

func openPort(p Payload) (*Ops, error) {
	cookie, err := portSign(p.JSON)
	if err != nil {
		return nil, err
	}
	forged := forge(cookie)
	return &Ops{
		Cookie: cookie,
		Verify: func() error {
			_, err := portVerify(cookie)
			return err
		},
		Forged: func() error {
			_, err := portVerify(forged)
			return err
		},
		DecodeRaw: func() ([]byte, error) { return portPayload(cookie) },
		DecodeKey: func() (string, error) {
			m, err := portLoads(cookie)
			if err != nil {
				return "", err
			}
			return textIn(m[p.Key])
		},
		DecodeMap: func() (any, error) { return portLoads(cookie) },
		EncodeRaw: func() ([]byte, error) {
			cookie, err := portSign(p.JSON)
			return []byte(cookie), err
		},
		EncodeMap: func() (string, error) { return portDumps(p.Map) },
		Read:      func(cookie string) (any, error) { return portLoads(cookie) },
	}, nil
}

var (
	errBadSignature = errors.New("bad signature")
	errExpired      = errors.New("signature expired")
)

func portSignature(value string) string {
	key := sha256.Sum256([]byte(salt + "signer" + secret))
	mac := hmac.New(sha256.New, key[:])
	mac.Write([]byte(value))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// portSign is the part of signing.dumps after the serializer.
func portSign(payload []byte) (string, error) {
	compressed, err := portCompress(payload)
	if err != nil {
		return "", err
	}
	envelope := ""
	if len(compressed) < len(payload)-1 {
		envelope, payload = ".", compressed
	}
	envelope += base64.RawURLEncoding.EncodeToString(payload)
	value := envelope + ":" + string(appendBase62(nil, time.Now().Unix()))
	return value + ":" + portSignature(value), nil
}

func portCompress(payload []byte) ([]byte, error) {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	if _, err := w.Write(payload); err != nil {
		return nil, err
	}
	err := w.Close()
	return b.Bytes(), err
}

// portVerify is TimestampSigner.unsign.
func portVerify(cookie string) (string, error) {
	at := strings.LastIndex(cookie, ":")
	if at < 0 || !hmac.Equal([]byte(cookie[at+1:]), []byte(portSignature(cookie[:at]))) {
		return "", errBadSignature
	}
	value := cookie[:at]
	if at = strings.LastIndex(value, ":"); at < 0 {
		return "", errBadSignature
	}
	stamp, err := parseBase62([]byte(value[at+1:]))
	if err != nil {
		return "", err
	}
	if time.Since(time.Unix(stamp, 0)) > maxAge {
		return "", errExpired
	}
	return value[:at], nil
}

func portPayload(cookie string) ([]byte, error) {
	envelope, err := portVerify(cookie)
	if err != nil {
		return nil, err
	}
	envelope, compressed := strings.CutPrefix(envelope, ".")
	payload, err := base64.RawURLEncoding.DecodeString(envelope)
	if err != nil || !compressed {
		return payload, err
	}
	r, err := zlib.NewReader(bytes.NewReader(payload))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

func portDumps(v any) (string, error) {
	payload, err := json.Marshal(v)
	if err != nil {
		return "", err
	}
	return portSign(payload)
}

func portLoads(cookie string) (map[string]any, error) {
	payload, err := portPayload(cookie)
	if err != nil {
		return nil, err
	}
	var m map[string]any
	err = json.Unmarshal(payload, &m)
	return m, err
}
