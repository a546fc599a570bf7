package pickle_test

import (
	"encoding/hex"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine/internal/pickle"
)

func TestTree(t *testing.T) {
	// {'b': b'\x00\xff', 'n': 2**64-1, 'x': 1.5, 'l': [None, True, False], 'm': {'k': -5}, 't': (1, 2), 'big': 300}
	data, err := hex.DecodeString("80027d7100285801000000627101635f636f646563730a656e636f64650a7102580300000000c3bf710358060000006c6174696e3171048671055271" +
		"0658010000006e71078a09ffffffffffffffff005801000000787108473ff800000000000058010000006c71095d710a284e88896558010000006d710b7d710c58" +
		"010000006b710d4afbffffff73580100000074710e4b014b0286710f580300000062696771104d2c01752e")
	if err != nil {
		t.Fatal(err)
	}
	got, err := pickle.Tree(data)
	want := pickle.Pairs{
		"b",
		[]byte{0, 0xff},
		"n", uint64(1<<64 - 1), "x", 1.5, "l",
		[]any{nil, true, false},
		"m",
		pickle.Pairs{"k", int64(-5)},
		"t",
		[]any{int64(1), int64(2)},
		"big", int64(300),
	}
	if diff := cmp.Diff(any(want), got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

func TestTreeErrors(t *testing.T) {
	for name, data := range map[string]string{
		"set":        "\x80\x02}X\x01\x00\x00\x00sc__builtin__\nset\n](K\x01e\x85Rs.",
		"date":       "\x80\x03}X\x01\x00\x00\x00dcdatetime\ndate\nC\x04\x07\xea\x07\x01\x85Rs.",
		"int beyond": "\x80\x02}X\x01\x00\x00\x00n\x8a\x09\xff\xff\xff\xff\xff\xff\xff\xff\x01s.",
	} {
		_, err := pickle.Tree([]byte(data))
		if _, ok := errors.AsType[*pickle.NoJSONError](err); !ok {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := pickle.Tree([]byte("junk")); err == nil {
		t.Error("junk is a tree")
	}
	if _, err := pickle.Tree([]byte("\x80\x02]q\x00h\x00a.")); !errors.Is(err, pickle.ErrTooLarge) {
		t.Errorf("a list that holds itself: %v", err)
	}
}
