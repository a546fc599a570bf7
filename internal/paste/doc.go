// Package paste finds out what a person has pasted who wants to know why a session
// fails: from a text of any origin to the cookies in it, with the story of what was
// undone to get them, and to what each of them is, why that matters and what to do next.
//
// Nothing here needs a key, and nothing is verified: whoever made the text chose what it
// says. All functions are pure and safe for concurrent use. Time and memory are bounded
// by the length of the text, which is at most [MaxText], and by the limits of saltine for
// tokens and payloads.
//
//	Read      a text to its cookies: headers, curl commands, exports, rows, log lines
//	Describe  a cookie to a Report, which is made for JSON too
//
// What copying does to a text is in the table of undo.go, where cookies stand in texts in
// that of contain.go, and what values are in those of django.go, others.go and junk.go.
// Each row has a name, a test and its texts.
package paste
