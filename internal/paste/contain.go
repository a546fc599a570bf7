package paste

import (
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// The names of containers that others ask for.
const (
	sourceRow       = "row of django_session"
	sourceSetCookie = "Set-Cookie header"
	sourceHeader    = "Cookie header"
)

// container is one place where cookies stand in a text.
type container struct {
	name string
	find func(string) []Cookie
}

// containers are tried in order: the first that finds something tells.
func containers() []container {
	return []container{
		{"JSON", findJSON},
		{sourceRow, findRow},
		{"cookie jar of curl", findJar},
		{"row of cookies.sqlite", findSQLite},
		{"PowerShell command", findPowerShell},
		{"headers", findHeaders},
		{"curl command", findCurl},
		{"HTML form", findInputs},
		{"Authorization header", findBearer},
		{"row of the developer tools", findDevtools},
		{"part of JSON", findBrokenJSON},
		{"Python object", findPython},
		{"name=value pair", findPairs},
		{"URL", findURL},
		{"log line", findInText},
	}
}

// named says where cookies were found, unless they know better.
func named(source string, cookies []Cookie) []Cookie {
	for i := range cookies {
		if cookies[i].Source == "" {
			cookies[i].Source = source
		}
	}
	return cookies
}

// maxDepth is how deep JSON and headers in JSON are looked through.
const maxDepth = 40

// findJSON looks through one JSON value, or one a line: exports of extensions, HAR files,
// dumps of the session table, events of gateways, log records.
func findJSON(text string) []Cookie {
	trimmed := strings.TrimRight(strings.TrimSpace(text), ",;")
	if !strings.HasPrefix(trimmed, "{") && !strings.HasPrefix(trimmed, "[") {
		return nil
	}
	var cookies []Cookie
	if tree, ok := parseJSON(trimmed); ok {
		return walk(nil, tree, "", maxDepth)
	}
	if tree, ok := parseJSON(pythonAsJSON(trimmed)); ok {
		cookies = walk(nil, tree, "", maxDepth)
		for i := range cookies {
			cookies[i].Source = "Python object"
		}
		return cookies
	}
	for line := range strings.Lines(trimmed) {
		if tree, ok := parseJSON(strings.TrimRight(strings.TrimSpace(line), ",")); ok {
			cookies = walk(cookies, tree, "", maxDepth)
		}
	}
	return cookies
}

// pythonAsJSON writes literals of Python as JSON, where no text has quotes in it.
func pythonAsJSON(text string) string {
	return pythonLiterals.Replace(text)
}

var pythonLiterals = strings.NewReplacer("'", `"`, ": True", ": true", ": False", ": false", ": None", ": null")

func parseJSON(text string) (any, bool) {
	var tree any
	if json.Unmarshal([]byte(text), &tree) != nil {
		return nil, false
	}
	return tree, true
}

// walk appends the cookies in a JSON value, which stands under key.
func walk(cookies []Cookie, tree any, key string, depth int) []Cookie {
	if depth == 0 || len(cookies) >= maxCookies {
		return cookies
	}
	switch tree := tree.(type) {
	case map[string]any:
		if val, ok := field(tree, "value"); ok && tree["name"] == nil && consistsOfToken(key) && (isCookieList(tree) || strings.EqualFold(key, "sessionid")) {
			return append(cookies, Cookie{Name: key, Value: val, Source: "member of a JSON object", Attributes: exported(tree)})
		}
		return walkObject(cookies, tree, depth)
	case []any:
		if name, val, ok := twoTexts(tree); ok {
			return append(cookies, Cookie{Name: name, Value: val, Source: "list of pairs in JSON"})
		}
		start := len(cookies)
		for _, item := range tree {
			cookies = walk(cookies, item, key, depth-1)
		}
		in(new(jar), cookies[start:])
	case string:
		return walkText(cookies, tree, key)
	}
	return cookies
}

// twoTexts takes a list for a pair of name and value.
func twoTexts(list []any) (name, val string, ok bool) {
	if len(list) != 2 {
		return "", "", false
	}
	name, first := list[0].(string)
	val, second := list[1].(string)
	return name, val, first && second && consistsOfToken(name) && !looksSigned(name)
}

func walkObject(cookies []Cookie, object map[string]any, depth int) []Cookie {
	name, _ := field(object, "name")
	if val, ok := field(object, "value"); ok && name != "" {
		if isCookieKey(name) {
			return walkText(cookies, val, name)
		}
		if _, header := object["domain"]; header || isCookieList(object) || looksSigned(val) || strings.EqualFold(name, "sessionid") {
			return append(cookies, Cookie{Name: name, Value: val, Source: "JSON export of cookies", Attributes: exported(object)})
		}
	}
	if data, ok := field(object, "session_data"); ok {
		key, _ := field(object, "session_key")
		return append(cookies, row(key, data))
	}
	if fields, ok := object["fields"].(map[string]any); ok {
		if data, ok := field(fields, "session_data"); ok {
			key, _ := field(object, "pk")
			return append(cookies, row(key, data))
		}
	}
	for _, k := range sortedKeys(object) {
		if members, ok := object[k].(map[string]any); ok && strings.EqualFold(k, "cookies") {
			for _, name := range sortedKeys(members) {
				if val, ok := members[name].(string); ok {
					cookies = append(cookies, Cookie{Name: name, Value: val, Source: "JSON object of cookies"})
				}
			}
			continue
		}
		start := len(cookies)
		cookies = walk(cookies, object[k], k, depth-1)
		if side := strings.ToLower(k); side == "request" || side == "response" {
			for i := start; i < len(cookies); i++ {
				cookies[i].Source += " of a " + side
			}
			in(new(jar), cookies[start:])
		}
	}
	return cookies
}

// isCookieList knows the cookies of exports by fields that other objects do not have.
func isCookieList(object map[string]any) bool {
	for _, name := range []string{"httpOnly", "hostOnly", "sameSite", "expirationDate", "Host raw", "expires"} {
		if _, ok := object[name]; ok {
			return true
		}
	}
	return false
}

func exported(object map[string]any) []string {
	var list []string
	for _, name := range []string{"domain", "path", "expires", "expirationDate", "sameSite", "secure", "httpOnly"} {
		switch val := object[name].(type) {
		case string:
			list = append(list, name+"="+val)
		case float64:
			list = append(list, name+"="+strconv.FormatFloat(val, 'f', -1, 64))
		case bool:
			list = append(list, name+"="+strconv.FormatBool(val))
		}
	}
	return list
}

// field returns a text of an object, whatever the case of its name.
func field(object map[string]any, name string) (string, bool) {
	if text, ok := object[name].(string); ok {
		return text, true
	}
	for _, key := range sortedKeys(object) {
		if strings.EqualFold(strings.TrimSuffix(key, " raw"), name) {
			text, ok := object[key].(string)
			return text, ok
		}
	}
	return "", false
}

func sortedKeys(object map[string]any) []string {
	keys := make([]string, 0, len(object))
	for key := range object {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

func isCookieKey(key string) bool {
	switch strings.ToLower(strings.NewReplacer("-", "", "_", "").Replace(key)) {
	case "cookie", "cookies", "setcookie", "httpcookie", "cookieheader", "requestcookie", "sentcookie":
		return true
	}
	return false
}

// walkText takes a text of JSON apart that stands under key.
func walkText(cookies []Cookie, text, key string) []Cookie {
	switch {
	case isCookieKey(key) && strings.HasPrefix(strings.ToLower(key), "set"):
		return append(cookies, named("Set-Cookie header in JSON", parseSetCookie(text))...)
	case isCookieKey(key):
		return append(cookies, in(new(jar), named("Cookie header in JSON", parseCookies(text)))...)
	case strings.EqualFold(key, "sessionid") || looksSigned(text):
		return append(cookies, Cookie{Name: key, Value: text, Source: "member of a JSON object"})
	case strings.EqualFold(key, "session_data"):
		return append(cookies, Cookie{Value: text, Source: sourceRow})
	}
	if found := findHeaders(text); len(found) > 0 {
		return append(cookies, found...)
	}
	return append(cookies, named("text in JSON", findInText(text))...)
}

const (
	plainName   = "[A-Za-z][A-Za-z0-9_.-]{0,60}"
	cookieName  = "[A-Za-z0-9!#$%&'*+.^_`|~-]+"
	signedShape = `\.?[A-Za-z0-9_-]+={0,2}:[0-9A-Za-z]{5,7}:[A-Za-z0-9_-]{22,86}`
	oldShape    = `[A-Za-z0-9+/]{60,}={0,2}`
)

var (
	signedText = regexp.MustCompile(`^` + signedShape + `$`)
	inText     = regexp.MustCompile(`(?:["'\[]*(` + plainName + `)["'\]]*\s*(?:=>|[=:|])\s*(?:string\(\d+\)\s*)?\\?["']?)?(` + signedShape + `|\.?[A-Za-z0-9_-]+(?:%3[Aa]|%253[Aa]|\\u003[aA]|\\072)[0-9A-Za-z]{5,7}(?:%3[Aa]|%253[Aa]|\\u003[aA]|\\072)[A-Za-z0-9_-]{22,86})`)
	cacheEntry = regexp.MustCompile(`(?:\w*:\d+:)?django\.contrib\.sessions\.(?:cache|cached_db)[a-z0-9]{32}`)
	sessionID  = regexp.MustCompile(`(?i)\b(sessionid|session_?key|session_?cookie|session)["']?\s*[=:]\s*["']?([^\s"',;&)\]}]{8,})`)
)

func looksSigned(text string) bool { return signedText.MatchString(text) }

// findRow looks for rows of the session table: of psql, mysql and sqlite3, CSV, INSERT.
func findRow(text string) []Cookie {
	var cookies []Cookie
	for _, re := range rows {
		for _, m := range re.FindAllStringSubmatch(text, maxCookies) {
			cookies = append(cookies, row(m[1], m[2]))
		}
		if len(cookies) > 0 {
			return cookies
		}
	}
	return nil
}

// row is a row of the session table.
func row(key, data string) Cookie {
	c := Cookie{Value: data, Source: sourceRow}
	if key != "" {
		c.Attributes = []string{"session_key=" + key}
	}
	return c
}

const rowValue = `(` + signedShape + `|` + oldShape + `)`

var rows = []*regexp.Regexp{
	regexp.MustCompile(`(?m)(?:^|[|(,\t]|VALUES\s*\()\s*["']?([a-z0-9]{32,40})["']?\s*[|,\t]\s*["']?` + rowValue),
	regexp.MustCompile(`(?m)^([a-z0-9]{32,40})\s{1,8}` + rowValue + `\s`),
	regexp.MustCompile(`(?:session_key\s*[|:]\s*([a-z0-9]{32,40})\s+)session_data\s*[|:]\s*` + rowValue),
	regexp.MustCompile(`()(?i:session_data)["']?\s*[:=|]\s*["']?` + rowValue),
	regexp.MustCompile(`(?m)(?:^|[|(,\t])\s*["']?([a-z0-9]{32})["']?\s*[|,;\t]\s*["']?` + cutValue + `["']?\s*(?:[|,;\t)]|$)`),
	regexp.MustCompile(`(?m)(?:session_key\s*[|:=]\s*([a-z0-9]{32})\s+)session_data\s*[|:=]\s*` + cutValue + `\s*$`),
}

// cutValue is what is left of session_data in a column that is too narrow.
const cutValue = `(\.?[A-Za-z0-9_+/-]{20,}(?::[0-9A-Za-z]{0,7}(?::[A-Za-z0-9_-]*)?)?)`

var jarLine = regexp.MustCompile(`(?m)^(#HttpOnly_)?(\S+)\t(TRUE|FALSE)\t([^\t]*)\t(TRUE|FALSE)\t(\d+)\t([^\t\n]*)\t([^\t\n]*)$`)

// findJar reads a cookie jar of Netscape, curl and wget.
func findJar(text string) []Cookie {
	var cookies []Cookie
	for _, m := range jarLine.FindAllStringSubmatch(text, maxCookies) {
		cookies = append(cookies, Cookie{Name: m[7], Value: m[8], Attributes: []string{"domain=" + m[2], "path=" + m[4], "expires=" + m[6]}})
	}
	return cookies
}

var powerShell = regexp.MustCompile(`Net\.Cookie\(\s*["']([^"']+)["']\s*,\s*["']([^"']*)["']`)

var sqliteRow = regexp.MustCompile(`(?m)^\d+\|(?:[^|\n]*\|)?(` + plainName + `)\|([^|\n]{8,})\|([\w.-]+)\|(/[^|\n]*)\|(\d+)\|`)

// findSQLite reads rows of Firefox's cookies.sqlite.
func findSQLite(text string) []Cookie {
	var cookies []Cookie
	for _, m := range sqliteRow.FindAllStringSubmatch(text, maxCookies) {
		cookies = append(cookies, Cookie{Name: m[1], Value: m[2], Attributes: []string{"domain=" + m[3], "path=" + m[4], "expires=" + m[5]}})
	}
	return cookies
}

// findPowerShell reads what browsers copy as PowerShell.
func findPowerShell(text string) []Cookie { return submatches(powerShell, text) }

// submatches makes cookies of the first two groups of a regular expression.
func submatches(re *regexp.Regexp, text string) []Cookie {
	var cookies []Cookie
	for _, m := range re.FindAllStringSubmatch(text, maxCookies) {
		cookies = append(cookies, Cookie{Name: m[1], Value: m[2]})
	}
	return cookies
}

// header finds a Cookie or Set-Cookie header anywhere: in a request, a command, a log.
var headerStart = regexp.MustCompile(`(?i)(^|[\s"'<>{(,\[])(\^?["'])?(set-cookie|cookie|http_cookie)(\\?\^?["'])?\s*(=>|[:=])\s*(\[?\^?\\?["'\[` + "`" + `])?`)

func findHeaders(text string) []Cookie {
	var cookies []Cookie
	caret := strings.Contains(text, `^"`)
	var last *jar // of the header before
	wasSet := false
	for len(cookies) < maxCookies {
		at := headerStart.FindStringSubmatchIndex(text)
		if at == nil {
			return cookies
		}
		set := strings.EqualFold(text[at[6]:at[7]], "set-cookie")
		if between := text[:at[0]]; last == nil || set != wasSet || !set && strings.Trim(between, " \t\n<>*") != "" || statusLine.MatchString(between) {
			last, wasSet = new(jar), set
		}
		content, rest := headerText(text, at)
		text = rest
		if caret {
			content = strings.ReplaceAll(content, "^", "")
		}
		if set {
			cookies = append(cookies, in(last, named(sourceSetCookie, parseSetCookie(content)))...)
		} else {
			cookies = append(cookies, in(last, named(sourceHeader, parseCookies(content)))...)
		}
	}
	return cookies
}

// statusLine begins another response.
var statusLine = regexp.MustCompile(`(?m)^[<*\s]*HTTP/\d`)

// headerText returns the header's text, up to the quote that encloses it or to the end of
// its lines, and what follows.
func headerText(text string, at []int) (content, rest string) {
	start := at[1]
	quote := byte(0)
	switch {
	case at[12] >= 0: // a quote in front of the value
		quote = text[start-1]
	case at[4] >= 0 && at[8] < 0: // one in front of the name, and none behind it
		quote = text[at[5]-1]
	case at[0] > 0 && strings.ContainsRune(`"'`, rune(text[at[3]-1])) && at[8] < 0:
		quote = text[at[3]-1]
	}
	if quote == '[' {
		quote = ']'
	}
	source := text
	text = text[start:]
	if quote != 0 {
		if escaped := start > 1 && at[12] >= 0 && source[start-2] == '\\'; escaped {
			if end := strings.Index(text, `\`+string(quote)); end >= 0 {
				return text[:end], text[end+2:]
			}
		}
		if end := closing(text, quote); end >= 0 {
			return text[:end], text[end+1:]
		}
	}
	end := headerEnd(text)
	return text[:end], text[end:]
}

// closing returns where the quote stands that is not escaped and does not begin a value.
func closing(text string, quote byte) int {
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '\\':
			i++
		case text[i] == quote:
			return i
		}
	}
	return -1
}

// headerEnd returns where a header ends: before a line that is another header, a command
// line or empty. Other lines go on with it, because windows wrap.
func headerEnd(text string) int {
	at := 0
	for {
		end := strings.IndexByte(text[at:], '\n')
		if end < 0 {
			return len(text)
		}
		at += end + 1
		line, _, _ := strings.Cut(text[at:], "\n")
		if strings.TrimSpace(line) == "" || nextHeader.MatchString(line) {
			return at - 1
		}
	}
}

var nextHeader = regexp.MustCompile(`^\s*([<>*] ?)?([A-Za-z][A-Za-z0-9-]*: |:?[A-Za-z][A-Za-z-]*:\s*$|:?[a-z-]+$|[A-Z][a-z]+(-[A-Z][a-z]+)*$|HTTP/|GET |POST |-H |[<>*]$|[}\])]|--)`)

var pairInValue = regexp.MustCompile(`^\\?["']?(` + plainName + `)=([^"']*?` + signedShape + `[^"']*?)\\?["']?$`)

// opened takes values for a Cookie header that are one, as of SESSION_COOKIE='a=b'.
func opened(cookies []Cookie) []Cookie {
	var list []Cookie
	for _, c := range cookies {
		if m := pairInValue.FindStringSubmatch(c.Value); m != nil {
			list = append(list, parseCookies(m[1]+"="+m[2])...)
			continue
		}
		list = append(list, c)
	}
	return list
}

// chunk is the step that joinChunks did.
var chunk = step{"chunks", "the values of cookies named .0, .1 and so on were joined", false, "the value is in several cookies, named .0, .1 and so on, as frontends split what is larger than browsers keep: Django reads no such parts", "find the program that splits it; make the session smaller, keep ids in it and not objects, or move to a SESSION_ENGINE on the server", nil}

// joinChunks joins cookies that are parts of one.
func joinChunks(cookies []Cookie) []Cookie {
	var list []Cookie
	next := 0 // the number of the part that goes on with the last cookie
	for _, c := range cookies {
		at := strings.LastIndexByte(c.Name, '.')
		switch {
		case at > 0 && next > 0 && c.Name == list[len(list)-1].Name+"."+strconv.Itoa(next):
			last := &list[len(list)-1]
			last.Value, last.Undone = last.Value+c.Value, []Undone{chunk.undone()}
			next++
			continue
		case at > 0 && c.Name[at:] == ".0" && slices.ContainsFunc(cookies, func(other Cookie) bool { return other.Name == c.Name[:at]+".1" }):
			c.Name, next = c.Name[:at], 1
		default:
			next = 0
		}
		list = append(list, c)
	}
	return list
}

// parseCookies takes a Cookie header apart as Django does, in order.
func parseCookies(text string) []Cookie {
	var cookies []Cookie
	for pair := range strings.SplitSeq(text, ";") {
		name, val, ok := strings.Cut(pair, "=")
		name = strings.TrimSpace(name)
		if !ok || name == "" || !consistsOfToken(name) {
			continue
		}
		c := Cookie{Name: name, Value: strings.TrimSpace(val)}
		if len(cookies) < maxCookies {
			cookies = append(cookies, c)
		} else if isDjangosCookie(c) {
			cookies[maxCookies-1] = c // rather than one more of others
		}
	}
	return cookies
}

// token is a cookie's name: express' own has a colon, which browsers allow.
var token = regexp.MustCompile(`^(?:express:)?` + cookieName + `$`)

func consistsOfToken(name string) bool { return token.MatchString(name) }

// parseSetCookie reads Set-Cookie: one pair, and attributes.
func parseSetCookie(text string) []Cookie {
	if at := joined.FindStringIndex(text); at != nil {
		return append(parseSetCookie(text[:at[0]]), parseSetCookie(text[at[0]+1:])...)
	}
	first, rest, _ := strings.Cut(text, ";")
	name, val, ok := strings.Cut(first, "=")
	name = strings.TrimSpace(name)
	if !ok || !consistsOfToken(name) {
		return nil
	}
	c := Cookie{Name: name, Value: strings.TrimSpace(val), Source: sourceSetCookie}
	for attribute := range strings.SplitSeq(rest, ";") {
		if attribute = strings.TrimSpace(attribute); attribute != "" && len(attribute) < 200 {
			c.Attributes = append(c.Attributes, attribute)
		}
	}
	return []Cookie{c}
}

// joined finds where a proxy joined two Set-Cookie lines by a comma.
var joined = regexp.MustCompile(`,\s*` + cookieName + `=[^;,]*;`)

var curlCookie = regexp.MustCompile(`(?:^|\s)(?:-b|--cookie)[ =]?\s*(\$?'(?:[^'\\]|\\.)*'|\^?"(?:[^"\\]|\\.)*"|[^\s'"]+)`)

// findCurl reads -b and --cookie of curl.
func findCurl(text string) []Cookie {
	var cookies []Cookie
	for _, m := range curlCookie.FindAllStringSubmatch(text, maxCookies) {
		content := m[1]
		if strings.HasPrefix(content, "^") {
			content = strings.ReplaceAll(content, "^", "")
		}
		content = strings.Trim(strings.TrimPrefix(content, "$"), `'"`)
		cookies = append(cookies, parseCookies(content)...)
	}
	return cookies
}

var (
	chromeRow  = regexp.MustCompile(`(?m)^\s*(` + cookieName + `)\t([^\t\n]*)\t(\S*\.\S*|localhost|[0-9a-f:\[\]]+)(?:\t([^\t\n]*))?(?:\t([^\t\n]*))?`)
	wideRow    = regexp.MustCompile(`(?m)^\s*(` + cookieName + `)(?:\t| {2,})([^\s]{8,})(?:(?:\t| +)\S.*)?$`)
	firefoxRow = regexp.MustCompile(`(?m)^\s*(` + cookieName + `)\s*:\s*"([^"\n]{8,})",?$`)
	spacedRow  = regexp.MustCompile(`(?m)^\s*(sessionid|csrftoken|messages)\s+(\S{8,})(?:\s+\S.*)?$`)
	colonRow   = regexp.MustCompile(`(?mi)^\s*-?\s*(sessionid|csrftoken|messages|session)\s*:\s+["']?([^\s"']{8,})["']?,?\s*$`)
	valueRow   = regexp.MustCompile(`(?mi)^\s*(?:cookie\s+)?name\s*[:=\t]\s*["']?(` + cookieName + `)["']?\s*\n(?:.*\n){0,3}?\s*(?:cookie\s+)?(?:value|content)\s*[:=\t]\s*["']?([^\s"']{4,})`)
)

// findDevtools reads rows that were copied from the developer tools of browsers.
func findDevtools(text string) []Cookie {
	var cookies []Cookie
	for _, m := range chromeRow.FindAllStringSubmatch(text, maxCookies) {
		c := Cookie{Name: m[1], Value: m[2], Attributes: []string{"domain=" + m[3]}}
		if m[4] != "" {
			c.Attributes = append(c.Attributes, "path="+m[4], "expires="+m[5])
		}
		cookies = append(cookies, c)
	}
	for _, re := range []*regexp.Regexp{valueRow, firefoxRow, colonRow, spacedRow, wideRow} {
		if len(cookies) == 0 {
			cookies = submatches(re, text)
		}
	}
	return slices.DeleteFunc(cookies, func(c Cookie) bool {
		return slices.Contains([]string{"created", "domain", "expires", "hostonly", "httponly", "lastaccessed", "path", "samesite", "secure", "size", "name", "value"}, strings.ToLower(c.Name))
	})
}

var (
	exportPair = regexp.MustCompile(`["']?\bname["']?\s*:\s*["']([^"']+)["']\s*,\s*(?:\n\s*)?["']?value["']?\s*:\s*"((?:[^"\\]|\\.)*)(?:"|$)`)
	pairExport = regexp.MustCompile(`["']?\bvalue["']?\s*:\s*"((?:[^"\\]|\\.)*)"\s*,\s*(?:\n\s*)?["']?name["']?\s*:\s*["']([^"']+)["']`)
)

// findBrokenJSON reads snippets of JSON and JavaScript that are not whole.
func findBrokenJSON(text string) []Cookie {
	var cookies []Cookie
	for _, m := range exportPair.FindAllStringSubmatch(text, maxCookies) {
		cookies = append(cookies, jsonPair(m[1], m[2])...)
	}
	for _, m := range pairExport.FindAllStringSubmatch(text, maxCookies) {
		if len(cookies) == 0 {
			cookies = append(cookies, jsonPair(m[2], m[1])...)
		}
	}
	return cookies
}

func jsonPair(name, raw string) []Cookie {
	val, err := strconv.Unquote(`"` + strings.ReplaceAll(raw, `\/`, "/") + `"`)
	if err != nil {
		val = raw
	}
	switch {
	case strings.EqualFold(name, "set-cookie"):
		return parseSetCookie(val)
	case strings.EqualFold(name, "cookie"):
		return named("Cookie header in JSON", parseCookies(val))
	}
	return []Cookie{{Name: name, Value: val}}
}

var (
	requestsCookie = regexp.MustCompile(`<(?:Cookie|Morsel:?) (` + cookieName + `)=(\S+?)(?:;[^>]*)?(?: for [^>]*)?/?>`)
	pythonDict     = regexp.MustCompile(`['"](` + cookieName + `)['"]\s*:\s*b?['"]([^'"\s]{4,})['"]`)
	simpleCookie   = regexp.MustCompile(`(?:<SimpleCookie: |\s)(` + cookieName + `)='([^']{4,})'`)
	setCookieCall  = regexp.MustCompile(`(?:set_cookie|setcookie|setCookie|cookies\.set|Cookies\.set|add_cookie)\(\s*['"](` + cookieName + `)['"]\s*,\s*(?:value=)?['"]([^'"\n]*)['"]`)
	documentCookie = regexp.MustCompile(`document\.cookie\s*=?\s*["'` + "`" + `]([^"'\n` + "`" + `]+)["'` + "`" + `]`)
	goCookie       = regexp.MustCompile(`http\.Cookie\{Name:\s*"([^"]+)",\s*Value:\s*"([^"]*)"`)
)

// findPython reads cookies in Python, JavaScript and Go: dicts, jars, calls.
func findPython(text string) []Cookie {
	for _, m := range documentCookie.FindAllStringSubmatch(text, 1) {
		return named("JavaScript", parseCookies(m[1]))
	}
	for _, re := range []*regexp.Regexp{requestsCookie, setCookieCall, goCookie, pythonDict, simpleCookie} {
		cookies := submatches(re, text)
		if re == pythonDict && strings.HasPrefix(strings.TrimSpace(text), "{'") && !slices.ContainsFunc(cookies, isDjangosCookie) {
			continue // a dict of something else, as of a session
		}
		if len(cookies) > 0 {
			return cookies
		}
	}
	return nil
}

// isDjangosCookie knows a cookie of Django by its name or shape.
func isDjangosCookie(c Cookie) bool {
	return c.Name == "sessionid" || c.Name == "csrftoken" || c.Name == "messages" || looksSigned(c.Value)
}

var attributeNames = []string{"max-age", "expires", "path", "domain", "samesite", "secure", "httponly"}

var pair = regexp.MustCompile(`^\s*(?:export\s+|set\s+|const\s+|let\s+|var\s+)?["']?((?:express:)?` + cookieName + `)["']?\s?=\s?(?s:(.+))$`)

var emptyPair = regexp.MustCompile(`^(` + cookieName + `)=\s*;?$`)

// findPairs reads name=value, and a header without its name.
func findPairs(text string) []Cookie {
	text = strings.TrimSpace(text)
	if m := emptyPair.FindStringSubmatch(text); len(m) > 1 && len(m[1]) < 20 {
		return []Cookie{{Name: m[1]}}
	}
	m := pair.FindStringSubmatch(text)
	if len(m) < 3 || strings.TrimRight(m[2], "= ") == "" || strings.Contains(m[1], "://") || queryPair.MatchString(text) {
		return nil
	}
	if looksLikeSetCookie(text) {
		return parseSetCookie(text)
	}
	if strings.Contains(text, ";") {
		return parseCookies(text)
	}
	return pairLines(text, m)
}

var queryPair = regexp.MustCompile(`^[a-z][\w-]*=[^&\s]*&[\w-]+=`)

// pairLines reads one pair, whose value may be wrapped, or one a line.
func pairLines(text string, m []string) []Cookie {
	var cookies []Cookie
	var wrapped []string // the lines of the last value
	ended := false       // and whether it goes on
	for line := range strings.Lines(text) {
		if p := pair.FindStringSubmatch(line); p != nil && len(cookies) < maxCookies {
			cookies = joinLast(cookies, wrapped)
			cookies, wrapped = append(cookies, Cookie{Name: p[1]}), []string{strings.TrimSpace(p[2])}
			ended = signedEnd.MatchString(line)
		} else if ended = ended || strings.TrimSpace(line) == ""; len(cookies) > 0 && !ended {
			wrapped = append(wrapped, strings.TrimSpace(line))
		}
	}
	cookies = joinLast(cookies, wrapped)
	if len(cookies) == 0 {
		return []Cookie{{Name: m[1], Value: strings.TrimSpace(m[2])}}
	}
	return cookies
}

// joinLast gives the last cookie its value.
func joinLast(cookies []Cookie, lines []string) []Cookie {
	if n := len(cookies); n > 0 {
		cookies[n-1].Value = strings.Join(lines, "\n")
	}
	return cookies
}

func looksLikeSetCookie(text string) bool {
	_, rest, ok := strings.Cut(text, ";")
	if !ok {
		return false
	}
	for attribute := range strings.SplitSeq(rest, ";") {
		name, _, _ := strings.Cut(strings.TrimSpace(attribute), "=")
		if slices.Contains(attributeNames, strings.ToLower(name)) {
			return true
		}
	}
	return false
}

var (
	urlStart  = regexp.MustCompile(`^(?i)(https?://\S+|/\S*|\?\S+|[\w-]+=[^&\s]*&\S*)$`)
	urlSigned = regexp.MustCompile(`(?:[?&#/]|^)(?:([\w-]+)=)?(\.?[A-Za-z0-9_-]+(?::|%3[Aa])[0-9A-Za-z]{5,7}(?::|%3[Aa])[A-Za-z0-9_-]{22,86})`)
	urlJava   = regexp.MustCompile(`(?i);jsessionid=([\w.-]+)`)
	urlCSRF   = regexp.MustCompile(`csrfmiddlewaretoken=(\w+)`)
	urlReset  = regexp.MustCompile(`/([A-Za-z0-9_-]+/[0-9a-z]{5,7}-[0-9a-f]{20,40})/?$`)
)

// findURL looks for signed values in a link, as those of signing.dumps in mails.
func findURL(text string) []Cookie {
	text = strings.TrimSpace(text)
	if !urlStart.MatchString(text) {
		return nil
	}
	cookies := submatches(urlSigned, text)
	if m := urlJava.FindStringSubmatch(text); m != nil {
		return []Cookie{{Name: "JSESSIONID", Value: m[1]}}
	}
	if m := urlCSRF.FindStringSubmatch(text); m != nil && len(cookies) == 0 {
		return []Cookie{{Name: "csrfmiddlewaretoken", Value: m[1], Source: "form"}}
	}
	if m := urlReset.FindStringSubmatch(text); m != nil && len(cookies) == 0 {
		cookies = []Cookie{{Value: m[1]}}
	}
	return cookies
}

var (
	htmlInput  = regexp.MustCompile(`(?i)name=["']([^"']+)["'][^<>]*?\svalue=["']([^"']+)["']`)
	bearerLine = regexp.MustCompile(`(?i)(?:^|\b)()bearer\s+([\w-]+\.[\w-]+\.[\w.-]+)`)
)

// findInputs reads the fields of a form in HTML.
func findInputs(text string) []Cookie { return submatches(htmlInput, text) }

// findBearer reads a token with dots, as a JSON Web Token has.
func findBearer(text string) []Cookie { return submatches(bearerLine, text) }

// findInText looks for signed values in any text that is more than the value.
func findInText(text string) []Cookie {
	if len(text) > MaxText || !strings.ContainsAny(text, " \t\n\"'&=(<{") {
		return nil
	}
	cookies := submatches(inText, text)
	if len(cookies) == 0 {
		cookies = submatches(sessionID, text)
	}
	for i := range cookies {
		cookies[i].jar = new(jar)
	}
	if at := cacheEntry.FindString(text); at != "" && len(cookies) == 0 {
		return []Cookie{{Value: at}}
	}
	return cookies
}
