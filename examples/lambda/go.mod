module github.com/seed-52756201/saltine/examples/lambda

go 1.26.0

require (
	github.com/aws/aws-lambda-go v1.55.1
	github.com/google/go-cmp v0.7.0
	github.com/seed-52756201/saltine v0.0.0
)

require github.com/klauspost/compress v1.20.3 // indirect

replace github.com/seed-52756201/saltine => ../../
