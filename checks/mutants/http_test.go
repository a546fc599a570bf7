package mutants_test

var cookieMutants = []mutant{
	{
		file: "sessioncookie/quote.go", name: "a semicolon in a value",
		old: `const unescapedChars = " ()`, new: `const unescapedChars = " ;()`,
		reason: "a value begins an attribute",
	},
	{
		file: "sessioncookie/quote.go", name: "a line feed in a value",
		old: `const unescapedChars = " ()`, new: `const unescapedChars = " \n()`,
		reason: "a value begins a header",
	},
	{
		file: "sessioncookie/quote.go", name: "a quote in a value",
		old: `		case r == '"' || r == '\\':`, new: `		case r == '\\':`,
		reason: "another value than was signed",
	},
	{
		file: "sessioncookie/cookie.go", name: "no limit of bytes",
		old: `size > maxHeaderLen {`, new: `size > maxHeaderLen<<20 {`,
		reason: "a request takes all the time it likes",
	},
	{
		file: "sessioncookie/cookie.go", name: "no limit of cookies",
		old: `return cookies > maxCookies`, new: `return cookies > maxCookies<<20`,
		reason: "a request takes all the time it likes",
	},
	{
		file: "sessioncookie/cookie.go", name: "limit of cookies less one",
		old: `return cookies > maxCookies`, new: `return cookies >= maxCookies`,
		reason: "a cookie that net/http finds is not there",
	},
	{
		file: "sessioncookie/cookie.go", name: "limit of each header",
		old: `		cookies += strings.Count`, new: `		cookies = strings.Count`,
		reason: "a request takes all the time it likes",
	},
	{
		file: "sessioncookie/cookie.go", name: "first header counts",
		old: `range slices.Backward(headers) {`, new: `range slices.All(headers) {`,
		reason: "another cookie than Django's",
	},
	{
		file: "sessioncookie/cookie.go", name: "part of a name",
		old: `before[len(before)-1] == ';'`, new: `before != ""`,
		reason: "another cookie is taken for the session",
	},
	{
		file: "sessioncookie/cookie.go", name: "name in any case",
		old: `strings.Index(header[next:], name)`, new: `strings.Index(strings.ToLower(header[next:]), strings.ToLower(name))`,
		reason: "another cookie is taken for the session",
	},
	{
		file: "sessioncookie/cookie.go", name: "first cookie counts",
		old: `at = len(header) - len(after) + 1`, new: `at = len(header) - len(after) + 1
			break`,
		reason: "another cookie than Django's",
	},
	{
		file: "sessioncookie/cookie.go", name: "white space of Python before a name",
		old: `before := strings.TrimRight(header[:i], blanks)`, new: `before := strings.TrimRightFunc(header[:i], isSpace)`,
		reason: "a sibling domain plants a session under the prefix __Host-",
	},
	{
		file: "sessioncookie/cookie.go", name: "white space of Python after a name",
		old: `after := strings.TrimLeft(header[next:], blanks)`, new: `after := strings.TrimLeftFunc(header[next:], isSpace)`,
		reason: "a sibling domain plants a session under the prefix __Host-",
	},
	{
		file: "sessioncookie/cookie.go", name: "disguised cookies go unnoticed",
		old: `case strings.TrimFunc(found, isSpace) == name:`, new: `case strings.TrimSuffix(found, "=") == name:`,
		reason: "nobody learns of an attack",
	},
	{
		file: "sessioncookie/cookie.go", name: "duplicates go unnoticed",
		old: `return max(same-1, 0), disguised`, new: `return 0, disguised`,
		reason: "nobody learns of an attack",
	},
	{
		file: "sessioncookie/sessioncookie.go", name: "no limit of the line",
		old: `	if len(line) > c.opts.MaxLine {`, new: `	if len(line) > c.opts.MaxLine<<20 {`,
		reason: "a browser drops it in silence",
	},
	{
		file: "sessioncookie/sessioncookie.go", name: "limit of the line and one",
		old: `	if len(line) > c.opts.MaxLine {`, new: `	if len(line) > c.opts.MaxLine+1 {`,
		reason: "a browser drops it in silence",
	},
	{
		file: "sessioncookie/sessioncookie.go", name: "browser close lives on",
		old: `	if !atBrowserClose {`, new: `	if !atBrowserClose || age > 0 {`,
		reason: "a browser keeps what it was to forget", tests: "sessionhttp",
	},
	{
		file: "sessioncookie/sessioncookie.go", name: "any name shares Django's salt",
		old: `&& !o.SharedWithDjango {`, new: `&& !o.SharedWithDjango && o.MaxLine < 0 {`,
		reason: "a cookie of one name is good as another",
	},
	{
		file: "sessioncookie/sessioncookie.go", name: "store of no constructor",
		old: `store.CookieAge() <= 0 {`, new: `store.CookieAge() < 0 {`,
		reason: "a panic at the first request",
	},
	{
		file: "sessioncookie/exchange.go", name: "delete what was not sent",
		old: `	case e.sent && empty:`, new: `	case empty:`,
		reason: "every response has a cookie", tests: "sessionhttp",
	},
	{
		file: "sessioncookie/exchange.go", name: "no deletion",
		old: `	case e.sent && empty:`, new: `	case e.sent && empty && modified && !accessed:`,
		reason: "signing out leaves the cookie",
	},
	{
		file: "sessioncookie/exchange.go", name: "deletion does not vary",
		old: `return e.cookie.deletion, true, nil`, new: `return e.cookie.deletion, accessed, nil`,
		reason: "CVE-2026-35192",
	},
	{
		file: "sessioncookie/exchange.go", name: "save an empty session",
		old: `	case empty || status >= 500:`, new: `	case status >= 500:`,
		reason: "CVE-2015-5963", tests: "sessionhttp",
	},
	{
		file: "sessioncookie/exchange.go", name: "save with an error",
		old: `	case empty || status >= 500:`, new: `	case empty || status > 500:`,
		reason: "half of a request's changes",
	},
	{
		file: "sessioncookie/exchange.go", name: "renewal does not vary",
		old: `return line, (accessed || err == nil) &&`, new: `return line, accessed &&`,
		reason: "CVE-2026-35192", tests: "sessionhttp",
	},
	{
		file: "sessioncookie/exchange.go", name: "save what was only read",
		old: `accessed && e.isDue():`, new: `accessed:`,
		reason: "a slow response overwrites a newer cookie",
	},
	{
		file: "sessioncookie/exchange.go", name: "commit twice",
		old: `	if e.committed {
		return nil, false, e.Late()
	}`, new: ``,
		reason: "two cookies of one name",
	},
	{
		file: "sessioncookie/exchange.go", name: "no guard",
		old: `	e.session.Guard(e.guard)`, new: `	e.session.Guard(nil)`,
		reason: "nothing can be revoked",
	},
	{
		file: "sessioncookie/exchange.go", name: "renew what cannot be read",
		old: `&& e.session.Err() == nil && e.isOld(v)`, new: `&& e.isOld(v)`,
		reason: "what cannot be read is signed again",
	},
	{
		file: "sessioncookie/exchange.go", name: "late access goes unnoticed",
		old: `e.committed && s.Accessed() && !e.vary {`, new: `e.committed && s.Accessed() && e.vary {`,
		reason: "a cache hands out a page of somebody else",
	},
	{
		file: "sessioncookie/exchange.go", name: "guarded as late as it is used",
		old: `			e.session.SignNotAfter(e.guarded)`, new: ``,
		reason: "a session that was revoked is signed anew",
	},
	{
		file: "sessioncookie/exchange.go", name: "unavailable goes unnoticed",
		old: `return "", true, s.Err()`, new: `return "", true, nil`,
		reason: "somebody is taken for nobody because a database was down",
	},
	{
		file: "sessioncookie/exchange.go", name: "unavailable does not vary",
		old: `return "", true, s.Err()`, new: `return "", false, s.Err()`,
		reason: "a cache hands out a page of somebody else",
	},
	{
		file: "sessioncookie/exchange.go", name: "interrupted varies",
		old: `&& !errors.Is(err, saltine.ErrInterrupted), err`, new: `, err`,
		reason: "another response than Django's",
	},
	{
		file: "sessioncookie/exchange.go", name: "sign again every time",
		old: `KeepOldSignatures && v.NeedsResign()`, new: `KeepOldSignatures && v.Size > 0`,
		reason: "a slow response overwrites a newer cookie",
	},
	{
		file: "sessioncookie/exchange.go", name: "sign again in spite of the option",
		old: `&& !e.cookie.opts.KeepOldSignatures `, new: ` `,
		reason: "a slow response overwrites a newer cookie",
	},
	{
		file: "sessioncookie/exchange.go", name: "sign again in spite of NoResign",
		old: `e.cookie.resigns && !e.noResign `, new: `e.cookie.resigns `,
		reason: "a slow response overwrites a newer cookie",
	},
	{
		file: "sessioncookie/exchange.go", name: "renew in spite of NoRefresh",
		old: `!e.noRefresh && `, new: ``,
		reason: "a slow response overwrites a newer cookie",
	},
	{
		file: "sessioncookie/options.go", name: "HttpOnly where scripts may read",
		old: `	if !o.ScriptAccess {
		b.WriteString`, new: `	if o.ScriptAccess {
		b.WriteString`,
		reason: "scripts read the cookie",
	},
	{
		file: "sessioncookie/options.go", name: "Secure where it is not asked for",
		old: `	if !o.Insecure {
		b.WriteString`, new: `	if o.Insecure {
		b.WriteString`,
		reason: "the network reads the cookie",
	},
	{
		file: "sessioncookie/options.go", name: "no SameSite",
		old: `	SameSiteLax:     "; SameSite=Lax"`, new: `	SameSiteLax:     ""`,
		reason: "forged requests have the session",
	},
	{
		file: "sessioncookie/options.go", name: "any name",
		old: `case !all(o.Name, tokenChar):`, new: `case !all(o.Name, pathChar):`,
		reason: "a name that breaks the header",
	},
	{
		file: "sessioncookie/options.go", name: "a semicolon in the path",
		old: `"\"#;<>`, new: `"\"#<>`,
		reason: "a path begins an attribute",
	},
	{
		file: "sessioncookie/options.go", name: "a line feed in the path",
		old: `return r > ' ' && r <= '~'`, new: `return (r > ' ' || r == '\n') && r <= '~'`,
		reason: "a path begins a header",
	},
	{
		file: "sessioncookie/options.go", name: "a space in the path",
		old: `return r > ' ' && r <= '~'`, new: `return r >= ' ' && r <= '~'`,
		reason: "a login that never holds",
	},
	{
		file: "sessioncookie/options.go", name: "any domain",
		old: `case !all(o.Domain, domainChar):`, new: `case !all(o.Domain, domainChar) && o.Path == "":`,
		reason: "a domain begins an attribute",
	},
	{
		file: "sessioncookie/options.go", name: "SameSite=None without Secure",
		old: `case o.SameSite == SameSiteNone && o.Insecure:`, new: `case o.SameSite == SameSiteNone && o.Insecure && o.Partitioned:`,
		reason: "a browser drops it in silence",
	},
	{
		file: "sessioncookie/options.go", name: "__Host- with a domain",
		old: `rules.Host && (o.Path != DefaultPath || o.Domain != "")`, new: `rules.Host && o.Path != DefaultPath`,
		reason: "nobody can sign in",
	},
	{
		file: "sessioncookie/options.go", name: "prefix without Secure",
		old: `rules.Secure && o.Insecure`, new: `rules.Host && o.Insecure`,
		reason: "nobody can sign in",
	},
	{
		file: "internal/cookiename/cookiename.go", name: "prefix in one case",
		old: `len(name) >= len(r.Prefix) && strings.EqualFold(name[:len(r.Prefix)], r.Prefix)`, new: `strings.HasPrefix(name, r.Prefix)`,
		reason: "nobody can sign in", tests: "sessioncookie",
	},
	{
		file: "sessioncookie/options.go", name: "deletion without Secure",
		old: `rules.Secure || o.SameSite`, new: `o.SameSite`,
		reason: "nobody can sign out",
	},
}

