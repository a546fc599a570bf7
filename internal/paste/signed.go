package paste

import "strings"

// Signed returns the values in one line of a log that have the shape of Django's, with the
// cookies' names where the line has them. It undoes percent-encoding and no more, and is
// made for many lines.
func Signed(line string) []Cookie {
	if !strings.Contains(line, ":") && !strings.Contains(line, "%") && !strings.Contains(line, `\`) {
		return nil
	}
	cookies := submatches(inText, line)
	for i := range cookies {
		for range maxRounds {
			next, did := undoOne(cookies[i].Value)
			if did.Name == "" {
				break
			}
			cookies[i].Value = next
		}
	}
	return cookies
}
