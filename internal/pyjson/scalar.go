package pyjson

import (
	"errors"
	"strconv"
)

// ErrNoFit is returned by [Scalar] for a valid text whose value the Go type cannot
// hold.
var ErrNoFit = errors.New("the JSON value does not fit the Go type")

// Scalar reads raw, a text that [Check] accepts, without white space around it,
// into v as json.Unmarshal reads the text of [AppendStandard], without allocation
// for what fits (but for a string with escapes). It does so for a *string, *bool,
// *int, *int64, *uint, *uint64 and *float64 that is not nil, and known is false for
// every other v.
//
// null leaves *v as it is. The error is [ErrNoFit], or the [*SyntaxError] of
// [AppendStandard] for NaN and the infinities; *v is as it was then.
func Scalar(raw string, v any) (known bool, err error) {
	switch v := v.(type) {
	case *string:
		return true, scalar(v, raw, Unquote)
	case *bool:
		return true, scalar(v, raw, readBool)
	case *int:
		return true, scalar(v, raw, readInt)
	case *int64:
		return true, scalar(v, raw, readInt64)
	case *uint:
		return true, scalar(v, raw, readUint)
	case *uint64:
		return true, scalar(v, raw, readUint64)
	case *float64:
		return true, scalar(v, raw, readFloat)
	}
	return false, nil
}

func scalar[T any](v *T, raw string, read func(string) (T, error)) error {
	if raw == "null" {
		return nil
	}
	value, err := read(raw)
	if err == nil {
		*v = value
		return nil
	}
	if _, err := AppendStandard(nil, raw); err != nil {
		return err
	}
	return ErrNoFit
}

func readBool(raw string) (bool, error) {
	if raw != "true" && raw != "false" {
		return false, ErrNoFit
	}
	return raw == "true", nil
}

func readInt(raw string) (int, error) { return strconv.Atoi(raw) }

func readInt64(raw string) (int64, error) { return strconv.ParseInt(raw, 10, 64) }

func readUint(raw string) (uint, error) {
	n, err := strconv.ParseUint(raw, 10, strconv.IntSize)
	return uint(n), err
}

func readUint64(raw string) (uint64, error) { return strconv.ParseUint(raw, 10, 64) }

// readFloat does not leave words to strconv, which knows NaN and Infinity too.
func readFloat(raw string) (float64, error) {
	if Kind(raw) != '0' || raw[0] == 'N' || raw[len(raw)-1] == 'y' {
		return 0, ErrNoFit
	}
	return strconv.ParseFloat(raw, 64)
}
