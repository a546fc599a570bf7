package checks_test

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/internal/testkit"
)

// limitCases are what somebody may send to run a server out of memory. bound is
// what reading it may take, in KiB, and stands in docs/security.md. Stacks grow
// by as much as 32 KiB at a time.
var limitCases = []struct {
	name, outcome string
	bound         int
	value         func(*testing.T) string
	read          func(*saltine.CookieStore, string) error
}{
	{"junk cookie of 1 MB", "bad signature", 64, func(*testing.T) string { return strings.Repeat("x:", 500000) }, load},
	{"zlib bomb of 16 MiB, 1,000x", "too large", 4096, func(t *testing.T) string { return packed(t, strings.Repeat("0", 16<<20)) }, load},
	{"JSON 100,000 arrays deep", "malformed", 2048, func(t *testing.T) string {
		return packed(t, `{"a":`+strings.Repeat("[", 100000)+strings.Repeat("]", 100000)+`}`)
	}, load},
	{"integer of 10,000 digits", "malformed", 256, func(t *testing.T) string { return packed(t, `{"n":`+strings.Repeat("7", 10000)+`}`) }, load},
	{"session of 10,000 keys, read", "a session", 8192, tenThousandKeys, load},
	{"session of 10,000 keys, read and saved", "a session", 8192, tenThousandKeys, func(store *saltine.CookieStore, value string) error {
		s, err := store.Load(value)
		if err == nil {
			_, err = store.Save(s)
		}
		return err
	}},
}

func load(store *saltine.CookieStore, value string) error {
	_, err := store.Load(value)
	return err
}

// packed returns the cookie of a payload, as small as zlib makes it, signed with
// our own key: nobody else gets as far as to have anything inflated.
func packed(t *testing.T, payload string) string {
	t.Helper()
	var b bytes.Buffer
	w, err := zlib.NewWriterLevel(&b, zlib.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(w, payload); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return newSigner(t).Sign("." + base64.RawURLEncoding.EncodeToString(b.Bytes()))
}

func tenThousandKeys(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	for i := range 10000 {
		b.WriteString(`,"k` + strconv.Itoa(i) + `":0`)
	}
	return packed(t, `{`+b.String()[1:]+`}`)
}

// What reading takes is bounded, whatever was sent. -v prints the rows of the
// table in docs/security.md, whose last two columns nothing depends on.
func TestLimits(t *testing.T) {
	docs, err := os.ReadFile(filepath.Join(root, "docs", "security.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range limitCases {
		t.Run(tt.name, func(t *testing.T) {
			store := newStore(t, saltine.StoreOptions{})
			value := tt.value(t)
			memory := testkit.Memory(func() { err = tt.read(store, value) })
			if err == nil != (tt.outcome == "a session") || err != nil && kind(t, err) != tt.outcome {
				t.Errorf("%v, want %s", err, tt.outcome)
			}
			if memory > tt.bound<<10 && !testkit.Race {
				t.Errorf("took %d bytes, want at most %d KiB", memory, tt.bound)
			}
			row := fmt.Sprintf("| %s | %s | %d KiB |", tt.name, tt.outcome, tt.bound)
			t.Logf("%s %.1f KiB | %d |", row, float64(memory)/1024, len(value))
			if !strings.Contains(string(docs), "\n"+row) {
				t.Errorf("docs/security.md has no row that begins with %s", row)
			}
		})
	}
}
