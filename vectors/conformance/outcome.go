package conformance

import (
	"errors"
	"math/big"
	"time"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/vectors"
)

// results are the kinds of error that reading may end in, in Django's words.
// The others of saltine stand for nothing that Django does.
var results = []struct {
	err    error
	result vectors.Result
}{
	{saltine.ErrBadSignature, vectors.BadSignature},
	{saltine.ErrMalformed, vectors.Malformed},
	{saltine.ErrTooLarge, "too large"},
	{saltine.ErrInvalidKey, "invalid key"},
	{saltine.ErrInvalidOption, "invalid option"},
	{saltine.ErrMissing, "missing"},
	{saltine.ErrWrongType, "wrong type"},
	{saltine.ErrUnsupported, "unsupported"},
}

// outcome names the kind of err. The kinds are disjoint, but for expired,
// which is a bad signature too.
func outcome(err error) vectors.Result {
	if err == nil {
		return vectors.Valid
	}
	var is []vectors.Result
	for _, r := range results {
		if errors.Is(err, r.err) {
			is = append(is, r.result)
		}
	}
	expired := errors.Is(err, saltine.ErrSignatureExpired)
	switch {
	case len(is) == 0:
		return "an error of no kind"
	case len(is) > 1:
		return "an error of several kinds"
	case expired && is[0] == vectors.BadSignature:
		return vectors.Expired
	case expired:
		return "expired, but no bad signature"
	}
	return is[0]
}

// differOutcome compares the kind of err, and shows its text.
func differOutcome(call string, want vectors.Result, err error) error {
	got := outcome(err)
	if got == want {
		return nil
	}
	text := call + ": " + string(got)
	if err != nil {
		text += " (" + err.Error() + ")"
	}
	return &mismatch{call + ": " + string(want), text}
}

// differSignedAt compares the time in a token. Those beyond every date are
// given in part: compare their direction.
func differSignedAt(want *big.Int, got time.Time) error {
	const exact = 1 << 50
	switch {
	case want == nil:
		return nil
	case want.CmpAbs(big.NewInt(exact)) > 0:
		return differ("direction of SignedAt", want.Sign(), got.Compare(time.Unix(0, 0)))
	}
	return differ("SignedAt", want.Int64(), got.Unix())
}

// differExpired compares what the error of an expired token tells.
func differExpired(t *vectors.Test, err error) error {
	expired, ok := errors.AsType[*saltine.ExpiredError](err)
	if !ok {
		return nil
	}
	return all(
		func() error { return differSignedAt(t.Timestamp, expired.SignedAt) },
		func() error {
			return differ("Deadline is not after now", true, !expired.Deadline.After(t.Time()))
		},
	)
}

// differVerification compares what is known of a good signature.
func differVerification(t *vectors.Test, v saltine.Verification) error {
	return all(
		func() error { return differSignedAt(t.Timestamp, v.SignedAt) },
		func() error { return differ("Size", len(t.Cookie), v.Size) },
		func() error {
			if t.Compressed == nil {
				return nil
			}
			return differ("Compressed", *t.Compressed, v.Compressed)
		},
		func() error {
			if !t.Has("rotated") {
				return nil
			}
			return differ("made by a fallback key", true, v.KeyIndex > 0 && v.NeedsResign())
		},
	)
}