var httpMutants = []mutant{
	{
		file: "sessionhttp/visit.go", name: "no Vary",
		old: `	if vary {
		addVary(h)`, new: `	if vary && err != nil {
		addVary(h)`,
		reason: "CVE-2026-35192, CVE-2023-30861",
	},
	{
		file: "sessionhttp/visit.go", name: "always Vary",
		old: `	if vary {
		addVary(h)`, new: `	if vary || err == nil {
		addVary(h)`,
		reason: "no cache keeps anything",
	},
	{
		file: "sessionhttp/visit.go", name: "no cache guard",
		old: `v.middleware.opts.CacheGuard.apply(h, status)`, new: `CacheUnguarded.apply(h, status)`,
		reason: "a cache hands out sessions",
	},
	{
		file: "sessionhttp/visit.go", name: "cookie in spite of the guard",
		old: `	if err := v.middleware.opts.CacheGuard.apply(`, new: `	h["Set-Cookie"] = append(h["Set-Cookie"], setCookie...)
	if err := v.middleware.opts.CacheGuard.apply(`,
		reason: "a cache hands out sessions",
	},
	{
		file: "sessionhttp/visit.go", name: "cookies of others are lost",
		old: `append(h["Set-Cookie"], lines.others...), setCookie...)`, new: `lines.others, setCookie...)`,
		reason: "CVE-2025-7339",
	},
	{
		file: "sessionhttp/visit.go", name: "no Guard",
		old: `if m.opts.Guard != nil {`, new: `if m.opts.Guard == nil && v == nil {`,
		reason: "nothing can be revoked",
	},
	{
		file: "sessionhttp/visit.go", name: "refresh on everything",
		old: `case v.middleware.opts.RefreshOnNavigation:`, new: `case v.middleware.opts.RefreshOnNavigation && navigates:`,
		reason: "a slow response overwrites a newer cookie",
	},
	{
		file: "sessionhttp/visit.go", name: "malformed goes unnoticed",
		old: `	if errors.Is(err, saltine.ErrMalformed) {`, new: `	if errors.Is(err, saltine.ErrUnsupported) {`,
		reason: "a mistake of ours is taken for weather",
	},
	{
		file: "sessionhttp/visit.go", name: "sign again on everything",
		old: `		v.exchange.NoResign()`, new: ``,
		reason: "a slow response overwrites a newer cookie",
	},
	{
		file: "sessionhttp/visit.go", name: "disguised cookies go unnoticed",
		old: `if duplicates+disguised > 0 {`, new: `if duplicates > 0 {`,
		reason: "nobody learns of an attack",
	},
	{
		file: "sessionhttp/visit.go", name: "report every time",
		old: `v.reported || `, new: ``,
		reason: "a hook counts a request twice",
	},
	{
		file: "sessionhttp/headers.go", name: "many names with capitals",
		old: `	lower := strings.ToLower(name)`, new: `	lower := name`,
		reason: "Cookie stands in Vary twice",
	},
	{
		file: "sessionhttp/headers.go", name: "half a quoted text",
		old: `			if isBalanced(d) {`, new: `			if true {`,
		reason: "a cache takes what a directive quotes for one",
	},
	{
		file: "sessionhttp/headers.go", name: "quotes in Vary",
		old: `append(split(lines, false), name)`, new: `append(split(lines, true), name)`,
		reason: "a name stays hidden from caches",
	},
	{
		file: "sessionhttp/headers.go", name: "Vary of one case",
		old: `return strings.EqualFold(n, name)`, new: `return n == name`,
		reason: "CVE-2026-48587",
	},
	{
		file: "sessionhttp/headers.go", name: "Vary beside *",
		old: `	if slices.Contains(tokens, "*") {`, new: `	if slices.Contains(tokens, "**") {`,
		reason: "CVE-2026-6907",
	},
	{
		file: "sessionhttp/headers.go", name: "directives of one case",
		old: `return strings.ToLower(strings.TrimSpace(name)),`, new: `return strings.TrimSpace(name),`,
		reason: "a cache hands out sessions",
	},
	{
		file: "sessionhttp/headers.go", name: "public is private",
		old: `		case "public", "s-maxage":
			return true`, new: `		case "s-maxage":
			return true`,
		reason: "a cache hands out sessions",
	},
	{
		file: "sessionhttp/headers.go", name: "s-maxage is private",
		old: `		case "public", "s-maxage":
			return true`, new: `		case "public":
			return true`,
		reason: "a cache hands out sessions",
	},
	{
		file: "sessionhttp/headers.go", name: "max-age is private",
		old: "fresh = fresh || strings.Trim(value, `\"0`) != \"\"", new: "fresh = fresh || strings.Trim(value, `\"0`) == \"x\"",
		reason: "a cache hands out sessions",
	},
	{
		file: "sessionhttp/headers.go", name: "private for one header",
		old: `closed = closed || !hasValue`, new: `closed = closed || hasValue || true`,
		reason: "a cache hands out sessions",
	},
	{
		file: "sessionhttp/headers.go", name: "keep public",
		old: `		case "public", "private", "s-maxage", "proxy-revalidate":
		default:`, new: `		case "private", "s-maxage", "proxy-revalidate":
		default:`,
		reason: "a cache hands out sessions",
	},
	{
		file: "sessionhttp/headers.go", name: "keep s-maxage",
		old: `		case "public", "private", "s-maxage", "proxy-revalidate":
		default:`, new: `		case "public", "private", "proxy-revalidate":
		default:`,
		reason: "a cache hands out sessions",
	},
	{
		file: "sessionhttp/headers.go", name: "one of the two headers",
		old: `"Cache-Control", "Cdn-Cache-Control"}`, new: `"Cache-Control"}`,
		reason: "a CDN hands out sessions",
	},
	{
		file: "sessionhttp/headers.go", name: "unguarded by default",
		old: `	if g == CacheUnguarded {`, new: `	if g == CachePrivate {`,
		reason: "a cache hands out sessions",
	},
	{
		file: "sessionhttp/headers.go", name: "headers of one spelling",
		old: `if name != field && strings.EqualFold(name, field) {`, new: `if name != field && name == strings.ToUpper(name) && name == field {`,
		reason: "a cache hands out sessions",
	},
	{
		file: "sessionhttp/headers.go", name: "other spelling stays",
		old: `if strings.EqualFold(name, field) {
			delete`, new: `if name == field {
			delete`,
		reason: "a cache hands out sessions",
	},
	{
		file: "sessionhttp/headers.go", name: "immutable is private",
		old: `case "immutable":
			fresh = true`, new: `case "immutable":`,
		reason: "a cache hands out sessions",
	},
	{
		file: "sessionhttp/headers.go", name: "caches keep nothing by themselves",
		old: `if said || !isHeuristic(h, status) {`, new: `if said || status > 0 {`,
		reason: "a cache hands out sessions",
	},
	{
		file: "sessionhttp/headers.go", name: "redirects are private",
		old: `http.StatusMovedPermanently, `, new: ``,
		reason: "a cache hands out sessions",
	},
	{
		file: "sessionhttp/headers.go", name: "Last-Modified is private",
		old: `fieldLines(h, "Last-Modified")`, new: `fieldLines(h, "Expires")`,
		reason: "a cache hands out sessions",
	},
	{
		file: "sessionhttp/headers.go", name: "by themselves in spite of CacheRefuse",
		old: `	if g == CacheRefuse {
		return ErrCacheable
	}
	h["Cache-Control"]`, new: `	h["Cache-Control"]`,
		reason: "a cache hands out sessions",
	},
	{
		file: "sessionhttp/writer.go", name: "headers before the commit",
		old: `	if isInformational(status) && w.err == nil || w.begin(status) == nil {
		w.ResponseWriter.WriteHeader(status)`, new: `	if w.err == nil {
		w.ResponseWriter.WriteHeader(status)
		w.begin(status)`,
		reason: "the cookie is lost",
	},
	{
		file: "sessionhttp/writer.go", name: "body before the commit",
		old: `	if err := w.begin(w.implied()); err != nil {
		return 0, err
	}
	return w.ResponseWriter.Write(p)`, new: `	n, err := w.ResponseWriter.Write(p)
	w.begin(w.implied())
	return n, err`,
		reason: "the cookie is lost",
	},
	{
		file: "sessionhttp/writer.go", name: "flush before the commit",
		old: `	if err := w.begin(w.implied()); err != nil {
		return err
	}
	return http.NewResponseController`, new: `	return http.NewResponseController`,
		reason: "the cookie is lost",
	},
	{
		file: "sessionhttp/writer.go", name: "commit of early hints",
		old: `	if isInformational(status) && w.err == nil ||`, new: `	if`,
		reason: "the cookie is lost",
	},
	{
		file: "sessionhttp/writer.go", name: "commit every time",
		old: `if w.committed || w.hijacked {`, new: `if w.hijacked {`,
		reason: "two cookies, or an error after the other",
	},
	{
		file: "sessionhttp/writer.go", name: "body of a refused response",
		old: `	w.err = err
	return err`, new: `	return err`,
		reason: "the page that lacks its cookie goes out",
	},
	{
		file: "sessionhttp/writer.go", name: "commit of a connection that is gone",
		old: `if w.committed || w.hijacked {`, new: `if w.committed {`,
		reason: "a change is lost in silence",
	},
	{
		file: "sessionhttp/writer.go", name: "late changes go unnoticed",
		old: `	if err := w.visit.exchange.Late(); err != nil {`, new: `	if err := w.visit.exchange.Late(); err != nil && w.hijacked {`,
		reason: "a change is lost in silence",
	},
	{
		file: "sessionhttp/writer.go", name: "cookie on a later 500",
		old: `	if status >= 500 {`, new: `	if status > 500 {`,
		reason: "half of a request's changes",
	},
	{
		file: "sessionhttp/writer.go", name: "deletion is taken back",
		old: `		if !w.visit.exchange.Session().IsEmpty() {`, new: `		if w.visit != nil {`,
		reason: "signing out leaves the cookie",
	},
	{
		file: "sessionhttp/writer.go", name: "cookies of others are taken back",
		old: `return slices.Contains(lines, line) })`, new: `return lines != nil && line != "" })`,
		reason: "CVE-2025-7339",
	},
	{
		file: "sessionhttp/writer.go", name: "cookie is taken back from a handler that spoke",
		old: `		w.returned = err == nil`, new: `		w.returned = err == nil
	} else {
		w.returned = w.committed`,
		reason: "a change is lost in silence",
	},
	{
		file: "sessionhttp/writer.go", name: "half an error",
		old: `w.Write(b.body.Bytes())`, new: `w.Write(b.body.Bytes()[:b.body.Len()/2])`,
		reason: "a page that is cut off",
	},
	{
		file: "sessionhttp/writer.go", name: "error of no length",
		old: `b.header.Set("Content-Length", strconv`, new: `b.header.Set("X-Length", strconv`,
		reason: "the length of the page that was refused",
	},
	{
		file: "sessionhttp/writer.go", name: "error that stays",
		old: `	http.NewResponseController(w).Flush() //nolint:errcheck // nobody is left to tell
}

// WriteHeader commits`, new: `}

// WriteHeader commits`,
		reason: "an inner handler takes the error along",
	},
	{
		file: "sessionhttp/writer.go", name: "ErrorHandler without a word",
		old: `if answer.status == 0 {`, new: `if answer.status == 0 && err == nil {`,
		reason: "a status of 0 panics",
	},
	{
		file: "sessionhttp/middleware.go", name: "commit after a panic",
		old: `		next.ServeHTTP(&v.writer, v.request)
		v.writer.finish()`, new: `		defer v.writer.finish()
		next.ServeHTTP(&v.writer, v.request)`,
		reason: "half of a request's changes",
	},
	{
		file: "sessionhttp/middleware.go", name: "cacheable error",
		old: `"Accept-Ranges", "Age", "Cache-Control", "Cdn-Cache-Control", `, new: `"Accept-Ranges", "Age", `,
		reason: "a cache hands out an error",
	},
	{
		file: "sessionhttp/middleware.go", name: "log the address",
		old: `"pattern", cmp.Or(r.Pattern, `, new: `"url", cmp.Or(r.URL.String(), `,
		reason: "what is nobody's business in a log",
	},
	{
		file: "sessionhttp/middleware.go", name: "any guard",
		old: `	if err := m.opts.CacheGuard.check(); err != nil {`, new: `	if err := CacheGuard(0).check(); err != nil {`,
		reason: "a mistake goes unnoticed",
	},
	{
		file: "sessionhttp/middleware.go", name: "error under the headers of the page",
		old: `		w.Header().Del(field)`, new: `		_ = field`,
		reason: "an error that nobody can read",
	},
	{
		file: "sessionhttp/middleware.go", name: "interrupted is 500",
		old: `status = http.StatusBadRequest`, new: `status = http.StatusInternalServerError`,
		reason: "another response than Django's",
	},
	{
		file: "sessionhttp/middleware.go", name: "mounted twice",
		old: `mounted {
			next`, new: `mounted && m == nil {
			next`,
		reason: "two cookies of one name",
	},
	{
		file: "sessionhttp/middleware.go", name: "commit after the headers",
		old: `ok && sent.Written() {`, new: `ok && sent.Written() && v == nil {`,
		reason: "a change is lost in silence",
	},
}

