package sealed

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/subtle"
	"slices"
)

// XAES-256-GCM (c2sp.org/XAES-256-GCM): one half of the nonce and the key give the key
// of an AES-256-GCM, whose nonce is the other half.
const (
	halfNonce = 12
	tagSize   = 16
	overhead  = 2*halfNonce + tagSize
)

// xaes is XAES-256-GCM under one key. It is immutable.
type xaes struct {
	block  cipher.Block
	subkey [aes.BlockSize]byte // CMAC's K1
}

// newXAES takes a key of 32 bytes.
func newXAES(key []byte) (xaes, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return xaes{}, err
	}
	x := xaes{block: block}
	block.Encrypt(x.subkey[:], x.subkey[:])
	double(&x.subkey)
	return x, nil
}

// double multiplies by x in CMAC's field, in constant time.
func double(b *[aes.BlockSize]byte) {
	carry := byte(0)
	for i := len(b) - 1; i >= 0; i-- {
		carry, b[i] = b[i]>>7, b[i]<<1|carry
	}
	b[len(b)-1] ^= carry * 0x87
}

// derive returns the key that belongs to the first half of a nonce: two blocks of
// AES-CMAC in counter mode.
func (x *xaes) derive(half []byte) []byte {
	key := make([]byte, 2*aes.BlockSize)
	for i := range 2 {
		block := key[i*aes.BlockSize:][:aes.BlockSize]
		block[1], block[2] = byte(i+1), 'X' // the counter and the label
		copy(block[4:], half)
		subtle.XORBytes(block, block, x.subkey[:])
		x.block.Encrypt(block, block)
	}
	return key
}

// gcm returns the AES-256-GCM for the first half of a nonce. It draws the second half
// and writes it before the ciphertext: FIPS 140-only mode allows no other.
func (x *xaes) gcm(half []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(x.derive(half))
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// seal appends nonce, ciphertext and tag to dst. plaintext may stand where the
// ciphertext goes before the nonce's second half is put there: halfNonce after dst.
func (x *xaes) seal(dst, plaintext, ad []byte) ([]byte, error) {
	sealed := slices.Grow(dst, halfNonce)[:len(dst)+halfNonce]
	half := sealed[len(dst):]
	rand.Read(half) // it never returns an error
	gcm, err := x.gcm(half)
	if err != nil {
		return dst, err
	}
	return gcm.Seal(sealed, nil, plaintext, ad), nil //nolint:gosec // G407: this AEAD draws its nonces itself
}

// open appends the plaintext of nonce, ciphertext and tag, which are at least overhead
// bytes, to dst.
func (x *xaes) open(dst, sealed, ad []byte) ([]byte, error) {
	gcm, err := x.gcm(sealed[:halfNonce])
	if err != nil {
		return dst, err
	}
	return gcm.Open(dst, nil, sealed[halfNonce:], ad)
}
