//go:build js

package main

import (
	"encoding/json"
	"syscall/js"
)

// run gives JavaScript the function serveCounter, and waits for its calls.
func (c *counter) run() error {
	js.Global().Set("serveCounter", js.FuncOf(func(_ js.Value, args []js.Value) any {
		return c.serveJSON(args[0].String())
	}))
	select {}
}

// serveJSON takes a request and returns a response, both as JSON.
func (c *counter) serveJSON(text string) string {
	var req request
	if err := json.Unmarshal([]byte(text), &req); err != nil {
		return `{"status":400,"setCookie":[],"body":"the request is not JSON\n"}`
	}
	resp, err := json.Marshal(c.serve(req))
	if err != nil {
		return `{"status":500,"setCookie":[],"body":"internal error\n"}`
	}
	return string(resp)
}
