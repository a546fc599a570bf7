package pyjson

import "strings"

// MaxDepth is how many arrays and objects may enclose each other. It is Python's
// default recursion limit. Before Python 3.12 that limit also counts the calls
// which led to the json module, so that a bare script gets to 993; later Pythons
// go deeper.
const MaxDepth = 1000

const tooDeep = "nested more than 1000 levels deep"

// Check returns a [*SyntaxError] unless text is one JSON value, with nothing but
// white space around it, that Python's json.loads reads. It does not allocate
// for a valid text.
func Check(text string) error {
	if skipCompact(text, 0) == len(text) {
		return nil
	}
	return checkAt(text, 0)
}

// checkAt is Check for a text that will stand inside depth arrays and objects.
func checkAt(text string, depth int) error {
	end, err := skipValue(text, skipSpace(text, 0), depth)
	if err != nil {
		return err
	}
	return checkEnd(text, end)
}

// Kind tells the JSON type of a valid text from its first character: '{', '[',
// '"', 't' and 'f' for the booleans, 'n' for null, '0' for every number, NaN and
// the infinities included, and 0 for a text that holds no value. It checks nothing.
func Kind(text string) byte {
	i := skipSpace(text, 0)
	if i == len(text) {
		return 0
	}
	switch c := text[i]; c {
	case '{', '[', '"', 't', 'f', 'n':
		return c
	case '-', 'N', 'I', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
		return '0'
	}
	return 0
}

// The functions below walk a text. Each takes the index where its part begins
// and returns the index after it.

func skipValue(text string, i, depth int) (int, error) {
	if i == len(text) {
		return 0, syntaxError(i, "expected a value")
	}
	switch c := text[i]; {
	case c == '"':
		end, _, err := skipString(text, i)
		return end, err
	case c == '{':
		return skipObject(text, i, depth+1)
	case c == '[':
		return skipArray(text, i, depth+1)
	case isDigit(c):
		end, _, err := skipNumber(text, i)
		return end, err
	}
	if word := literal(text, i); word != "" {
		return i + len(word), nil
	}
	if text[i] == '-' {
		end, _, err := skipNumber(text, i)
		return end, err
	}
	return 0, syntaxError(i, "expected a value")
}

func skipObject(text string, i, depth int) (int, error) {
	next, more, err := openBracket(text, i, '}', depth)
	for more && err == nil {
		if next, _, err = skipKey(text, next); err != nil {
			break
		}
		if next, err = skipColon(text, next); err != nil {
			break
		}
		if next, err = skipValue(text, next, depth); err != nil {
			break
		}
		next, more, err = skipComma(text, next, '}')
	}
	return next, err
}

func skipArray(text string, i, depth int) (int, error) {
	next, more, err := openBracket(text, i, ']', depth)
	for more && err == nil {
		if next, err = skipValue(text, next, depth); err != nil {
			break
		}
		next, more, err = skipComma(text, next, ']')
	}
	return next, err
}

// openBracket steps over the bracket that begins an array or object at the given
// depth. more is false when the closing bracket follows at once, and next is then
// the index after it.
func openBracket(text string, i int, closing byte, depth int) (next int, more bool, err error) {
	if depth > MaxDepth {
		return 0, false, syntaxError(i, tooDeep)
	}
	i = skipSpace(text, i+1)
	if i < len(text) && text[i] == closing {
		return i + 1, false, nil
	}
	return i, true, nil
}

// skipComma steps over what follows an item: a comma, after which an item must
// follow, or the closing bracket, which sets more to false.
func skipComma(text string, i int, closing byte) (next int, more bool, err error) {
	i = skipSpace(text, i)
	if i < len(text) {
		switch text[i] {
		case ',':
			return skipSpace(text, i+1), true, nil
		case closing:
			return i + 1, false, nil
		}
	}
	return 0, false, syntaxError(i, "expected a comma or the closing bracket")
}

func skipKey(text string, i int) (end int, plain bool, err error) {
	if i == len(text) || text[i] != '"' {
		return 0, false, syntaxError(i, "expected a key in double quotes")
	}
	return skipString(text, i)
}

func skipColon(text string, i int) (int, error) {
	i = skipSpace(text, i)
	if i == len(text) || text[i] != ':' {
		return 0, syntaxError(i, "expected a colon")
	}
	return skipSpace(text, i+1), nil
}

func checkEnd(text string, i int) error {
	if i = skipSpace(text, i); i != len(text) {
		return syntaxError(i, "text after the value")
	}
	return nil
}

// skipSpace knows the four characters that Python's json module calls white space.
func skipSpace(text string, i int) int {
	for i < len(text) && text[i] <= ' ' && isSpace(text[i]) {
		i++
	}
	return i
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }

// literal returns the word that begins at text[i], or "".
func literal(text string, i int) string {
	word := ""
	switch text[i] {
	case 'n':
		word = "null"
	case 't':
		word = "true"
	case 'f':
		word = "false"
	case 'N':
		word = "NaN"
	case 'I':
		word = "Infinity"
	case '-':
		word = "-Infinity"
	}
	if strings.HasPrefix(text[i:], word) {
		return word
	}
	return ""
}
