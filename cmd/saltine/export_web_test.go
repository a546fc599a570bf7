//go:build !js

package main

// PageHandler serves the page.
var PageHandler = pageHandler
