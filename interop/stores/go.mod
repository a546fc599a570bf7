module github.com/seed-52756201/saltine/interop/stores

go 1.26.0

replace github.com/seed-52756201/saltine => ../..

require github.com/google/go-cmp v0.7.0
