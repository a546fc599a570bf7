// Package sqlusers reads Django's users, groups and permissions with database/sql. It
// brings no driver.
//
//	users, err := sqlusers.New(db, &sqlusers.Options{Dialect: sqlusers.Postgres})
//	...
//	auth, err := djangoauth.New(&djangoauth.Options{Keys: keys, Load: users.Load})
//
// It reads and never writes: last_login and a new password are the caller's to UPDATE.
package sqlusers
