package main

import "github.com/seed-52756201/saltine"

// addFlash adds a message for the next page.
func addFlash(s *saltine.Session, message string) {
	flash.Set(s, append(flash.Or(s, nil), message))
}

// takeFlash returns the messages, and removes them.
func takeFlash(s *saltine.Session) []string {
	messages, _ := flash.Pop(s) // none is an error that does not matter here
	return messages
}
