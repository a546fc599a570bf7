package pyjson_test

import (
	"testing"

	"github.com/seed-52756201/saltine/internal/pyjson"
)

func TestSurrogatesComeBack(t *testing.T) {
	for _, test := range []struct{ name, text, value string }{
		{"ASCII", `"a\"\n"`, "a\"\n"},
		{"two bytes", `"\u00e9\u07ff"`, "é\u07ff"},
		{"next to the surrogates", `"\ud7ff\ue000\ufffd"`, "\ud7ff\ue000\ufffd"},
		{"a pair", `"\ud83d\ude00"`, "😀"},
		{"the first high one", `"\ud800"`, "\xed\xa0\x80"},
		{"the last low one", `"a\udfffb"`, "a\xed\xbf\xbfb"},
		{"low before high", `"\udc00\ud800"`, "\xed\xb0\x80\xed\xa0\x80"},
	} {
		value, err := pyjson.UnquoteSurrogates(test.text)
		if err != nil || value != test.value {
			t.Errorf("%s: %q, %v, want %q", test.name, value, err, test.value)
		}
		text, err := pyjson.AppendSurrogates([]byte("x"), test.value)
		if err != nil || string(text) != "x"+test.text {
			t.Errorf("%s: %s, %v, want %s", test.name, text, err, test.text)
		}
		if !pyjson.ValidSurrogates(test.value) {
			t.Errorf("%s is not valid", test.name)
		}
	}
}

func TestInvalidSurrogatesAreRefused(t *testing.T) {
	for _, test := range []struct{ name, value string }{
		{"a byte of latin-1", "a\xe9"},
		{"the begin of a surrogate", "a\xed\xa0"},
		{"a surrogate that goes on wrong", "\xed\xa0a"},
		{"another first byte", "\xec\xff\x80"},
		{"four bytes beyond Unicode", "\xf4\x90\x80\x80"},
		{"a space in two bytes", "\xc0\xa0"},
	} {
		if pyjson.ValidSurrogates(test.value) {
			t.Errorf("%s is valid", test.name)
		}
		if dst, err := pyjson.AppendSurrogates([]byte("x"), test.value); err == nil || string(dst) != "x" {
			t.Errorf("%s: %q, %v", test.name, dst, err)
		}
	}
	if _, err := pyjson.UnquoteSurrogates(`"a`); err == nil {
		t.Error("a string without an end is taken")
	}
}
