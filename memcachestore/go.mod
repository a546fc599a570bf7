module github.com/seed-52756201/saltine/memcachestore

go 1.26.0

replace github.com/seed-52756201/saltine => ..

require (
	github.com/bradfitz/gomemcache v0.0.0-20260422231931-4d751bb6e37c
	github.com/seed-52756201/saltine v0.0.0
)

require github.com/klauspost/compress v1.20.3 // indirect
