//go:build !cgo || !linux

package bench

import "errors"

var errNoLibdeflate = errors.New("C libdeflate needs cgo and Linux")

type libdeflate struct{}

func newLibdeflate() (*libdeflate, error) { return nil, errNoLibdeflate }

func (*libdeflate) compress(_, _ []byte) ([]byte, error) { return nil, errNoLibdeflate }

func (*libdeflate) decompress(_, _ []byte) ([]byte, error) { return nil, errNoLibdeflate }
