package fuzz_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/seed-52756201/saltine"
)

// FuzzLoads reads any text in place of an object's token, and any text that our
// own key signed: it is an object, malformed or too large, and never a bad
// signature. AppendUnsignPayload, UnsignObject and Loads agree, and so does reading
// into other types. What was read can be signed again, and is the same then.
func FuzzLoads(f *testing.F) {
	settings, seeds := fromVectors()
	for _, s := range seeds {
		f.Add(s.setting, s.token)
		// What is before the signature, to be signed.
		if i := strings.LastIndex(s.token, settings[s.setting].opts.Separator); i >= 0 {
			f.Add(s.setting, s.token[:i])
		}
	}
	for _, envelope := range []string{
		"", ".", "..", "e30", "e30=", "e30=W10", "e31", "e3", "e", "e 3 0", "e30\n", "+/-_", ".eJyrrgUAAXUA-Q", ".eJyrrgUAAXUA-QAA", ".eJyrrgUAAXUA",
	} {
		f.Add(byte(0), envelope+":1r31eq")
	}
	f.Fuzz(func(t *testing.T, number byte, text string) {
		s := choose(number)
		checkObject(t, s, text, good, badSignature, malformed, tooLarge)
		checkPlainObject(t, s, text, good, badSignature, malformed, tooLarge)
		signed := s.signer.Sign(text)
		checkObject(t, s, signed, good, malformed, tooLarge)
		checkPlainObject(t, s, signed, good, malformed, tooLarge)
	})
}

// checkObject reads a token's object in every way there is.
func checkObject(t *testing.T, s *setting, token string, want ...string) {
	t.Helper()
	payload, payloadErr := s.timestamp.AppendUnsignPayload([]byte("before"), token, saltine.NoMaxAge)
	requireKind(t, "AppendUnsignPayload", payloadErr, want...)
	requireSecrecy(t, payloadErr, token)
	payload, ok := bytes.CutPrefix(payload, []byte("before"))
	if !ok || payloadErr != nil && len(payload) > 0 {
		t.Fatalf("AppendUnsignPayload changed what was there, or gives %q with %v", payload, payloadErr)
	}
	if len(payload) > maxPayloadLen {
		t.Fatalf("a payload of %d bytes is over the limit", len(payload))
	}

	var value any
	err := s.timestamp.UnsignObject(token, &value, saltine.NoMaxAge)
	requireKind(t, "UnsignObject", err, want...)
	var loaded any
	requireSameError(t, "Loads", err, s.keyring.Loads(token, &loaded, saltine.NoMaxAge, &s.opts))
	requireSame(t, "UnsignObject and Loads", value, loaded)
	if payloadErr != nil {
		requireSameError(t, "UnsignObject", payloadErr, err)
		return
	}
	var serialized any
	requireSameError(t, "the serializer", err, saltine.JSONSerializer{}.Loads(payload, &serialized))
	requireSame(t, "UnsignObject and the serializer", value, serialized)
	requireSecrecy(t, err, token, string(payload))
	checkTypes(t, payload, value, err)
	if err == nil {
		checkResign(t, s, value)
	}
}

// checkPlainObject reads the object of a token that need not have a timestamp.
func checkPlainObject(t *testing.T, s *setting, token string, want ...string) {
	t.Helper()
	var value any
	err := s.signer.UnsignObject(token, &value)
	requireKind(t, "Signer.UnsignObject", err, want...)
	requireSecrecy(t, err, token)
	if err != nil && value != nil {
		t.Fatalf("an object beside the error %v", err)
	}
	if err != nil {
		return
	}
	again, err := s.signer.SignObject(value)
	requireKind(t, "SignObject of what was read", err, good, tooLarge)
	if err != nil {
		return
	}
	var reread any
	requireKind(t, "UnsignObject of what was signed", s.signer.UnsignObject(again, &reread), good)
	requireSame(t, "read, signed and read", value, reread)
}

