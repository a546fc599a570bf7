package mutants_test

var commandMutants = []mutant{
	{
		file: "cmd/saltine/nearmiss.go", name: "key for its fingerprint",
		old: `Cookies: cookies, Fingerprint: saltine.Key(key).Fingerprint()}`, new: `Cookies: cookies, Fingerprint: key}`,
		reason: "the key on a terminal, in a ticket",
	},
	{
		file: "cmd/saltine/nearmiss.go", name: "key of messages for its fingerprint",
		old: `KeyNumber: number + 1, Fingerprint: saltine.Key(spelled).Fingerprint(),`, new: `KeyNumber: number + 1, Fingerprint: spelled,`,
		reason: "the key on a terminal, in a ticket",
	},
	{
		file: "cmd/saltine/keys.go", name: "line of a key file in a note",
		old: `		add(isQuoted(line), at+"has`, new: `		add(isQuoted(line), at+line+"has`,
		reason: "the key on a terminal, in a log",
	},
	{
		file: "cmd/saltine/keys.go", name: "line of a key file in an error",
		old:    `"line %d of %s has white space at its start or end: remove it, or use --keep-space if it is a part of the key", number, source)`,
		new:    `"line %d of %s has white space at its start or end: remove it, or use --keep-space if it is a part of the key", number, line)`,
		reason: "the key on a terminal, in a log",
	},
	{
		file: "internal/paste/report.go", name: "unknown text in a report",
		old: `rankOf(form.Name) != rankJunk && form.Name != unknownForm.Name {`, new: `form.Name != "" {`,
		reason: "a key that nobody recognises is shown to all who look", tests: "cmd/saltine",
	},
	{
		file: "cmd/saltine/keys.go", name: "silent about others who read the key file",
		old: `info.Mode().Perm()&0o077 != 0`, new: `info.Mode().Perm()&0o007 == 0o007`,
		reason: "everybody on the machine has the key, and nobody says so",
	},
	{
		file: "cmd/saltine/rotate.go", name: "key with live cookies may go",
		old: `	case k.Live > 0:`, new: `	case k.Live > 1<<40:`,
		reason: "visitors are signed out by advice",
	},
	{
		file: "cmd/saltine/web.go", name: "page for every name",
		old: `case !slices.Contains(hosts, r.Host):`, new: `case slices.Contains(hosts, ""):`,
		reason: "DNS rebinding: another site reads what this machine serves",
	},
	{
		file: "cmd/saltine/page.go", name: "unknown text on the page",
		old: `if found.Parts.Body == "" {`, new: `if found.Parts.Body == "x" {`,
		reason: "a key that was pasted by mistake is shown to all who look",
	},
	{
		file: "cmd/saltine/flags.go", name: "value of a flag in an error",
		old: `return errors.New("--" + m[1] + ": " + m[2])`, new: `return err`,
		reason: "a key that was typed in its place is on a terminal, in a log",
	},
	{
		file: "cmd/saltine/main.go", name: "unknown word for a command",
		old: `case strings.Contains(name, "="), !isShortWord(name):`, new: `case name == "":`,
		reason: "a key that was typed in its place is on a terminal, in a log",
	},
	{
		file: "internal/paste/lines.go", name: "line behind a signature",
		old: `longEnd.MatchString(end) && !signedEnd.MatchString(end) && valueLine`, new: `longEnd.MatchString(end) && valueLine`,
		reason: "a good cookie in a mail is said to be of another key",
	},
}
