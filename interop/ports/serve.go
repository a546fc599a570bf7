package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
)

// readers are the ports that are adapters of their own, in Go.
var readers = map[string]func(*question) (answer, error){
	"saltine": readSaltine,
	"by hand": readByHand,
}

// serve answers questions until there are no more. It is what an adapter is.
func serve(name string, in io.Reader, out io.Writer) error {
	read, ok := readers[name]
	if !ok {
		return fmt.Errorf("there is no port %q in this program", name)
	}
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, mostLine)
	for lines.Scan() {
		var q question
		if err := json.Unmarshal(lines.Bytes(), &q); err != nil {
			return err
		}
		a, err := read(&q)
		a.ID, a.Result = q.ID, "valid"
		if err != nil {
			a = answer{ID: q.ID, Result: "refused"}
		}
		if err := json.NewEncoder(out).Encode(a); err != nil {
			return err
		}
	}
	return lines.Err()
}
