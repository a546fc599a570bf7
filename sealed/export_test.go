package sealed

// XAES is the cipher, whose vectors have nonces that nobody draws.
type XAES = xaes

func NewXAES(key []byte) (XAES, error) { return newXAES(key) }

func (x *XAES) K1() []byte { return x.subkey[:] }

func (x *XAES) Derive(half []byte) []byte { return x.derive(half) }

func (x *XAES) Seal(dst, plaintext, ad []byte) ([]byte, error) { return x.seal(dst, plaintext, ad) }

func (x *XAES) Open(dst, sealed, ad []byte) ([]byte, error) { return x.open(dst, sealed, ad) }

// SealRaw seals a plaintext whose padding is the caller's.
func (b *Box) SealRaw(plaintext []byte) ([]byte, error) {
	return b.keys.all[0].seal([]byte{version}, plaintext, sessionData())
}
