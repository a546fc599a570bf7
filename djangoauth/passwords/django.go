package passwords

import (
	"slices"
	"strconv"
	"strings"
)

// release is what Django's hashers had from one release on.
type release struct {
	version    string
	iterations int
	argon2     Argon2
	scrypt     Scrypt
	rounds     int
	names      []string // PASSWORD_HASHERS
}

var (
	oldArgon2 = Argon2{Argon2i, 2, 512, 2, 16}
	newArgon2 = Argon2{Argon2id, 2, 102400, 8, 32}
	oldScrypt = Scrypt{16384, 8, 1}
	newScrypt = Scrypt{16384, 8, 5}

	names18 = []string{"pbkdf2_sha256", "pbkdf2_sha1", "bcrypt_sha256", "bcrypt", "sha1", "md5", "unsalted_sha1", "unsalted_md5"}
	names10 = []string{"pbkdf2_sha256", "pbkdf2_sha1", "argon2", "bcrypt_sha256", "bcrypt"}
	names21 = []string{"pbkdf2_sha256", "pbkdf2_sha1", "argon2", "bcrypt_sha256"}
	names40 = []string{"pbkdf2_sha256", "pbkdf2_sha1", "argon2", "bcrypt_sha256", "scrypt"}
)

// releases are in order. The last one is the main branch of August 2026, which
// becomes 6.2.
var releases = []release{
	{"1.8", 20000, oldArgon2, oldScrypt, 12, names18},
	{"1.9", 24000, oldArgon2, oldScrypt, 12, names18},
	{"1.10", 30000, oldArgon2, oldScrypt, 12, names10},
	{"1.11", 36000, oldArgon2, oldScrypt, 12, names10},
	{"2.0", 100000, oldArgon2, oldScrypt, 12, names10},
	{"2.1", 120000, oldArgon2, oldScrypt, 12, names21},
	{"2.2", 150000, oldArgon2, oldScrypt, 12, names21},
	{"3.0", 180000, oldArgon2, oldScrypt, 12, names21},
	{"3.1", 216000, oldArgon2, oldScrypt, 12, names21},
	{"3.2", 260000, newArgon2, oldScrypt, 12, names21},
	{"4.0", 320000, newArgon2, oldScrypt, 12, names40},
	{"4.1", 390000, newArgon2, oldScrypt, 12, names40},
	{"4.2", 600000, newArgon2, oldScrypt, 12, names40},
	{"5.0", 720000, newArgon2, oldScrypt, 12, names40},
	{"5.1", 870000, newArgon2, newScrypt, 12, names40},
	{"5.2", 1000000, newArgon2, newScrypt, 12, names40},
	{"6.0", 1200000, newArgon2, newScrypt, 12, names40},
	{"6.1", 1500000, newArgon2, newScrypt, 12, names40},
	{"6.2", 1800000, newArgon2, newScrypt, 12, names40},
}

var newest = &releases[len(releases)-1]

// DjangoHashers returns PASSWORD_HASHERS of a Django version that does not set
// it, with that version's costs: "5.2" and "5.2.10" are the same. An empty
// version is the newest that this package knows. The slice is yours. 1.8 and 1.9
// have crypt as well, which this package has not. An unknown version is
// [saltine.ErrInvalidOption].
//
// A service beside Django takes the hashers of that Django: with other costs,
// each would have the other's hashes upgraded for ever.
func DjangoHashers(version string) ([]Hasher, error) {
	if version == "" {
		return newest.hashers(), nil
	}
	i := slices.IndexFunc(releases, func(r release) bool { return r.includes(version) })
	if i < 0 {
		return nil, invalidOption("this Django version is unknown: want 1.8 to " + newest.version)
	}
	return releases[i].hashers(), nil
}

// includes tells whether version is the release, or a patch of it.
func (r *release) includes(version string) bool {
	patch, ok := strings.CutPrefix(version, r.version)
	if !ok || patch == "" {
		return ok
	}
	_, err := strconv.ParseUint(strings.TrimPrefix(patch, "."), 10, 16)
	return err == nil && patch[0] == '.'
}

func (r *release) hashers() []Hasher {
	all := []Hasher{
		PBKDF2SHA256{r.iterations},
		PBKDF2SHA1{r.iterations},
		r.argon2,
		BCryptSHA256{r.rounds},
		BCrypt{r.rounds},
		r.scrypt,
		SHA1{},
		MD5{},
		UnsaltedSHA1{},
		UnsaltedMD5{},
	}
	var list []Hasher
	for _, name := range r.names {
		i := slices.IndexFunc(all, func(h Hasher) bool { return h.name() == name })
		list = append(list, all[i])
	}
	return list
}
