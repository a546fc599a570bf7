package pyjson_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine/internal/pyjson"
)

func TestAppendStandard(t *testing.T) {
	tests := []struct {
		name   string
		reason string
		text   string
		want   string
	}{
		{"ASCII", "nothing to do", `{"a": [1.0, "\u00e9"]}`, `{"a": [1.0, "\u00e9"]}`},
		{"latin-1", "UTF-8 from here on", "{\"\xe9\":\"\x80\xff\"}", `{"é":"` + "\u0080ÿ" + `"}`},
		{"UTF-8", "it was latin-1 for Python", "\"\xc3\xa9\"", `"Ã©"`},
		{"DEL", "legal in both", "\"\x7f\"", "\"\x7f\""},
		{"words in strings", "NaN is a problem as a value only", `{"NaN":"Infinity \"NaN\""}`, `{"NaN":"Infinity \"NaN\""}`},
		{"lone surrogate", "the escape stays", `"\ud800"`, `"\ud800"`},
		{"numbers", "their texts stay", "[-0,1E400,0.10,100000000000000000000]", "[-0,1E400,0.10,100000000000000000000]"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := pyjson.AppendStandard([]byte("x"), test.text)
			if err != nil {
				t.Fatalf("AppendStandard: %v (%s)", err, test.reason)
			}
			if diff := cmp.Diff("x"+test.want, string(got)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", test.reason, diff)
			}
			if !json.Valid(got[1:]) {
				t.Error("encoding/json refuses the result")
			}
		})
	}
}

func TestAppendStandardConstants(t *testing.T) {
	for text, offset := range map[string]int{"NaN": 0, `{"a":[1,Infinity]}`: 8, "[-Infinity]": 2} {
		got, err := pyjson.AppendStandard([]byte("x"), text)
		var syntax *pyjson.SyntaxError
		if !errors.As(err, &syntax) || syntax.Offset != offset {
			t.Errorf("AppendStandard(%q): error %v, want a SyntaxError at byte %d", text, err, offset)
		}
		if string(got) != "x" {
			t.Errorf("AppendStandard(%q) changed dst", text)
		}
	}
}
