package sealed_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha3"
	"encoding/hex"
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine/internal/testkit"
	"github.com/seed-52756201/saltine/sealed"
)

// c2spNonce is that of both known answers.
const c2spNonce = "ABCDEFGHIJKLMNOPQRSTUVWX"

// The known answers of c2sp.org/XAES-256-GCM.
func TestXAESKnownAnswers(t *testing.T) {
	for _, tt := range []struct {
		name, reason  string
		key           byte
		ad            string
		k1, subkey    string
		ciphertextTag string
	}{
		{
			"no carry", "the first bit of L is 0", 1, "",
			"e531954aca063d5b8d9c47a47d4cc6f0",
			"c8612c9ed53fe43e8e005b828a1631a0bbcb6ab2f46514ec4f439fcfd0fa969b",
			"ce546ef63c9cc60765923609b33a9a1974e96e52daf2fcf7075e2271",
		},
		{
			"carry", "the first bit of L is 1", 3, "c2sp.org/XAES-256-GCM",
			"23810ec50edb99f374409466ed1f4b7b",
			"e9c621d4cdd9b11b00a6427ad7e559aeedd66b3857646677748f8ca796cb3fd8",
			"986ec1832593df5443a179437fd083bf3fdb41abd740a21f71eb769d",
		},
	} {
		x := newXAES(t, bytes.Repeat([]byte{tt.key}, 32))
		got := []string{hex.EncodeToString(x.K1()), hex.EncodeToString(x.Derive([]byte(c2spNonce[:12])))}
		if diff := cmp.Diff([]string{tt.k1, tt.subkey}, got); diff != "" {
			t.Errorf("%s (%s): K1 and subkey (-want +got):\n%s", tt.name, tt.reason, diff)
		}
		ciphertext, err := hex.DecodeString(tt.ciphertextTag)
		if err != nil {
			t.Fatal(err)
		}
		plaintext, err := x.Open(nil, append([]byte(c2spNonce), ciphertext...), []byte(tt.ad))
		if err != nil || string(plaintext) != "XAES-256-GCM" {
			t.Errorf("%s: opened as %q, %v", tt.name, plaintext, err)
		}
		own, err := x.Seal(nil, []byte("XAES-256-GCM"), []byte(tt.ad))
		if err != nil {
			t.Fatal(err)
		}
		if want := sealAt(t, &x, own[:24], []byte("XAES-256-GCM"), []byte(tt.ad)); !bytes.Equal(own[24:], want) {
			t.Errorf("%s: sealed as %x, want %x", tt.name, own[24:], want)
		}
	}
}

// The accumulated answers of the same document: keys, nonces and texts come out of
// one SHAKE128, and what was sealed goes into another.
func TestXAESAccumulated(t *testing.T) {
	answers := map[int]string{
		10_000:    "e6b9edf2df6cec60c8cbd864e2211b597fb69a529160cd040d56c0c210081939",
		1_000_000: "2163ae1445985a30b60585ee67daa55674df06901b890593e824b8a7c885ab15",
	}
	most := 1_000_000
	if testing.Short() || testkit.Race {
		most = 10_000
	}
	random, all := sha3.NewSHAKE128(), sha3.NewSHAKE128()
	for i := 1; i <= most; i++ {
		x := newXAES(t, read(t, random, 32))
		nonce := read(t, random, 24)
		plaintext := read(t, random, int(read(t, random, 1)[0]))
		ad := read(t, random, int(read(t, random, 1)[0]))
		ciphertext := sealAt(t, &x, nonce, plaintext, ad)
		opened, err := x.Open(nil, append(nonce, ciphertext...), ad)
		if err != nil || !bytes.Equal(opened, plaintext) {
			t.Fatalf("iteration %d: %v", i, err)
		}
		all.Write(ciphertext)
		if i == 10_000 || i == most {
			checkAnswer(t, *all, i, answers[i])
		}
	}
}

func checkAnswer(t *testing.T, all sha3.SHAKE, iterations int, want string) {
	t.Helper()
	if got := hex.EncodeToString(read(t, &all, 32)); got != want {
		t.Errorf("after %d iterations: %s, want %s", iterations, got, want)
	}
}

func newXAES(t *testing.T, key []byte) sealed.XAES {
	t.Helper()
	x, err := sealed.NewXAES(key)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func read(t *testing.T, r io.Reader, n int) []byte {
	t.Helper()
	b := make([]byte, n)
	if _, err := io.ReadFull(r, b); err != nil {
		t.Fatal(err)
	}
	return b
}

// sealAt seals with a nonce that is given, by the AES-GCM of the standard library and
// the key that the package derives.
func sealAt(t *testing.T, x *sealed.XAES, nonce, plaintext, ad []byte) []byte {
	t.Helper()
	block, err := aes.NewCipher(x.Derive(nonce[:12]))
	if err != nil {
		t.Fatal(err)
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		t.Fatal(err)
	}
	return gcm.Seal(nil, nonce[12:], plaintext, ad)
}
