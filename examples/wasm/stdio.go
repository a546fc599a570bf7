//go:build !js

package main

import (
	"encoding/json"
	"errors"
	"io"
	"os"
)

// run serves requests from standard input until it ends.
func (c *counter) run() error {
	requests, responses := json.NewDecoder(os.Stdin), json.NewEncoder(os.Stdout)
	for {
		var req request
		err := requests.Decode(&req)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := responses.Encode(c.serve(req)); err != nil {
			return err
		}
	}
}
