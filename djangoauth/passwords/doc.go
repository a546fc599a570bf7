// Package passwords checks and makes the password hashes of Django's user
// table.
//
// Take the hashers of the Django that shares the table, and check:
//
//	list, err := passwords.DjangoHashers("5.2")
//	hashers, err := passwords.New(&passwords.Options{Hashers: list})
//	...
//	result, err := hashers.Check(password, encoded)
//
// If there is no such user, call [Hashers.Spend]. If result.Upgrade is set, save
// what [Hashers.Make] returns, and sign the user in with it:
//
//	renewed, err := hashers.Make(password)
//	...
//	const update = "UPDATE auth_user SET password = ? WHERE id = ? AND password = ?"
//	saved, err := db.ExecContext(ctx, update, renewed, account.ID, account.Password)
//	...
//	account.Password = renewed // where saved.RowsAffected is 1
//	err = auth.Login(session, account, "")
//
// Where RowsAffected is 0 somebody has changed the column in between: read the user
// and check again. [Result] says what happens with the old account.Password.
//
// # Hashers
//
// All of Django's hashers since 1.8 are here but one: pbkdf2_sha256,
// pbkdf2_sha1, argon2, bcrypt_sha256, bcrypt, scrypt, md5, sha1, unsalted_md5 and
// unsalted_sha1. There is no crypt, no argon2d and no Argon2 before version 19:
// such hashes are [ErrNoHasher].
//
// # Unlike Django
//
// A stored hash that Django would never write cannot be right for any password.
// Django says "wrong" to some of these and raises for others; here all of them
// are [saltine.ErrMalformed]. A hash of an unknown or unlisted hasher is
// ErrNoHasher, not a wrong password. What a hash may cost is limited: Django would work
// for hours on a hash that claims 10 billion iterations. A NUL in a password makes it wrong
// for [BCrypt], which raises in Django.
//
// # Cost
//
// A check is meant to be slow, and every call to Check, Make and Spend costs
// one. These are the time and memory of one with the costs of Django's main branch,
// on two cores of a virtual machine of 2026:
//
//	pbkdf2_sha256  0.47 s    1 KiB
//	pbkdf2_sha1    0.62 s    1 KiB
//	argon2         0.36 s  100 MiB, on all cores
//	bcrypt_sha256  0.28 s    6 KiB
//	scrypt         0.24 s   16 MiB
//
// There is no way to stop one. Bound how many run at the same time, or a flood
// of logins takes all processors and, with Argon2, all memory. The costliest hash
// that [DefaultLimits] let pass took 3.8 s; a wrong password for it may cost the preferred
// hasher as well.
//
// # FIPS 140
//
// With GODEBUG=fips140=only the package checks and makes pbkdf2_sha256 with salts
// of 16 bytes and more. Everything else is ErrNoHasher, and never a panic. Put
// [PBKDF2SHA256] first there: no other hasher can spend the time of a check.
package passwords
