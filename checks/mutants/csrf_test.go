package mutants_test

var csrfMutants = []mutant{
	{
		file: "djangocsrf/token.go", name: "token not compared",
		old: `[]byte(secret)) == 1`, new: `[]byte(secret)) <= 1`,
		reason: "every token is good",
	},
	{
		file: "djangocsrf/token.go", name: "token not unmasked",
		old: `[]byte(unmask(token)), []byte(secret)`, new: `[]byte(token[:secretLen]), []byte(secret)`,
		reason: "the tokens of pages are refused",
	},
	{
		file: "djangocsrf/token.go", name: "any character",
		old: `			return wrongCharacters`, new: `			return wellFormed`,
		reason: "unmask is given what it cannot take",
	},
	{
		file: "djangocsrf/token.go", name: "any length",
		old: `n != secretLen && n != tokenLen`, new: `n > tokenLen`,
		reason: "unmask is given what it cannot take",
	},
	{
		file: "djangocsrf/token.go", name: "no byte rejected",
		old: `		if int(b) < most {`, new: `		if int(b) < most+most {`,
		reason: "eight characters of a mask are likelier, and leave a trace of the secret",
	},
	{
		file: "djangocsrf/token.go", name: "failing Rand",
		old: `		for !fill(&text, rand.Reader) {
		}`, new: `		_ = rand.Reader
		fill(&text, strings.NewReader(alphabet))`,
		reason: "a secret that anybody can guess",
	},
	{
		file: "djangocsrf/visit.go", name: "every method passes",
		old: `"GET", "HEAD", "OPTIONS", "TRACE":`, new: `"GET", "HEAD", "OPTIONS", "TRACE", "", "DELETE", "PROPFIND":`,
		reason: "a request that changes something is not checked",
	},
	{
		file: "djangocsrf/visit.go", name: "source not checked",
		old: `err := p.checkSource(r); err != nil {`, new: `err := p.checkSource(r); err != nil && r.Host == "" {`,
		reason: "another site with a planted cookie gets through",
	},
	{
		file: "djangocsrf/visit.go", name: "replaced secret counts",
		old: `	if s.err != nil {
		return s.err
	}
	secret, err := p.read(r)
	if err != nil {`, new: `	secret, err := s.secret, s.err
	if err != nil && err.Kind == ErrNoSession {`,
		reason: "a token is held against a secret that the browser never had",
	},
	{
		file: "djangocsrf/visit.go", name: "rotated secret counts",
		old: `	secret, err := p.read(r)
	if err != nil {
		return err`, new: `	secret, err := p.read(r)
	if secret = s.secret; err != nil {
		return err`,
		reason: "a rotation before the view refuses good requests",
	},
	{
		file: "djangocsrf/visit.go", name: "rotation keeps the secret",
		old: `	s.secret = s.draw()`, new: `	if s.secret == "" {
		s.secret = s.draw()
	}`,
		reason: "a secret that was planted before the login lives on",
	},
	{
		file: "djangocsrf/visit.go", name: "masked cookie written back",
		old: `		s.secret, s.text = secret, secret`, new: `		s.secret, s.pending, s.text = secret, true, secret`,
		reason: "every response sets a cookie, and no cache keeps a page",
	},
	{
		file: "djangocsrf/visit.go", name: "session written unchanged",
		old: `	if held != s.text {`, new: `	if held != s.text || held != "" {`,
		reason: "every page with a form saves its session",
	},
	{
		file: "djangocsrf/visit.go", name: "masked session loses its mask",
		old: `unmask(held) == s.secret {`, new: `unmask(held) == "" {`,
		reason: "a Django before 4.1 refuses every form from then on",
	},
	{
		file: "djangocsrf/visit.go", name: "form behind header",
		old: `	sent := form
	if sent == "" {`, new: `	sent := form
	if sent == "" || hasHeader {`,
		reason: "a wrong form is rescued by a header",
	},
	{
		file: "djangocsrf/source.go", name: "empty Origin",
		old: `	case r.HasOrigin:`, new: `	case r.Origin != "":`,
		reason: "an empty Origin is none",
	},
	{
		file: "djangocsrf/source.go", name: "null Origin",
		old: `|| p.trusted.origin(r.Origin) {`, new: `|| p.trusted.origin(r.Origin) || r.Origin == "null" {`,
		reason: "a sandboxed frame of any site gets through",
	},
	{
		file: "djangocsrf/source.go", name: "unknown host",
		old: `	if r.Host != "" && r.Origin == scheme`, new: `	if r.Origin == scheme`,
		reason: "an Origin without a host gets through",
	},
	{
		file: "djangocsrf/source.go", name: "no Referer",
		old: `		return &Error{Kind: ErrNoReferer}`, new: `		return nil`,
		reason: "another site leaves the Referer out",
	},
	{
		file: "djangocsrf/source.go", name: "insecure Referer",
		old: `	case scheme != "https":`, new: `	case scheme == "ftp":`,
		reason: "somebody on the way posts from a page over HTTP",
	},
	{
		file: "djangocsrf/source.go", name: "Referer over HTTP",
		old: `	case r.Secure:`, new: `	case r.Secure || r.HasReferer:`,
		reason: "good requests over HTTP are refused",
	},
	{
		file: "djangocsrf/urlsplit.go", name: "part of a host",
		old: `	return host == pattern
}`, new: `	return strings.HasSuffix(host, pattern)
}`,
		reason: "xexample.com passes for example.com",
	},
	{
		file: "djangocsrf/urlsplit.go", name: "dot not looked at",
		old: `strings.HasSuffix(host, pattern) || host == pattern[1:]`, new: `strings.HasSuffix(host, pattern[1:])`,
		reason: "xwild.test passes for .wild.test",
	},
	{
		file: "djangocsrf/urlsplit.go", name: "authority goes on",
		old: `strings.IndexAny(rest, "/?#")`, new: `strings.IndexAny(rest, "#")`,
		reason: "https://evil.test/?.wild.test passes for .wild.test",
	},
	{
		file: "djangocsrf/urlsplit.go", name: "no brackets",
		old: `	if !opening || !closing {`, new: `	if !opening || !closing || len(authority) > 0 {`,
		reason: "what Python refuses passes",
	},
	{
		file: "djangocsrf/trusted.go", name: "any scheme of a wildcard",
		old: `t.wildcards[scheme])`, new: `append(t.wildcards[scheme], t.hosts...))`,
		reason: "a page over HTTP of a trusted site gets through",
	},
	{
		file: "djangocsrf/trusted.go", name: "star anywhere",
		old: `	case strings.Contains(authority, "*"):`, new: `	case strings.Contains(authority, "**"):`,
		reason: "the error does not say what to write instead",
	},
	{
		file: "djangocsrf/handler.go", name: "form without limit",
		old: `http.MaxBytesReader(f.writer, r.Body, f.max)`, new: `http.MaxBytesReader(f.writer, r.Body, f.max<<10)`,
		reason: "a form takes all the memory it likes",
	},
	{
		file: "djangocsrf/handler.go", name: "half of a form",
		old: `hasHeader && !f.tooLarge`, new: `hasHeader`,
		reason: "the view works on half of a form",
	},
	{
		file: "djangocsrf/handler.go", name: "form of any method",
		old: `	if f.request.Method != http.MethodPost {`, new: `	if f.request.Method == http.MethodGet {`,
		reason: "the body of an upload is read before the view",
	},
	{
		file: "djangocsrf/handler.go", name: "first field counts",
		old: `values[len(values)-1]`, new: `values[0]`,
		reason: "another token than Django's",
	},
	{
		file: "djangocsrf/handler.go", name: "request of the outer Handler",
		old: `			m.visit.state().request = p.request(&o, r, &m.form)`, new: ``,
		reason: "a DELETE that a middleware made of a GET is not checked",
	},
	{
		file: "djangocsrf/handler.go", name: "refused and served",
		old: `		o.Refuse(w, r, err)
		return`, new: `		o.Refuse(w, r, err)`,
		reason: "a refused request does its work",
	},
	{
		file: "djangocsrf/writer.go", name: "cookie forgotten",
		old: `func (w *responseWriter) Write(p []byte) (int, error) {
	w.commit()`, new: `func (w *responseWriter) Write(p []byte) (int, error) {`,
		reason: "a page whose form is always refused",
	},
	{
		file: "djangocsrf/writer.go", name: "cookie with early hints",
		old: `	if status < 100 || status >= 200 ||`, new: `	if status >= 100 ||`,
		reason: "the cookie goes out before the view made it",
	},
}
