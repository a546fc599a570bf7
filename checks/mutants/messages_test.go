package mutants_test

var messageMutants = []mutant{
	{
		file: "messages/visit.go", name: "shown for ever",
		old: `		v.used = true
		v.stored`, new: `		v.stored`,
		reason: "what was shown is never deleted",
	},
	{
		file: "messages/visit.go", name: "peek uses",
		old: `	v.load()
	return slices.Concat`, new: `	v.load()
	v.used = true
	return slices.Concat`,
		reason: "counting the messages loses them",
	},
	{
		file: "messages/visit.go", name: "old messages lost",
		old: `		return v.store(v.Peek())`, new: `		return v.store(v.queued)`,
		reason: "a message takes the place of those that wait",
	},
	{
		file: "messages/visit.go", name: "added twice",
		old: `		v.stored, v.queued = list, nil`, new: `		v.stored = list`,
		reason: "what was added and shown comes again",
	},
	{
		file: "messages/visit.go", name: "error page consumes",
		old: `	if status >= 500 {`, new: `	if status >= 600 {`,
		reason: "a page that failed to show messages loses them", tests: "messages/messageshttp",
	},
	{
		file: "messages/visit.go", name: "redirect consumes",
		old: `	if !hasPage(status) {`, new: `	if !hasPage(status) && status < 200 {`,
		reason: "a redirect, which shows nothing, loses what its handler took", tests: "messages/messageshttp",
	},
	{
		file: "messages/visit.go", name: "put back in part",
		old: `func (v *Visit) PutBack() { v.used = false }`, new: `func (v *Visit) PutBack() { v.used, v.addedNew = false, false }`,
		reason: "what a handler added, took and did not show is lost",
	},
	{
		file: "messages/visit.go", name: "late messages shown",
		old: `	if v.committed {
		v.late = true
		return nil
	}`, new: `	v.late = v.late || v.committed`,
		reason: "what cannot be deleted any more is shown, and shown again",
	},
	{
		file: "messages/visit.go", name: "late message dropped in silence",
		old: `		v.late = true
		return ErrLate`, new: `		return nil`,
		reason: "a message is lost, and nobody is told",
	},
	{
		file: "messages/visit.go", name: "session always read",
		old: `	if l.complete {
		return l
	}`, new: `	if l.complete && l.err != nil {
		return l
	}`,
		reason: "what Django hides is shown, and a session is read for nothing",
	},
	{
		file: "messages/visit.go", name: "session never read",
		old: `	more := v.loadSession()`, new: `	more := loaded{}`,
		reason: "what did not fit into the cookie is lost",
	},
	{
		file: "messages/visit.go", name: "session not cleared",
		old: `	if len(list) > 0 || v.inSession {`, new: `	if len(list) > 0 {`,
		reason: "messages that were shown come back with the next overflow",
	},
	{
		file: "messages/visit.go", name: "cookie not cleared",
		old: `len(list) > 0 || v.inCookie; u.SetCookie`, new: `len(list) > 0; u.SetCookie`,
		reason: "what was shown is shown again",
	},
	{
		file: "messages/visit.go", name: "newest in the cookie",
		old: `v.codec.fit(list, true)`, new: `v.codec.fit(list, false)`,
		reason: "Django shows the messages in another order",
	},
	{
		file: "messages/visit.go", name: "bad cookie kept",
		old: `		v.used = v.used || l.err != nil`, new: `		v.used = v.used || l.err != nil && l.found`,
		reason: "a cookie that nobody can read is sent with every request",
	},
	{
		file: "messages/visit.go", name: "no Vary",
		old: `	update.Vary = v.isLoaded || update.SetCookie`, new: `	update.Vary = update.SetCookie && !v.isLoaded`,
		reason: "a shared cache gives the page of one visitor to others", tests: "messages/messageshttp",
	},
	{
		file: "messages/visit.go", name: "level not looked at",
		old: `|| m.Level < v.level {`, new: `|| m.Level < 0 {`,
		reason: "messages for developers are shown to visitors",
	},
	{
		file: "messages/visit.go", name: "rest not told",
		old: `		u.Cookie, u.Unstored, err = v.codec.fit(`, new: `		u.Cookie, _, err = v.codec.fit(`,
		reason: "messages are lost, and nobody is told",
	},
	{
		file: "messages/visit.go", name: "slice shared",
		old: `	return slices.Clone(list)`, new: `	return list`,
		reason: "a handler that changes what it shows changes what another shows",
	},
	{
		file: "messages/messages.go", name: "mark left out",
		old: `	cookie, err = c.sign(kept, false)`, new: `	cookie, err = c.sign(kept, len(kept) == 0)`,
		reason: "nobody looks for the rest",
	},
	{
		file: "messages/storage.go", name: "session's text without limit",
		old: `		list, err := c.loads(text)`, new: `		var list any
		err := (saltine.JSONSerializer{}).Loads([]byte(text), &list)`,
		reason: "a session takes all the memory it likes",
	},
	{
		file: "messages/storage.go", name: "Python's blanks",
		old: `			text = append(text, [...]string{"[", ", "}[min(j, 1)]...)`, new: `			text = append(text, [...]string{"[", ","}[min(j, 1)]...)`,
		reason: "the text is not Django's", tests: "vectors/conformance/messagevectors",
	},
	{
		file: "messages/messageshttp/messageshttp.go", name: "HEAD consumes",
		old: `	if r.Method == http.MethodHead {`, new: `	if r.Method == "" {`,
		reason: "a HEAD request, which shows nothing, loses messages",
	},
	{
		file: "messages/messageshttp/messageshttp.go", name: "mounted twice",
		old: `	if m.visit(r.Context()) != nil {
		return r
	}
	r = m.sessions`, new: `	r = m.sessions`,
		reason: "two visits of one request: one deletes what the other adds",
	},
	{
		file: "messages/messageshttp/messageshttp.go", name: "loss not told",
		old: `	if len(update.Unstored) > 0 {`, new: `	if len(update.Unstored) > 1000 {`,
		reason: "messages are lost, and nobody is told",
	},
	{
		file: "messages/messageshttp/messageshttp.go", name: "lateness not told",
		old: `errors.Is(err, messages.ErrLate) {`, new: `errors.Is(err, ErrUnstored) {`,
		reason: "a page never shows its messages, and nobody is told why",
	},
	{
		file: "sessionhttp/visit.go", name: "others without the session",
		old: `	if err != nil || len(setCookie)+len(lines.others) == 0 {`, new: `	if err != nil {
		h["Set-Cookie"] = append(h["Set-Cookie"], lines.others...)
	}
	if err != nil || len(setCookie)+len(lines.others) == 0 {`,
		reason: "a page that is replaced deletes the messages that it was to show",
	},
	{
		file: "sessionhttp/visit.go", name: "called again",
		old: `	v.before = nil
	for`, new: `	for`,
		reason: "a second commit sets cookies twice",
	},
	{
		file: "sessionhttp/writer.go", name: "others not taken back",
		old: `		w.takeBack(w.lines.others...)
		if`, new: `		if`,
		reason: "an error page deletes the messages that another page was to show",
	},
	{
		file: "sessionhttp/writer.go", name: "unused session read late",
		old: `		if w.lines.session == "" {
			return nil
		}
`, new: ``,
		reason: "a session that nobody used is read when the headers are gone",
	},
	{
		file: "sessioncookie/sessioncookie.go", name: "any other name",
		old: `	if err := o.check(); err != nil {
		return "", err
	}
	if value`, new: `	if value`,
		reason: "a name ends the header, or is one that browsers refuse",
	},
	{
		file: "sessioncookie/sessioncookie.go", name: "the session's own name",
		old: `	if name == "" || name == c.opts.Name {`, new: `	if name == "" {`,
		reason: "another cookie takes the place of the session",
	},
}
