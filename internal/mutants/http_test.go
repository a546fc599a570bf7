package mutants_test

var carrierMutants = []mutant{
	{
		file: "carrier/cookie.go", name: "no limit of bytes",
		old: `size > maxHeaderLen {`, new: `size > maxHeaderLen<<20 {`,
		reason: "a request takes all the time it likes",
	},
	{
		file: "carrier/cookie.go", name: "no limit of cookies",
		old: `return cookies > maxCookies`, new: `return cookies > maxCookies<<20`,
		reason: "a request takes all the time it likes",
	},
	{
		file: "carrier/cookie.go", name: "limit of cookies less one",
		old: `return cookies > maxCookies`, new: `return cookies >= maxCookies`,
		reason: "a cookie that net/http finds is not there",
	},
	{
		file: "carrier/cookie.go", name: "limit of each header",
		old: `		cookies += strings.Count`, new: `		cookies = strings.Count`,
		reason: "a request takes all the time it likes",
	},
	{
		file: "carrier/cookie.go", name: "first header counts",
		old: `range slices.Backward(headers) {`, new: `range slices.All(headers) {`,
		reason: "another cookie than Django's",
	},
	{
		file: "carrier/cookie.go", name: "part of a name",
		old: `strings.TrimFunc(found, isSpace) != name {`, new: `!strings.HasSuffix(strings.TrimFunc(found, isSpace), name) {`,
		reason: "another cookie is taken for the session",
	},
	{
		file: "carrier/cookie.go", name: "name in any case",
		old: `strings.TrimFunc(found, isSpace) != name {`, new: `!strings.EqualFold(strings.TrimFunc(found, isSpace), name) {`,
		reason: "another cookie is taken for the session",
	},
	{
		file: "carrier/carrier.go", name: "no limit of the line",
		old: `	if len(line) > c.opts.MaxLine {`, new: `	if len(line) > c.opts.MaxLine<<20 {`,
		reason: "a browser drops it in silence",
	},
	{
		file: "carrier/carrier.go", name: "limit of the line and one",
		old: `	if len(line) > c.opts.MaxLine {`, new: `	if len(line) > c.opts.MaxLine+1 {`,
		reason: "a browser drops it in silence",
	},
	{
		file: "carrier/carrier.go", name: "browser close lives on",
		old: `	if !atBrowserClose {`, new: `	if !atBrowserClose || age > 0 {`,
		reason: "a browser keeps what it was to forget",
		tests:  "sessionhttp",
	},
	{
		file: "carrier/carrier.go", name: "any separator",
		old: `	if strings.ContainsFunc(s.Key(), isNoCookieOctet) {`, new: `	if strings.ContainsFunc(s.Key(), isNoToken) && s.Key() == "" {`,
		reason: "a value begins an attribute",
	},
	{
		file: "carrier/exchange.go", name: "delete what was not sent",
		old: `	case e.sent && empty:`, new: `	case empty:`,
		reason: "every response has a cookie",
		tests:  "sessionhttp",
	},
	{
		file: "carrier/exchange.go", name: "no deletion",
		old: `	case e.sent && empty:`, new: `	case e.sent && empty && modified && !accessed:`,
		reason: "signing out leaves the cookie",
	},
	{
		file: "carrier/exchange.go", name: "deletion does not vary",
		old: `return e.carrier.deletion, true, nil`, new: `return e.carrier.deletion, accessed, nil`,
		reason: "CVE-2026-35192",
	},
	{
		file: "carrier/exchange.go", name: "save an empty session",
		old: `	case empty || status >= 500:`, new: `	case status >= 500:`,
		reason: "CVE-2015-5963",
		tests:  "sessionhttp",
	},
	{
		file: "carrier/exchange.go", name: "save with an error",
		old: `	case empty || status >= 500:`, new: `	case empty || status > 500:`,
		reason: "half of a request's changes",
	},
	{
		file: "carrier/exchange.go", name: "renewal does not vary",
		old: `return line, accessed || err == nil, err`, new: `return line, accessed, err`,
		reason: "CVE-2026-35192",
		tests:  "sessionhttp",
	},
	{
		file: "carrier/exchange.go", name: "save what was only read",
		old: `accessed && e.isDue():`, new: `accessed:`,
		reason: "a slow response overwrites a newer cookie",
	},
	{
		file: "carrier/exchange.go", name: "commit twice",
		old: `	if e.committed {
		return nil, false, e.Late()
	}`, new: ``,
		reason: "two cookies of one name",
	},
	{
		file: "carrier/exchange.go", name: "no guard",
		old: `	e.session.Guard(e.guard)`, new: `	e.session.Guard(nil)`,
		reason: "nothing can be revoked",
	},
	{
		file: "carrier/exchange.go", name: "renew a refused session",
		old: `|| v.Size == 0 || s.Err() != nil {`, new: `|| v.Size == 0 && s.Err() == nil {`,
		reason: "what was refused is signed again",
	},
	{
		file: "carrier/exchange.go", name: "late access goes unnoticed",
		old: `e.committed && s.Accessed() && !e.vary {`, new: `e.committed && s.Accessed() && e.vary {`,
		reason: "a cache hands out a page of somebody else",
	},
	{
		file: "carrier/options.go", name: "HttpOnly where scripts may read",
		old: `	if !o.ScriptAccess {
		b.WriteString`, new: `	if o.ScriptAccess {
		b.WriteString`,
		reason: "scripts read the cookie",
	},
	{
		file: "carrier/options.go", name: "Secure where it is not asked for",
		old: `	if !o.Insecure {
		b.WriteString`, new: `	if o.Insecure {
		b.WriteString`,
		reason: "the network reads the cookie",
	},
	{
		file: "carrier/options.go", name: "no SameSite",
		old: `	SameSiteLax:     "; SameSite=Lax"`, new: `	SameSiteLax:     ""`,
		reason: "forged requests have the session",
	},
	{
		file: "carrier/options.go", name: "any name",
		old: `case strings.ContainsFunc(o.Name, isNoToken):`, new: `case strings.ContainsFunc(o.Name, isNoPath):`,
		reason: "a name that breaks the header",
	},
	{
		file: "carrier/options.go", name: "a semicolon in the path",
		old: `"\"#;<>`, new: `"\"#<>`,
		reason: "a path begins an attribute",
	},
	{
		file: "carrier/options.go", name: "a line feed in the path",
		old: `func isNoPath(r rune) bool { return r <= ' ' ||`, new: `func isNoPath(r rune) bool { return r == ' ' ||`,
		reason: "a path begins a header",
	},
	{
		file: "carrier/options.go", name: "a space in the path",
		old: `func isNoPath(r rune) bool { return r <= ' ' ||`, new: `func isNoPath(r rune) bool { return r < ' ' ||`,
		reason: "a login that never holds",
	},
	{
		file: "carrier/options.go", name: "any domain",
		old: `case strings.ContainsFunc(o.Domain, isNoDomain):`, new: `case strings.ContainsFunc(o.Domain, isNoDomain) && o.Path == "":`,
		reason: "a domain begins an attribute",
	},
	{
		file: "carrier/options.go", name: "SameSite=None without Secure",
		old: `case o.SameSite == SameSiteNone && o.Insecure:`, new: `case o.SameSite == SameSiteNone && o.Insecure && o.Partitioned:`,
		reason: "a browser drops it in silence",
	},
	{
		file: "carrier/options.go", name: "__Host- with a domain",
		old: `p.host && (o.Path != DefaultPath || o.Domain != "")`, new: `p.host && o.Path != DefaultPath`,
		reason: "nobody can sign in",
	},
	{
		file: "carrier/options.go", name: "prefix without Secure",
		old: `		case o.Insecure:
			return`, new: `		case o.Insecure && p.host:
			return`,
		reason: "nobody can sign in",
	},
	{
		file: "carrier/options.go", name: "prefix in one case",
		old: `strings.EqualFold(s[:len(prefix)], prefix)`, new: `s[:len(prefix)] == prefix`,
		reason: "nobody can sign in",
	},
	{
		file: "carrier/options.go", name: "deletion without Secure",
		old: `			secure, httpOnly = true, p.httpOnly`, new: `			secure, httpOnly = false, p.httpOnly`,
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
		old: `	if err := v.middleware.opts.CacheGuard.apply(h); err != nil {`, new: `	if err := CacheUnguarded.apply(h); err != nil {`,
		reason: "a cache hands out sessions",
	},
	{
		file: "sessionhttp/visit.go", name: "cookie in spite of the guard",
		old: `	if err := v.middleware.opts.CacheGuard.apply(h); err != nil {
		return err
	}
	h["Set-Cookie"] = append(h["Set-Cookie"], setCookie...)`, new: `	h["Set-Cookie"] = append(h["Set-Cookie"], setCookie...)
	if err := v.middleware.opts.CacheGuard.apply(h); err != nil {
		return err
	}`,
		reason: "a cache hands out sessions",
	},
	{
		file: "sessionhttp/visit.go", name: "cookies of others are lost",
		old: `append(h["Set-Cookie"], setCookie...)`, new: `setCookie`,
		reason: "CVE-2025-7339",
	},
	{
		file: "sessionhttp/visit.go", name: "no Revoked",
		old: `	if m.opts.Revoked != nil {`, new: `	if m.opts.Revoked == nil && v == nil {`,
		reason: "nothing can be revoked",
	},
	{
		file: "sessionhttp/visit.go", name: "refresh on everything",
		old: `v.middleware.opts.RefreshOnNavigation && !isNavigation`, new: `v.middleware.opts.RefreshOnNavigation && isNavigation`,
		reason: "a slow response overwrites a newer cookie",
	},
	{
		file: "sessionhttp/visit.go", name: "malformed goes unnoticed",
		old: `	if errors.Is(err, saltine.ErrMalformed) {`, new: `	if errors.Is(err, saltine.ErrUnsupported) {`,
		reason: "a mistake of ours is taken for weather",
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
		old: `return strings.EqualFold(m, token)`, new: `return m == token`,
		reason: "CVE-2026-48587",
	},
	{
		file: "sessionhttp/headers.go", name: "Vary beside *",
		old: `		if token == "*" {`, new: `		if token == "**" {`,
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
		old: `fresh = fresh || strings.Trim(value, ` + "`" + `"0` + "`" + `) != ""`, new: `fresh = fresh || strings.Trim(value, ` + "`" + `"0` + "`" + `) == "x"`,
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
		file: "sessionhttp/writer.go", name: "headers before the commit",
		old: `	if isInformational(status) && w.err == nil || w.begin(status) == nil {
		w.ResponseWriter.WriteHeader(status)`, new: `	if w.err == nil {
		w.ResponseWriter.WriteHeader(status)
		w.begin(status)`,
		reason: "the cookie is lost",
	},
	{
		file: "sessionhttp/writer.go", name: "body before the commit",
		old: `	if err := w.begin(http.StatusOK); err != nil {
		return 0, err
	}
	return w.ResponseWriter.Write(p)`, new: `	n, err := w.ResponseWriter.Write(p)
	w.begin(http.StatusOK)
	return n, err`,
		reason: "the cookie is lost",
	},
	{
		file: "sessionhttp/writer.go", name: "flush before the commit",
		old: `	if err := w.begin(http.StatusOK); err != nil {
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
		old: `	case w.committed || w.hijacked:
		return w.err`, new: `	case w.hijacked:
		return w.err`,
		reason: "two cookies, or an error after the other",
	},
	{
		file: "sessionhttp/writer.go", name: "body of a refused response",
		old: `	if w.answered {
		w.err = err`, new: `	if !w.answered {
		w.err = err`,
		reason: "the page that lacks its cookie goes out",
	},
	{
		file: "sessionhttp/writer.go", name: "commit of a connection that is gone",
		old: `	case w.committed || w.hijacked:`, new: `	case w.committed:`,
		reason: "a change is lost in silence",
	},
	{
		file: "sessionhttp/writer.go", name: "late changes go unnoticed",
		old: `	if err := w.visit.exchange.Late(); err != nil {`, new: `	if err := w.visit.exchange.Late(); err != nil && w.hijacked {`,
		reason: "a change is lost in silence",
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
		old: `[]string{"Cache-Control", "Cdn-Cache-Control", "Expires",`, new: `[]string{"Expires",`,
		reason: "a cache hands out an error",
	},
	{
		file: "sessionhttp/middleware.go", name: "log the address",
		old: `"method", r.Method, "pattern", r.Pattern)`, new: `"method", r.Method, "url", r.URL.String())`,
		reason: "what is nobody's business in a log",
	},
	{
		file: "sessionhttp/middleware.go", name: "any guard",
		old: `	if err := m.opts.CacheGuard.check(); err != nil {`, new: `	if err := CacheGuard(0).check(); err != nil {`,
		reason: "a mistake goes unnoticed",
	},
}
