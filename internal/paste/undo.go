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
	cause  string // why the value was like that, and what it means; empty where it means nothing
	next   string // what to do about it
	undo   func(string) string
}

// encoded is the step that other software does too.
const encoded = "percent-encoding"

const nextRequest = "look at the request as Django gets it (request.META['HTTP_COOKIE']): if it is so there too, find what encodes it on the way; if only this copy is, nothing is wrong with the cookie"

// outerSteps are done to a whole text, before cookies are looked for in it.
var outerSteps = []step{
	{"utf-16", "NUL characters between the letters (UTF-16) were removed", false, "the file is UTF-16, as PowerShell and Notepad write it", "save it as UTF-8: in PowerShell use Out-File -Encoding ascii", func(s string) string {
		if strings.Count(s, "\x00")*3 < len(s) {
			return s
		}
		return strings.TrimPrefix(strings.TrimPrefix(strings.ReplaceAll(s, "\x00", ""), "\xff\xfe"), "\xfe\xff")
	}},
	{"byte order mark", "a byte order mark was removed", false, "", "", func(s string) string { return strings.TrimPrefix(s, "\uFEFF") }},
	{"terminal colours", "colours of a terminal were removed", false, "", "", func(s string) string { return terminalColours.ReplaceAllString(s, "") }},
	{"invisible characters", "invisible characters (zero-width space, soft hyphen, direction marks) were removed", false, "the value has invisible characters in it, which chats, wikis and PDFs add: with them every signature is wrong", "copy it from the source, or send it as code", removeInvisible},
	{"line ends", "line ends of Windows were replaced", true, "", "", func(s string) string { return strings.ReplaceAll(s, "\r\n", "\n") }},
	{"code fence", "the code fence of Markdown was removed", false, "", "", func(s string) string {
		if m := codeFence.FindStringSubmatch(s); m != nil {
			return m[1]
		}
		return s
	}},
	{"quoted mail", "the marks of a quoted mail (> ) were removed", false, "", "", func(s string) string {
		if !quotedMail.MatchString(s) || curlResponse.MatchString(s) {
			return s
		}
		return quoteMarks.ReplaceAllString(s, "")
	}},
	{"borders", "the borders of a box around the text were removed", false, "", "", withoutBorders},
	{"line numbers", "line numbers in front of the lines were removed", false, "", "", withoutNumbers},
	{"shell quotes", "quotes of a shell around the paste were removed", false, "", "", func(s string) string {
		if m := quotedPaste.FindStringSubmatch(s); m != nil {
			return m[1]
		}
		return s
	}},
	{"html entities", "HTML entities (&quot; &#58; &amp;) were decoded", false, "the page or viewer it was copied from escapes what it shows", "copy from the raw view", func(s string) string {
		if !htmlEntity.MatchString(s) {
			return s
		}
		return html.UnescapeString(s)
	}},
}

var (
	quotedPaste     = regexp.MustCompile(`(?is)^\s*\$?['"]((?:(?:set-)?cookie: |[\w.-]+=)[^'"]*)['"]\s*$`)
	terminalColours = regexp.MustCompile(`\x1b\[[0-9;]*m`)
	codeFence       = regexp.MustCompile("(?s)^\\s*```\\w*\\n?(.*?)\\n?```\\s*$")
	curlResponse    = regexp.MustCompile(`(?m)^[<>] [\w-]+: |^> (GET|POST|PUT|HEAD) `)
	quotedMail      = regexp.MustCompile(`^(>[^\n]*(\n|$))+\s*$`)
	quoteMarks      = regexp.MustCompile(`(?m)^(> ?)+`)
	htmlEntity      = regexp.MustCompile(`&(quot|amp|apos|lt|gt|colon|equals|#\d{1,6}|#[xX][0-9a-fA-F]{1,6});`)
)

