package paste

import (
	"html"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// step is one thing that copying does to a text. undo returns the text as it was before;
// what it returns unchanged was not done.
type step struct {
	name string
	did  string // what was undone, for the story
	// django says that Django's parser of cookies undoes it too: the value is good as it
	// stands. Otherwise the request must not hold what was pasted.
	django bool
	// note says what it means if the cookie in the request is like this.
	note string
	undo func(string) string
}

const notDjango = "Django does not undo this: if the request itself has it so, something between browser and Django encodes cookies"

// outerSteps are done to a whole text, before cookies are looked for in it.
var outerSteps = []step{
	{"utf-16", "NUL characters between the letters (UTF-16) were removed", false, "save the file as UTF-8", func(s string) string {
		if strings.Count(s, "\x00")*3 < len(s) {
			return s
		}
		return strings.TrimPrefix(strings.TrimPrefix(strings.ReplaceAll(s, "\x00", ""), "\xff\xfe"), "\xfe\xff")
	}},
	{"byte order mark", "a byte order mark was removed", false, "", func(s string) string { return strings.TrimPrefix(s, "\uFEFF") }},
	{"terminal colours", "colours of a terminal were removed", false, "", func(s string) string { return terminalColours.ReplaceAllString(s, "") }},
	{"invisible characters", "invisible characters (zero-width space, soft hyphen, direction marks) were removed", false, "chats and wikis add them: copy from the source, or as code", removeInvisible},
	{"line ends", "line ends of Windows were replaced", true, "", func(s string) string { return strings.ReplaceAll(s, "\r\n", "\n") }},
	{"code fence", "the code fence of Markdown was removed", false, "", func(s string) string {
		if m := codeFence.FindStringSubmatch(s); m != nil {
			return m[1]
		}
		return s
	}},
	{"quoted mail", "the marks of a quoted mail (> ) were removed", false, "", func(s string) string {
		if !strings.HasPrefix(s, "> ") || curlResponse.MatchString(s) {
			return s
		}
		return strings.TrimPrefix(strings.ReplaceAll(s, "\n> ", "\n"), "> ")
	}},
	{"quoted-printable", "quoted-printable of a mail (=3A, = at line ends) was decoded", false, "", func(s string) string {
		if !quotedPrintable.MatchString(s) {
			return s
		}
		s = strings.ReplaceAll(s, "=\n", "")
		return hexPair(s, '=')
	}},
	{"html entities", "HTML entities (&quot; &#58; &amp;) were decoded", false, "the page or log viewer escapes what it shows: copy from its raw view", func(s string) string {
		if !htmlEntity.MatchString(s) {
			return s
		}
		return html.UnescapeString(s)
	}},
}

var (
	terminalColours = regexp.MustCompile(`\x1b\[[0-9;]*m`)
	codeFence       = regexp.MustCompile("(?s)^\\s*```\\w*\\n?(.*?)\\n?```\\s*$")
	curlResponse    = regexp.MustCompile(`(?m)^[<>] [\w-]+:|^> (GET|POST|PUT|HEAD) `)
	quotedPrintable = regexp.MustCompile(`=3A|=\n`)
	htmlEntity      = regexp.MustCompile(`&(quot|amp|apos|lt|gt|colon|equals|#\d{1,6}|#[xX][0-9a-fA-F]{1,6});`)
)

func removeInvisible(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\u00ad' || r == '\u200b' || r != utf8.RuneError && unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, s)
}

// hexPair decodes a mark and two hexadecimal digits, as =3A.
func hexPair(s string, mark byte) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == mark && i+2 < len(s) {
			if n, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil {
				b.WriteByte(byte(n))
				i += 2
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// valueSteps are done to a value as often as they change it, the first that does first.
var valueSteps = []step{
	{"white space", "white space around the value was removed", true, "", strings.TrimSpace},
	{"backquotes", "backquotes around the value were removed", false, "", func(s string) string { return unwrap(s, "`", "`") }},
	{"octal escapes", `double quotes and octal escapes (\054) of a cookie header were undone, as Django does`, true, "", func(s string) string {
		if !octal.MatchString(s) {
			return s
		}
		return unquoteOctal(unwrap(s, `"`, `"`))
	}},
	{"double quotes", "double quotes around the value were removed, as Django does", true, "", func(s string) string {
		if len(s) > 1 && s[0] == '"' && strings.HasSuffix(s, `"`) && strings.Contains(s, `\"`) {
			if plain, err := strconv.Unquote(s); err == nil {
				return plain
			}
		}
		return unwrap(s, `"`, `"`)
	}},
	{"bytes literal", "b'...' of a Python bytes literal was removed", false, "the program that wrote it printed bytes: in Python decode them first, value.decode()", func(s string) string {
		return unwrap(unwrap(s, "b'", "'"), `b"`, `"`)
	}},
	{"single quotes", "single quotes around the value were removed", false, "quotes of a shell or of Python belong to the program, not to the cookie", func(s string) string {
		return unwrap(unwrap(s, "$'", "'"), "'", "'")
	}},
	{"typographic quotes", "typographic quotes around the value were removed", false, "a word processor or chat made them: send values as code", func(s string) string {
		return strings.Trim(s, "“”„‘’‚«»")
	}},
	{"escaped quotes", `escaped quotes (\") around the value were removed`, false, "", func(s string) string { return unwrap(unwrap(s, `\"`, `\"`), `\'`, `\'`) }},
	{"one quote", "a lone quote at one end was removed", false, "one of two quotes was copied along", func(s string) string {
		if strings.Count(s, `"`)+strings.Count(s, "'") != 1 || len(s) < 8 {
			return s
		}
		return strings.Trim(s, `"'`)
	}},
	{"\\u escapes", `escapes as \u003a or \x3a were decoded`, false, "the log or the JSON viewer escapes what it shows", decodeEscapes},
	{"percent-encoding", "percent-encoding (%3A is a colon) was decoded", false, notDjango + "; in JavaScript drop encodeURIComponent, in PHP use setrawcookie", func(s string) string {
		if !percent.MatchString(s) {
			return s
		}
		plain, err := url.PathUnescape(s)
		if err != nil || !utf8.ValidString(plain) {
			return s
		}
		return plain
	}},
	{"end of the pair", "a semicolon, comma or full stop behind the value was removed", false, "", func(s string) string {
		return strings.TrimRight(s, ";,. \t")
	}},
	{"markdown", "marks of Markdown (** or [ ]) around the value were removed", false, "", func(s string) string { return unwrap(s, "**", "**") }},
}

var (
	octal   = regexp.MustCompile(`^"?.*\\[0-3][0-7]{2}`)
	percent = regexp.MustCompile(`%[0-9A-Fa-f]{2}`)
)

// unwrap removes what stands at both ends.
func unwrap(s, front, back string) string {
	if len(s) < len(front)+len(back) || !strings.HasPrefix(s, front) || !strings.HasSuffix(s, back) {
		return s
	}
	return s[len(front) : len(s)-len(back)]
}

// unquoteOctal undoes the escapes of a quoted cookie value.
func unquoteOctal(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		if i+3 < len(s) {
			if n, err := strconv.ParseUint(s[i+1:i+4], 8, 8); err == nil {
				b.WriteByte(byte(n))
				i += 3
				continue
			}
		}
		i++
		b.WriteByte(s[i])
	}
	return b.String()
}

var escapeSequence = regexp.MustCompile(`\\u00[0-9a-fA-F]{2}|\\x[0-9a-fA-F]{2}|\\/`)

func decodeEscapes(s string) string {
	return escapeSequence.ReplaceAllStringFunc(s, func(e string) string {
		if e == `\/` {
			return "/"
		}
		n, err := strconv.ParseUint(e[len(e)-2:], 16, 8)
		if err != nil || n > '~' {
			return e
		}
		return string(rune(n))
	})
}

// trialSteps are done where nothing was recognised, and kept where something is then.
var trialSteps = []step{
	{"base64", "base64 around the whole value was decoded", false, "a program encoded the value once more, as for a secret of Kubernetes: " + notDjango, func(s string) string {
		if text := decoded(s); isText(text) {
			return text
		}
		return s
	}},
	{"hexadecimal", "hexadecimal of the whole value was decoded", false, "a tool dumped the bytes: copy the text", func(s string) string {
		if len(s) < 32 || len(s)%2 == 1 || !consists(strings.ToLower(s), hexDigits) {
			return s
		}
		text := hexPair("="+strings.Join(pairs(s), "="), '=')
		if !isText(text) {
			return s
		}
		return text
	}},
	{"wrapped lines", "line breaks and blanks inside the value were removed: it was wrapped", false, "widen the window, or copy from the developer tools", func(s string) string {
		return strings.Join(strings.Fields(s), "")
	}},
	{"wrapped lines with marks", "backslashes or hyphens at line ends were removed with the line breaks", false, "", func(s string) string {
		return strings.Join(strings.Fields(lineEnds.ReplaceAllString(s, "\n")), "")
	}},
	{"lost dot", "the dot in front was put back: it says that the payload is compressed", false, "a double-click leaves the dot out: copy the whole value; a cookie without it is refused", func(s string) string {
		if !strings.HasPrefix(s, "eJ") {
			return s
		}
		return "." + s
	}},
	{"extra dots", "a dot too many in front was removed", false, "", func(s string) string {
		if !strings.HasPrefix(s, "..") {
			return s
		}
		return "." + strings.TrimLeft(s, ".")
	}},
	{"dashes", "typographic dashes were made hyphens again", false, "a word processor changed -- to a dash: send values as code", func(s string) string {
		return strings.NewReplacer("—", "--", "–", "-", "‐", "-", "‑", "-", "−", "-").Replace(s)
	}},
	{"full-width colons", "other colons were made ASCII colons again", false, "an input method or chat changed them: copy from the source", func(s string) string {
		return strings.NewReplacer("：", ":", "꞉", ":", "∶", ":", "﹕", ":", "ː", ":").Replace(s)
	}},
	{"emoji", "an emoji was made the text again that a chat took for it", false, "send values as code", func(s string) string {
		return strings.NewReplacer("😊", ":)", "😀", ":D", "😛", ":P", "😮", ":o").Replace(s)
	}},
	{"plus signs", "+ and / were made - and _ again", false, "somebody converted the URL-safe base64: Django refuses a signature that is written so", func(s string) string {
		return strings.NewReplacer("+", "-", "/", "_").Replace(s)
	}},
	{"padding", "= signs were removed", false, "somebody padded the base64: Django refuses a signature that is padded", func(s string) string {
		return strings.ReplaceAll(s, "=", "")
	}},
	{"text behind", "text behind the value was removed", false, "", func(s string) string {
		head, _, _ := strings.Cut(strings.TrimSpace(s), " ")
		return strings.TrimRight(head, `;,."')]}>`)
	}},
	{"brackets", "brackets around the value were removed", false, "", func(s string) string { return strings.Trim(s, "[](){}<>|") }},
	{"prefix", "a prefix in front of the value was removed", false, "", func(s string) string {
		_, rest, _ := strings.Cut(s, ": ")
		if rest == "" {
			return s
		}
		return rest
	}},
}

var lineEnds = regexp.MustCompile(`[\\^-]?\s*\n\s*`)

func pairs(s string) []string {
	var list []string
	for i := 0; i+1 < len(s); i += 2 {
		list = append(list, s[i:i+2])
	}
	return list
}