// checkTypes reads a payload into types that may not fit. Whether it is
// malformed does not depend on them.
func checkTypes(t *testing.T, payload []byte, value any, err error) {
	t.Helper()
	var (
		object map[string]any
		text   string
		number int
		list   []string
		record struct {
			A string
			B []int
			C map[string]float64
			D *bool
		}
	)
	for _, v := range []any{&object, &text, &number, &list, &record} {
		typedErr := saltine.JSONSerializer{}.Loads(payload, v)
		if err != nil {
			requireSameError(t, "Loads into a type", err, typedErr)
			continue
		}
		requireKind(t, "Loads into a type", typedErr, good, wrongType)
		requireSecrecy(t, typedErr, string(payload))
	}
	if err != nil {
		return
	}
	if want, ok := value.(map[string]any); ok {
		requireSame(t, "Loads into a map", want, object)
	}
	if want, ok := value.(string); ok {
		requireSame(t, "Loads into a string", want, text)
	}
	if want, ok := value.(int64); ok && int64(int(want)) == want {
		requireSame(t, "Loads into an int", int(want), number)
	}
}

// checkResign signs a value, which is the same then, and gives the same token
// once more.
func checkResign(t *testing.T, s *setting, value any) {
	t.Helper()
	token, err := s.timestamp.SignObject(value)
	requireKind(t, "SignObject of what was read", err, good, tooLarge)
	payload, dumpsErr := saltine.JSONSerializer{}.Dumps(nil, value)
	requireKind(t, "the serializer", dumpsErr, good)
	appended, appendErr := s.timestamp.AppendSignPayload([]byte("before"), payload)
	requireSameError(t, "AppendSignPayload", err, appendErr)
	if string(appended) != "before"+token {
		t.Fatalf("AppendSignPayload gives %q, SignObject %q", appended, token)
	}
	dumped, dumpErr := s.keyring.Dumps(value, &s.opts)
	requireSameError(t, "Dumps", err, dumpErr)
	if dumped != token {
		t.Fatalf("Dumps gives %q, SignObject %q", dumped, token)
	}
	if err != nil {
		return
	}
	var again any
	requireKind(t, "UnsignObject of what was signed", s.timestamp.UnsignObject(token, &again, 0), good)
	requireSame(t, "read, signed and read", value, again)
}

// FuzzPayload signs any bytes as a payload, compressed where that helps and not.
// They come back as they are, unless a limit is passed. As JSON they are good or
// malformed.
func FuzzPayload(f *testing.F) {
	for _, g := range payloadSeeds {
		f.Add([]byte(g))
	}
	for _, payload := range vectorPayloads() {
		f.Add(payload)
	}
	compressing := *choose(0)
	compressing.opts.Compression = saltine.CompressionBest
	compressing.timestamp = must(saltine.NewTimestampSigner(compressing.keyring, &compressing.opts))
	f.Fuzz(func(t *testing.T, payload []byte) {
		plain := choose(0)
		checkPayload(t, plain, payload, saltine.CompressionNone)
		checkPayload(t, &compressing, payload, saltine.CompressionBest)
	})
}

func checkPayload(t *testing.T, s *setting, payload []byte, compression saltine.Compression) {
	t.Helper()
	before := bytes.Clone(payload)
	token, err := s.timestamp.AppendSignPayload([]byte("before"), payload)
	if !bytes.Equal(before, payload) {
		t.Fatal("AppendSignPayload changed the payload")
	}
	token, ok := bytes.CutPrefix(token, []byte("before"))
	switch {
	case !ok:
		t.Fatal("AppendSignPayload changed what was there")
	case len(payload) > maxPayloadLen, compression == saltine.CompressionNone && len(payload)*4/3 > maxTokenLen:
		requireKind(t, "AppendSignPayload over a limit", err, tooLarge)
	case len(payload)*4/3 < maxTokenLen-64:
		requireKind(t, "AppendSignPayload", err, good)
	default:
		requireKind(t, "AppendSignPayload near a limit", err, good, tooLarge)
	}
	if err != nil {
		return
	}
	v, err := s.timestamp.Verify(string(token), 0)
	requireKind(t, "Verify of what was signed", err, good)
	if v.Compressed && len(token) >= len(s.timestamp.Sign(""))+(len(payload)*8+5)/6 {
		t.Fatalf("compressed to a token of %d bytes, from a payload of %d", len(token), len(payload))
	}
	got, err := s.timestamp.AppendUnsignPayload(nil, string(token), 0)
	if err != nil || !bytes.Equal(got, payload) {
		t.Fatalf("the payload came back as %q, %v", got, err)
	}
	checkObject(t, s, string(token), good, malformed)
}
