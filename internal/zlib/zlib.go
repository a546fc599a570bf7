// Package zlib compresses and decompresses from buffer to buffer (RFC 1950, RFC 1951).
//
// It is made for payloads of the size of a cookie, where the cost is not in the bytes but in what surrounds them: there
// is no window, no stream, and no state that lives from call to call but scratch memory.
package zlib

import "errors"

// ErrLimit is returned for data that would inflate to more than the limit.
var ErrLimit = errors.New("zlib: more output than the limit")

// ErrCorrupt matches, by errors.Is, every other refusal of AppendDecompress.
var ErrCorrupt = errors.New("zlib: corrupt data")

// A corruptError is the reason for a refusal. Being constants, the reasons cost no allocation.
type corruptError string

const (
	errTruncated    corruptError = "truncated"
	errHeader       corruptError = "not a zlib header"
	errDictionary   corruptError = "a preset dictionary is needed"
	errChecksum     corruptError = "wrong checksum"
	errBlockType    corruptError = "invalid block type"
	errStoredLen    corruptError = "invalid length of a stored block"
	errCounts       corruptError = "too many length or distance symbols"
	errCodeLenCode  corruptError = "invalid set of code lengths"
	errNoCodeLen    corruptError = "no codes for code lengths"
	errRepeat       corruptError = "invalid repeat of a code length"
	errNoEnd        corruptError = "no code for the end of the block"
	errLitLenCode   corruptError = "invalid set of literal and length codes"
	errDistCode     corruptError = "invalid set of distance codes"
	errLitLenSymbol corruptError = "invalid literal or length"
	errDistSymbol   corruptError = "invalid distance"
	errDistTooFar   corruptError = "distance beyond the start of the output"
)

func (e corruptError) Error() string { return "zlib: corrupt data: " + string(e) }

// Is makes every reason match ErrCorrupt.
func (e corruptError) Is(target error) bool { return target == ErrCorrupt }