func removeInvisible(s string) string {
	if isBinary(s) {
		return s
	}
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
	{"white space", "white space around the value was removed", true, "", "", strings.TrimSpace},
	{"backquotes", "backquotes around the value were removed", false, "", "", func(s string) string { return unwrap(s, "`", "`") }},
	{"octal escapes", `double quotes and octal escapes (\054) of a cookie header were undone, as Django does`, true, "", "", func(s string) string {
		if !octal.MatchString(s) {
			return s
		}
		return unquoteOctal(unwrap(s, `"`, `"`))
	}},
	{"double quotes", "double quotes around the value were removed, as Django does", true, "", "", func(s string) string {
		if len(s) > 1 && s[0] == '"' && strings.HasSuffix(s, `"`) && strings.Contains(s, `\"`) {
			if plain, err := strconv.Unquote(s); err == nil {
				return plain
			}
		}
		return unwrap(s, `"`, `"`)
	}},
	{"bytes literal", "b'...' of a Python bytes literal was removed", false, "the program that wrote it printed Python bytes instead of text", "in that program decode before writing: value.decode(); if the cookie itself begins with b', the code that sets it does not decode", func(s string) string {
		return unwrap(unwrap(s, "b'", "'"), `b"`, `"`)
	}},
	{"single quotes", "single quotes around the value were removed", false, "the value has the quotes of a shell or of Python around it: Django does not remove single ones", nextRequest, func(s string) string {
		return unwrap(unwrap(s, "$'", "'"), "'", "'")
	}},
	{"typographic quotes", "typographic quotes around the value were removed", false, "a word processor or chat made typographic quotes of the plain ones", "send values as code", func(s string) string {
		return strings.Trim(s, "“”„‘’‚«»")
	}},
	{"escaped quotes", `escaped quotes (\") around the value were removed`, false, "", "", func(s string) string { return unwrap(unwrap(s, `\"`, `\"`), `\'`, `\'`) }},
	{"one quote", "a lone quote at one end was removed", false, "one of two quotes was copied along", "copy the value without quotes", func(s string) string {
		if strings.Count(s, `"`)+strings.Count(s, "'") != 1 || len(s) < 8 {
			return s
		}
		return strings.Trim(s, `"'`)
	}},
	{"\\u escapes", `escapes as \u003a or \x3a were decoded`, false, "the log or JSON viewer it was copied from escapes what it shows", "decode it with jq -r, or leave it: saltine does", decodeEscapes},
	{"pasted twice", "one of two equal halves was removed: the value was there twice", false, "the value was pasted twice, without anything between", "paste it once", func(s string) string {
		if half := s[:len(s)/2]; signedText.MatchString(half) && half+half == s {
			return half
		}
		return s
	}},
	{encoded, "percent-encoding (%3A is a colon) was decoded", false, "the value is percent-encoded, and Django never decodes that: a request that has it so is refused", nextRequest + "; in JavaScript drop encodeURIComponent, in PHP use setrawcookie", func(s string) string {
		if !percent.MatchString(s) {
			return s
		}
		plain, err := url.PathUnescape(s)
		if err != nil || !utf8.ValidString(plain) {
			return s
		}
		return plain
	}},
	{"end of the pair", "a semicolon, comma or full stop behind the value was removed", false, "", "", func(s string) string {
		if trimmed := strings.TrimRight(s, ";,. \t"); trimmed != "" && !strings.HasSuffix(s, "..") {
			return trimmed
		}
		return s
	}},
	{"markdown", "marks of Markdown (** or [ ]) around the value were removed", false, "", "", func(s string) string {
		if strings.Trim(s, "*") == "" {
			return s
		}
		return unwrap(s, "**", "**")
	}},
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

var escapeSequence = regexp.MustCompile(`[\\%]u00[0-9a-fA-F]{2}|\\x[0-9a-fA-F]{2}|\\/`)

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

// decodeWhole undoes base64.
var decodeWhole = step{"base64", "base64 around the whole value was decoded", false, "a program encoded the whole value once more, as kubectl shows secrets", "decode it with base64 -d; if the cookie in the browser is so, find the proxy or program that encodes it", func(s string) string {
	if text := decoded(s); isText(text) {
		return text
	}
	return s
}}

// joinLines is the trial that is made first.
var joinLines = step{"wrapped lines", "line breaks and blanks inside the value were removed: it was wrapped", false, "a terminal, mail or PDF broke the line: with the breaks in it every signature is wrong", "give it on one line: saltine does that here, other programs do not", func(s string) string {
	return strings.Join(strings.Fields(s), "")
}}

// joinMarked joins lines that something marks as wrapped.
var joinMarked = step{"wrapped lines with marks", "backslashes or hyphens at line ends were removed with the line breaks", false, "a shell script or document broke the line", "give it on one line", func(s string) string {
	return strings.Trim(strings.Join(strings.Fields(lineEnds.ReplaceAllString(s, "\n")), ""), "|\\")
}}

// trialSteps are done where nothing was recognised, and kept where something is then.
var trialSteps = []step{
	decodeWhole,
	{"Python literal", "a literal of Python was written as JSON", false, "it is Python's repr of a dict, as print(dict(request.session)) writes it, and no JSON", "in Python print json.dumps(dict(request.session)); for the cookie print request.COOKIES", func(s string) string {
		if !strings.HasPrefix(s, "{'") {
			return s
		}
		return pythonAsJSON(s)
	}},
	decodeMail,
	{"no semicolons", "attributes without semicolons in front of them were removed", false, "there is no semicolon between the value and its attributes (Path, HttpOnly, ...): browsers take all of it for the value", "look for the program or proxy that writes this Set-Cookie line, and let it write ; between them", func(s string) string {
		return attributesBehind.ReplaceAllString(s, "")
	}},
	{"hexadecimal", "hexadecimal of the whole value was decoded", false, "a tool shows the bytes in hexadecimal", "copy it as text; xxd -r -p turns it back", func(s string) string {
		if len(s) < 32 || len(s)%2 == 1 || !consists(strings.ToLower(s), hexDigits) {
			return s
		}
		text := hexPair("="+strings.Join(pairs(s), "="), '=')
		if !isText(text) {
			return s
		}
		return text
	}},
	joinLines,
	joinMarked,
	{"lost dot", "the dot in front was put back: it says that the payload is compressed", false, "the dot in front is lost: a double-click leaves it out. It says that the payload is compressed, and without it the signature is wrong", "copy the whole value, with its dot", func(s string) string {
		if !strings.HasPrefix(s, "eJ") {
			return s
		}
		return "." + s
	}},
	{"extra dots", "a dot too many in front was removed", false, "there is a dot too many in front", "copy the value alone", func(s string) string {
		if !strings.HasPrefix(s, "..") {
			return s
		}
		return "." + strings.TrimLeft(s, ".")
	}},
	{"dashes", "typographic dashes were made hyphens again", false, "a word processor or chat changed hyphens to dashes", "send values as code", func(s string) string {
		return strings.NewReplacer("—", "--", "–", "-", "‐", "-", "‑", "-", "−", "-").Replace(s)
	}},
	{"one dash", "typographic dashes were made hyphens again", false, "a word processor or chat changed hyphens to dashes", "send values as code", func(s string) string {
		return strings.ReplaceAll(s, "—", "-")
	}},
	{"other separators", "other separators were made colons again", false, "something changed the colons between the parts, as a tool that splits at them: Django signs and reads colons only", "copy the value from the source; if the cookie in the browser is so, find the program that writes it", func(s string) string {
		m := otherSeparators.FindStringSubmatch(s)
		if m == nil {
			return s
		}
		return m[1] + ":" + m[2] + ":" + m[3]
	}},
	{"full-width colons", "other colons were made ASCII colons again", false, "an input method or chat changed the colons to others that look alike", "copy from the source", func(s string) string {
		return strings.NewReplacer("：", ":", "꞉", ":", "∶", ":", "﹕", ":", "ː", ":").Replace(s)
	}},
	{"emoji", "an emoji was made the text again that a chat took for it", false, "a chat took a part of the value for a smiley", "send values as code", func(s string) string {
		return strings.NewReplacer("😊", ":)", "😀", ":D", "😛", ":P", "😮", ":o").Replace(s)
	}},
	{"plus signs", "+ and / were made - and _ again", false, "somebody converted the URL-safe base64 to the plain one: Django refuses a signature that is written so", "do not convert the value: - and _ belong to it", func(s string) string {
		return strings.NewReplacer("+", "-", "/", "_").Replace(s)
	}},
	{"padding", "= signs were removed", false, "somebody padded the base64 with =: Django refuses a signature that is padded", "do not convert the value: Django writes no = signs", func(s string) string {
		return strings.ReplaceAll(s, "=", "")
	}},
	{"text behind", "text behind the value was removed", false, "other text was copied along behind the value", "copy the value alone", func(s string) string {
		head, _, _ := strings.Cut(strings.TrimSpace(s), " ")
		return strings.TrimRight(head, `;,."')]}>`)
	}},
	{"brackets", "brackets around the value were removed", false, "brackets were copied along", "copy the value alone", func(s string) string { return strings.Trim(s, "[](){}<>|") }},
	{"prefix", "a prefix in front of the value was removed", false, "other text was copied along in front of the value", "copy the value alone", func(s string) string {
		_, rest, _ := strings.Cut(s, ": ")
		if rest == "" {
			return s
		}
		return rest
	}},
}

var attributesBehind = regexp.MustCompile(`(?is)\s+(path=|httponly|secure|samesite=|max-age=|expires=|domain=).*$`)

var otherSeparators = regexp.MustCompile(`^(\.?[A-Za-z0-9_-]+)[.;,|\t ](1[0-9A-Za-z]{5})[.;,|\t ]([A-Za-z0-9_-]{27}|[A-Za-z0-9_-]{43})$`)

var lineEnds = regexp.MustCompile(`\s*[\\^|-]?\s*\n\s*\|?\s*`)

func pairs(s string) []string {
	var list []string
	for i := 0; i+1 < len(s); i += 2 {
		list = append(list, s[i:i+2])
	}
	return list
}