var revocationMutants = []mutant{
	{
		file: "revocation/revocation.go", name: "signed at the moment of the logout",
		old: `case !signed.After(ended):`, new: `case signed.Before(ended):`,
		reason: "who signed in within that second stays",
	},
	{
		file: "revocation/revocation.go", name: "kept answer lets it be signed later",
		old: `		l.signNotAfter(s, a.asked)`, new: ``,
		reason: "a session that was revoked is signed anew",
	},
	{
		file: "revocation/revocation.go", name: "a sign-out is seen when it is written",
		old: `	t := asked.Add(-l.opts.WriteDelay)`, new: `	t := asked`,
		reason: "what is saved before the commit outlives it",
	},
	{
		file: "revocation/revocation.go", name: "accepted by default where nobody knows",
		old: `if l.opts.FailOpen &&`, new: `if (l.opts.FailOpen || l.opts.OnError == nil) &&`,
		reason: "who can break the database is signed in",
	},
	{
		file: "revocation/revocation.go", name: "look-up error is an answer",
		old: `return value, fmt.Errorf("%w: revocation: %w", saltine.ErrUnavailable, err)`, new: `return value, nil`,
		reason: "who can break the database is signed in",
	},
	{
		file: "revocation/revocation.go", name: "look-up error revokes",
		old: `saltine.ErrUnavailable, err)`, new: `saltine.ErrRevoked, err)`,
		reason: "a database that was down signs everybody out",
	},
	{
		file: "revocation/revocation.go", name: "accepted unasked and signed anew",
		old: `		s.SignNotAfter(s.Verification().SignedAt)`, new: ``,
		reason: "a session that was revoked is signed anew",
	},
	{
		file: "revocation/revocation.go", name: "answers for ever",
		old: `age >= 0 && age < c.staleness`, new: `age >= 0`,
		reason: "nothing can be revoked",
	},
	{
		file: "revocation/revocation.go", name: "answers from the future",
		old: `age >= 0 && age < c.staleness`, new: `age < c.staleness`,
		reason: "a clock that was set back keeps answers",
	},
	{
		file: "revocation/revocation.go", name: "answer from before it was forgotten",
		old: `c.forgotten != began ||`, new: `c.forgotten < began ||`,
		reason: "a logout comes too late",
	},
	{
		file: "revocation/revocation.go", name: "nothing is forgotten",
		old: `	c.forgotten++
	delete(c.answers, key)`, new: `	c.forgotten++`,
		reason: "a logout comes too late",
	},
	{
		file: "revocation/revocation.go", name: "time after the look-up",
		old: `answer[T]{value, now}`, new: `answer[T]{value, l.opts.Now()}`,
		reason: "a session that was revoked is signed anew",
	},
	{
		file: "revocation/revocation.go", name: "answers without end",
		old: `		c.makeRoom(a.asked)`, new: ``,
		reason: "memory grows with the number of users",
	},
	{
		file: "revocation/revocation.go", name: "no single session",
		old: `		if ended {`, new: `		if ended && id == "" {`,
		reason: "nothing but everything can be revoked",
	},
	{
		file: "revocation/revocation.go", name: "identifier of everybody",
		old: `id := rand.Text()`, new: `id := rand.Text()[:0] + "1"`,
		reason: "ending one session ends all",
	},
}
