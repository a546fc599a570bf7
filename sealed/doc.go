// Package sealed encrypts sessions in their cookies, so that those who hold a
// cookie cannot read it. A [Box], made once from the Keyring, is a serializer for
// [saltine.StoreOptions]:
//
//	box, err := sealed.New(keys, nil)
//	store, err := saltine.NewCookieStore(keys, &saltine.StoreOptions{
//		Serializer:  box,
//		Compression: saltine.CompressionNone, // what is encrypted does not get shorter
//	})
//
// [Field] seals single values, and leaves the rest of the session to whoever reads
// it. Django reads and writes both with the class in interop/sealed_serializer.py.
//
// The cipher is XAES-256-GCM of C2SP, under keys derived from the Keyring. Its nonces
// are long enough to be random for more sessions than there will ever be, where those
// of AES-GCM itself are for 2^32; and it is made of AES-GCM and AES-CMAC alone, which
// FIPS 140-3 approves, where XChaCha20-Poly1305 is not. See docs/sealed.md.
package sealed
