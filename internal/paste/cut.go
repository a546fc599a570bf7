package paste

import (
	"bytes"
	"compress/flate"
	"fmt"
	"io"
	"strings"
)

// Cut says where a value was cut off, and what is known to be missing.
type Cut struct {
	Where   string `json:"where"`   // payload, time or signature
	Read    int    `json:"read"`    // bytes of the payload that could be read
	Missing int    `json:"missing"` // characters of the value, at least
	// AtLimit says that name and value have about the 4096 bytes that browsers keep.
	AtLimit bool `json:"at_limit"`
}

// The lengths of what stands behind a payload: two separators, a time and SHA-256's signature.
const (
	stampLen     = 6
	signatureLen = 43
	sha1Len      = 27
	tailLen      = 1 + stampLen + 1 + signatureLen
)

// isCut knows a value of Django whose end is missing, and what there is of its payload.
func isCut(v *value) bool {
	if v.separator != ":" {
		return false
	}
	if text, ok := cutOldData(v.text); ok {
		v.cut = &Cut{Where: "payload", Read: len(text), Missing: closers(text)}
		v.detail = fmt.Sprintf("it is session_data of Django before 3.1, and its JSON ends after %d bytes: how much is missing, nobody can tell", len(text))
		return v.hold(text)
	}
	body, rest, colon := strings.Cut(v.text, ":")
	text, whole := partial(body)
	if text == "" {
		return false
	}
	c := &Cut{Read: len(text)}
	stamp, signature, second := strings.Cut(rest, ":")
	switch {
	case !colon && !whole:
		c.Where, c.Missing = "payload", tailLen+closers(text)
	case !colon:
		c.Where, c.Missing = "time", tailLen
	case !second && consists("0"+stamp, base62Digits) && len(stamp) <= stampLen:
		c.Where, c.Missing = "time", stampLen-len(stamp)+1+signatureLen
	case second && whole && consists("0"+signature, urlAlphabet) && len(signature) < signatureLen && !IsSignature(signature):
		c.Where, c.Missing = "signature", missingOfSignature(len(signature))
	default:
		return false
	}
	if !colon && len(text) < 12 && !strings.HasPrefix(text, "{") && !strings.HasPrefix(text, "[") {
		return false
	}
	c.AtLimit = atLimit(len(v.text), v.name)
	v.cut, v.detail = c, c.text()
	v.payload = PayloadOf(text)
	v.payload.Compressed, v.payload.Packed = strings.HasPrefix(body, "."), len(strings.TrimPrefix(body, "."))*3/4
	v.parts = Parts{Body: body}
	return true
}

// cutOldData reads session_data before Django 3.1 whose JSON is not whole.
func cutOldData(s string) (text string, ok bool) {
	s = strings.TrimRight(s, "=")
	data, _ := decode64(s[:len(s)-len(s)%4])
	_, text, ok = HexSigned(data, ":")
	return text, ok && strings.HasPrefix(text, "{")
}

func missingOfSignature(have int) int {
	if have < sha1Len {
		return sha1Len - have
	}
	return signatureLen - have
}

// atLimit reports whether name and value are as long as a browser or proxy lets them be.
func atLimit(size int, name string) bool {
	const limit, slack = 4096, 12
	whole := size + len(name)
	return whole >= limit-slack && whole <= limit+1 || size >= limit-slack && size <= limit || name == "" && size >= limit-40 && size <= limit
}

func (c *Cut) text() string {
	var b strings.Builder
	switch c.Where {
	case "payload":
		fmt.Fprintf(&b, "it ends inside the payload, of which %d bytes can be read: at least %d characters are missing, those of time and signature among them; how much of the payload, nobody can tell", c.Read, c.Missing)
	case "time":
		fmt.Fprintf(&b, "the payload is whole, and time or signature are missing: %d characters with SHA-256", c.Missing)
	default:
		fmt.Fprintf(&b, "payload and time are whole, and the signature is too short: %s", missingText(c.Missing))
	}
	if c.AtLimit {
		b.WriteString("; its length is that of the limit of browsers and proxies, 4096 bytes for name and value")
	} else if c.Where != "payload" {
		b.WriteString("; a double-click, a column of a table or a line's end cuts like that")
	}
	if c.Where == "time" && c.Missing == tailLen {
		b.WriteString(". Unless it is no cookie of Django: cookie-session of express, for one, keeps plain base64 and its signature elsewhere")
	}
	return b.String()
}

// next says what to do about a value that was cut off.
func (c *Cut) next() []string {
	const compare = "find out who cuts: compare its length with that of the Set-Cookie line that set it, and with what the server's access log has"
	if c.AtLimit {
		return []string{
			"make the session smaller: what is shown of the payload takes the room; keep ids in it and not objects, or move to a SESSION_ENGINE on the server",
			"in Go, Save says ErrTooLarge before the browser loses the cookie: SizeError names the largest values",
			compare,
		}
	}
	return []string{"copy it again, whole: a triple-click in the developer tools selects all of it; look out for the width of a column or field (varchar(255), LEFT(...), truncated logs)", compare}
}

func missingText(n int) string {
	if n <= signatureLen-sha1Len {
		return fmt.Sprintf("it lacks %d characters of SHA-256's 43", n)
	}
	return fmt.Sprintf("it lacks %d characters of SHA-1's 27, or %d of SHA-256's 43", n, n+signatureLen-sha1Len)
}

// partial reads as much of [.]base64 as there is, and whether that is the whole of it.
func partial(body string) (text string, whole bool) {
	envelope, compressed := strings.CutPrefix(body, ".")
	if !consists(envelope, urlAlphabet) {
		return "", false
	}
	data, _ := decode64(envelope[:len(envelope)-len(envelope)%4])
	if full, ok := decode64(envelope); ok {
		data = full
	}
	if compressed {
		return inflatePart(data)
	}
	if _, ok := Canonical(data); ok {
		return data, true
	}
	if !isText(data) || !strings.HasPrefix(data, "{") && !strings.HasPrefix(data, "[") && !strings.HasPrefix(data, `"`) {
		return "", false
	}
	return data, false
}

// inflatePart inflates what is there of a stream of zlib. It is whole with its checksum.
func inflatePart(data string) (text string, whole bool) {
	if len(data) < 2 || data[0]&15 != 8 || (int(data[0])<<8|int(data[1]))%31 != 0 {
		return "", false
	}
	in := bytes.NewReader([]byte(data[2:]))
	r := flate.NewReader(in)
	out, err := io.ReadAll(io.LimitReader(r, MaxPayload))
	return string(out), err == nil && in.Len() >= 4
}

// closers returns how many characters of base64 the brackets and quotes that are open in
// a text of JSON need at least.
func closers(text string) int {
	open, quoted := 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			open++
		case c == '}' || c == ']':
			open--
		}
	}
	if quoted {
		open++
	}
	return (max(open, 0)*8 + 5) / 6
}
