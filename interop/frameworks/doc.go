// Package frameworks holds the recipes for routers that need one, and tests what
// package sessionhttp promises with routers, proxies and other middleware. The table
// that go test -v prints has one line for each.
package frameworks
