// Package recording reads the files of what real Djangos did, strictly.
package recording

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// maxSize is how much of a compressed file is read, in bytes.
const maxSize = 16 << 20

// Decode reads the one JSON object of a file, which may be compressed by gzip, into file.
// A field that file does not have is an error.
func Decode(data []byte, file any) error {
	data, err := Inflate(data)
	if err != nil {
		return err
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(file); err != nil {
		return err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows the file's object")
	}
	return nil
}

// Inflate returns what a file compressed by gzip holds, and any other data as it is.
func Inflate(data []byte) ([]byte, error) {
	if !bytes.HasPrefix(data, []byte("\x1f\x8b")) {
		return data, nil
	}
	reader, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	data, err = io.ReadAll(io.LimitReader(reader, maxSize+1))
	if err == nil && len(data) > maxSize {
		err = fmt.Errorf("more than %d bytes", maxSize)
	}
	return data, err
}
