//go:build go1.27 && goexperiment.jsonv2

package pyjson_test

import (
	"encoding/json"
	"encoding/json/jsontext"
	"errors"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine/internal/pyjson"
)

type streamed struct{ text string }

func (s streamed) MarshalJSONTo(e *jsontext.Encoder) error {
	if s.text == "" {
		return errMethod
	}
	return e.WriteValue(jsontext.Value(s.text))
}

func (streamed) MarshalJSON() ([]byte, error) { return nil, errMethod }

type mixed struct{ N int }

func (*mixed) MarshalJSONTo(e *jsontext.Encoder) error { return e.WriteToken(jsontext.String("é")) }
func (mixed) MarshalText() ([]byte, error)             { return []byte("text"), nil }

type failingAppender struct{}

func (failingAppender) AppendText([]byte) ([]byte, error) { return nil, errMethod }

func TestStreamMethods(t *testing.T) {
	for _, value := range []any{
		streamed{`{"a" : [1.0, "é"]}`},
		&streamed{"NaN1"},
		(*streamed)(nil),
		[]streamed{{"1"}, {`"2"`}},
		map[appender]streamed{1: {"1"}},
		mixed{1},
		&mixed{1},
		[]mixed{{1}},
		map[string]mixed{"a": {1}},
		struct{ V any }{&mixed{1}},
		streamed{},
		failingAppender{},
		map[failingAppender]int{{}: 1},
	} {
		requireLikeEncodingJSON(t, reflect.ValueOf(value))
	}
}

func TestStreamMethodErrors(t *testing.T) {
	for _, value := range []any{streamed{}, failingAppender{}, map[failingAppender]int{{}: 1}} {
		_, err := pyjson.Append(nil, value)
		var unsupported *pyjson.UnsupportedError
		if !errors.As(err, &unsupported) || !errors.Is(err, errMethod) {
			t.Errorf("%T: error %v, want an UnsupportedError that wraps the method's", value, err)
		}
	}
}

// Python's form is that of a float everywhere, also where encoding/json writes 1.
func TestFloatKeys(t *testing.T) {
	got, err := pyjson.Append(nil, map[float64]int{1: 1, 1e30: 2})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(`{"1.0":1,"1e+30":2}`, string(got)); diff != "" {
		t.Errorf("keys (-want +got):\n%s", diff)
	}
	var back map[float64]int
	if err := json.Unmarshal(got, &back); err != nil || back[1] != 1 || back[1e30] != 2 {
		t.Errorf("encoding/json reads %v, %v", back, err)
	}
}
