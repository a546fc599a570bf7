package mutants_test

var authMutants = []mutant{
	{
		file: "djangoauth/auth.go", name: "hash not looked at",
		old: `	switch a.verify(s, account.Password) {`, new: `	switch max(a.verify(s, account.Password), current) {`,
		reason: "a session outlives a change of the password, as where the id alone counts",
	},
	{
		file: "djangoauth/auth.go", name: "inactive users",
		old: `case !account.Active && !a.opts.AllowInactive(backend):`, new: `case !account.Active && !a.opts.AllowInactive(backend) && id == "":`,
		reason: "an account that was locked stays signed in",
	},
	{
		file: "djangoauth/auth.go", name: "every backend",
		old: `	if !slices.Contains(a.opts.Backends, backend) {
		return Account{}, ErrUnknownBackend`, new: `	if !slices.Contains(a.opts.Backends, backend) && backend == "" {
		return Account{}, ErrUnknownBackend`,
		reason: "a login by a backend that was switched off counts",
	},
	{
		file: "djangoauth/auth.go", name: "session of somebody else",
		old: `	case !a.signedIn(s, account) || !sameText(s, hash):`, new: `	case a.signedIn(s, account) && !sameText(s, hash):`,
		reason: "the next user finds the cart of the one before",
	},
	{
		file: "djangoauth/auth.go", name: "visitor's key kept",
		old: `	case !s.Has(idName):
		err = s.CycleKey()`, new: `	case !s.Has(idName):`,
		reason: "who knew the visitor's key is signed in, too",
	},
	{
		file: "djangoauth/auth.go", name: "secret not rotated",
		old: `		r.Rotate()`, new: `		_ = r`,
		reason: "a CSRF secret that was planted before the login is good after it",
	},
	{
		file: "djangoauth/auth.go", name: "ended session comes back",
		old: `	if own && a.verify(s, account.Password) == wrong {`, new: `	if own && a.verify(s, account.Password) > fallback {`,
		reason: "a change of the password revives a session that had ended",
	},
	{
		file: "djangoauth/session.go", name: "SHA-1 by a fallback key",
		old: `err == nil && keyIndex == 0 {
			return current`, new: `err == nil && keyIndex >= 0 {
			return current`,
		reason: "no Django accepts it",
	},
	{
		file: "djangoauth/session.go", name: "empty hash",
		old: `	return hash != "" && subtle`, new: `	return stored == "" || subtle`,
		reason: "a session without a hash is the user's own",
	},
	{
		file: "djangoauth/authhttp/authhttp.go", name: "CSRF of the outer request",
		old: `	return &Visit{l, djangocsrf.FromContext(ctx)}`, new: `	return &Visit{l, djangocsrf.FromContext(l.request.Context())}`,
		reason: "with djangocsrf inside, a login keeps the secret",
	},
	{
		file: "djangoauth/authhttp/authhttp.go", name: "renewed too late",
		old: `if sessionhttp.Committed(l.request.Context()) {`, new: `if sessionhttp.Committed(context.Background()) {`,
		reason: "a page that asks after its first byte signs the visitor out",
	},
	{
		file: "djangoauth/authhttp/authhttp.go", name: "next not looked at",
		old: `	if AllowedURL(next, `, new: `	if next != "" || AllowedURL(next, `,
		reason: "a link leads to another site after the login",
	},
	{
		file: "djangoauth/authhttp/url.go", name: "backslash",
		old: ` || strings.Contains(url, "\\")`, new: ``,
		reason: "http.Redirect brings it to the front, and the browser leaves the site",
	},
	{
		file: "djangoauth/authhttp/url.go", name: "control characters",
		old: ` || strings.ContainsFunc(url, unicode.IsControl)`, new: ` || unicode.IsControl('a')`,
		reason: "browsers drop tabs: two slashes meet",
	},
	{
		file: "djangoauth/authhttp/url.go", name: "host by its end",
		old: `slices.Contains(hosts, authority)`, new: `slices.ContainsFunc(hosts, func(h string) bool { return strings.HasSuffix(authority, h) })`,
		reason: "evilgood.test is taken for good.test",
	},
}
