package sealed_test

import (
	"encoding/base64"
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/sealed"
	"github.com/seed-52756201/saltine/vectors"
)

// outcome is what came of reading a vector.
type outcome struct {
	Kind   string
	Text   string
	Opened []sealed.Opened
}

func TestVectors(t *testing.T) {
	tests, err := vectors.Sealed()
	if err != nil {
		t.Fatal(err)
	}
	if len(tests) < 70 {
		t.Errorf("only %d vectors", len(tests))
	}
	for i := range tests {
		v := &tests[i]
		if diff := cmp.Diff(wanted(v), readVector(t, v)); diff != "" {
			t.Errorf("test %d (%s, by %s) (-want +got):\n%s", v.ID, v.Comment, v.Maker, diff)
		}
	}
}

func wanted(v *vectors.SealedTest) outcome {
	if v.Result == vectors.Malformed {
		return outcome{Kind: "malformed"}
	}
	opened := sealed.Opened{KeyIndex: v.KeyIndex, Plain: v.Plain}
	if v.Name != nil {
		opened.Name = *v.Name
	}
	return outcome{Kind: "none", Text: v.Text, Opened: []sealed.Opened{opened}}
}

func readVector(t *testing.T, v *vectors.SealedTest) outcome {
	t.Helper()
	var fallbacks []saltine.Key
	for _, key := range v.Fallbacks {
		fallbacks = append(fallbacks, saltine.Key(key))
	}
	keys := newKeyring(t, saltine.Key(v.Key), fallbacks...)
	var got outcome
	opts := &sealed.Options{
		Salt:   saltine.Salt(v.Salt),
		Now:    func() time.Time { return time.Unix(int64(v.Now), 0) },
		OnOpen: func(by sealed.Opened) { got.Opened = append(got.Opened, by) },
	}
	if v.PlainUntil != 0 {
		opts.AcceptPlainUntil = time.Unix(int64(v.PlainUntil), 0)
	}
	box := newBoxWith(t, keys, opts)
	if v.Name == nil {
		text, err := box.LoadsJSON(nil, v.Payload)
		got.Kind, got.Text = kind(t, err), string(text)
		return got
	}
	s := newStore(t, keys, nil).New()
	s.Set(*v.Name, base64.RawURLEncoding.EncodeToString(v.Payload))
	text, err := sealed.Field[json.RawMessage]{Box: box, Name: *v.Name}.Get(s)
	got.Kind, got.Text = kind(t, err), string(text)
	return got
}
