package mutants_test

var messageMutants = []mutant{
	{
		file: "messages/visit.go", name: "shown for ever",
		old: `		s.used = true
		s.stored`, new: `		s.stored`,
		reason: "what was shown is never deleted",
	},
	{
		file: "messages/visit.go", name: "peek uses",
		old: `	s.load()
	return slices.Concat`, new: `	s.load()
	s.used = true
	return slices.Concat`,
		reason: "counting the messages loses them",
	},
	{
		file: "messages/visit.go", name: "old messages lost",
		old: `		return s.store(s.peek())`, new: `		return s.store(s.queued)`,
		reason: "a message takes the place of those that wait",
	},
	{
		file: "messages/visit.go", name: "added twice",
		old: `		s.stored, s.queued = list, nil`, new: `		s.stored = list`,
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
		old: `func (v *Visit) PutBack() { v.state().used = false }`, new: `func (v *Visit) PutBack() { v.state().used, v.state().addedNew = false, false }`,
		reason: "what a handler added, took and did not show is lost",
	},
	{
		file: "messages/visit.go", name: "late messages shown",
		old: `	if s.committed {
		s.late = true
		return nil
	}`, new: `	s.late = s.late || s.committed`,
		reason: "what cannot be deleted any more is shown, and shown again",
	},
	{
		file: "messages/visit.go", name: "late message dropped in silence",
		old: `		s.late = true
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
		old: `	more := s.loadSession()`, new: `	more := loaded{}`,
		reason: "what did not fit into the cookie is lost",
	},
	{
		file: "messages/visit.go", name: "session not cleared",
		old: `	if len(list) > 0 || s.inSession {`, new: `	if len(list) > 0 {`,
		reason: "messages that were shown come back with the next overflow",
	},
	{
		file: "messages/visit.go", name: "cookie not cleared",
		old: `len(list) > 0 || s.inCookie; u.SetCookie`, new: `len(list) > 0; u.SetCookie`,
		reason: "what was shown is shown again",
	},
	{
		file: "messages/visit.go", name: "newest in the cookie",
		old: `s.codec.fit(list, true)`, new: `s.codec.fit(list, false)`,
		reason: "Django shows the messages in another order",
	},
	{
		file: "messages/visit.go", name: "bad cookie kept",
		old: `		s.used = s.used || l.err != nil`, new: `		s.used = s.used || l.err != nil && l.list != nil`,
		reason: "a cookie that nobody can read is sent with every request",
	},
	{
		file: "messages/visit.go", name: "no Vary",
		old: `	update.Vary = s.isLoaded || update.SetCookie`, new: `	update.Vary = update.SetCookie && !s.isLoaded`,
		reason: "a shared cache gives the page of one visitor to others", tests: "messages/messageshttp",
	},
	{
		file: "messages/visit.go", name: "level not looked at",
		old: `|| m.Level < s.level {`, new: `|| m.Level < 0 {`,
		reason: "messages for developers are shown to visitors",
	},
	{
		file: "messages/visit.go", name: "rest not told",
		old: `		u.Cookie, u.Unstored, err = s.codec.fit(`, new: `		u.Cookie, _, err = s.codec.fit(`,
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
		file: "sessionhttp/writer.go", name: "guard without a cookie",
		old: `		if w.lines.session == "" {
			return nil
		}
`, new: ``,
		reason: "a response that sets no cookie is kept from caches, or refused",
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
