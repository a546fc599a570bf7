package passwords

import (
	"crypto/md5"
	"crypto/sha1"
	"encoding/hex"
	"strings"
)

// MD5 is Django's MD5PasswordHasher, md5. One run takes a microsecond, for
// whoever has stolen the table too: list it last, to check old hashes, or first
// in tests.
type MD5 struct{}

// SHA1 is Django's SHA1PasswordHasher, sha1, to 5.0. It is as weak as [MD5].
type SHA1 struct{}

// UnsaltedMD5 is Django's UnsaltedMD5PasswordHasher, unsalted_md5, to 5.0. It is
// weaker than [MD5]: equal passwords have equal hashes.
type UnsaltedMD5 struct{}

// UnsaltedSHA1 is Django's UnsaltedSHA1PasswordHasher, unsalted_sha1, to 5.0. It
// is weaker than [SHA1]: equal passwords have equal hashes.
type UnsaltedSHA1 struct{}

func (h MD5) name() string          { return "md5" }
func (h SHA1) name() string         { return "sha1" }
func (h UnsaltedMD5) name() string  { return "unsalted_md5" }
func (h UnsaltedSHA1) name() string { return "unsalted_sha1" }

func (h MD5) complete() Hasher          { return h }
func (h SHA1) complete() Hasher         { return h }
func (h UnsaltedMD5) complete() Hasher  { return h }
func (h UnsaltedSHA1) complete() Hasher { return h }

func (h MD5) fits(*Limits) error          { return nil }
func (h SHA1) fits(*Limits) error         { return nil }
func (h UnsaltedMD5) fits(*Limits) error  { return nil }
func (h UnsaltedSHA1) fits(*Limits) error { return nil }

func (h MD5) encode(password, salt string) (string, error) {
	return encodeSalted(h.name(), hexMD5, password, salt)
}

func (h SHA1) encode(password, salt string) (string, error) {
	return encodeSalted(h.name(), hexSHA1, password, salt)
}

func (h UnsaltedMD5) encode(password, _ string) (string, error) { return hexMD5(password), nil }

func (h UnsaltedSHA1) encode(password, _ string) (string, error) {
	return "sha1$$" + hexSHA1(password), nil
}

func (h MD5) read(encoded string, p *policy) (*stored, error) {
	return readSalted(hexMD5, md5.Size, encoded, p)
}

func (h SHA1) read(encoded string, p *policy) (*stored, error) {
	return readSalted(hexSHA1, sha1.Size, encoded, p)
}

func (h UnsaltedMD5) read(encoded string, _ *policy) (*stored, error) {
	return readDigest(hexMD5, md5.Size, "", strings.TrimPrefix(encoded, "md5$$"))
}

func (h UnsaltedSHA1) read(encoded string, _ *policy) (*stored, error) {
	return readDigest(hexSHA1, sha1.Size, "", strings.TrimPrefix(encoded, "sha1$$"))
}

func hexMD5(text string) string {
	sum := md5.Sum([]byte(text))
	return hex.EncodeToString(sum[:])
}

func hexSHA1(text string) string {
	sum := sha1.Sum([]byte(text))
	return hex.EncodeToString(sum[:])
}

func encodeSalted(name string, digest func(string) string, password, salt string) (string, error) {
	if err := checkSalt(salt); err != nil {
		return "", err
	}
	return name + "$" + salt + "$" + digest(salt+password), nil
}

func readSalted(digest func(string) string, size int, encoded string, p *policy) (*stored, error) {
	parts, err := split(encoded, 3)
	if err != nil {
		return nil, err
	}
	short, err := p.readSalt(parts[1])
	if err != nil {
		return nil, err
	}
	s, err := readDigest(digest, size, parts[1], parts[2])
	if err != nil {
		return nil, err
	}
	s.outdated = short
	return s, nil
}

func readDigest(digest func(string) string, size int, salt, want string) (*stored, error) {
	if _, err := readHex(want, size); err != nil {
		return nil, err
	}
	return &stored{verify: func(password string) (bool, error) {
		return same([]byte(digest(salt+password)), []byte(want)), nil
	}}, nil
}
