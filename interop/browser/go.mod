module github.com/seed-52756201/saltine/interop/browser

go 1.26.0

require (
	github.com/chromedp/cdproto v0.159.0
	github.com/chromedp/chromedp v0.22.1
	github.com/google/go-cmp v0.7.0
)

require github.com/klauspost/compress v1.20.3 // indirect

require (
	github.com/go-json-experiment/json v0.0.0-20260213210345-44df1a37e875 // indirect
	github.com/seed-52756201/saltine v0.0.0
)

replace github.com/seed-52756201/saltine => ../..
