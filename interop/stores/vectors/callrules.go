package main

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/seed-52756201/saltine/interop/stores/storevectors"
)

// The rules for calls.
const (
	ruleExpiredFile  = "an expired file stays until ClearExpired; Django replaces it by an empty session, for which it draws a key"
	ruleClearFiles   = "ClearExpired draws no keys; Django's clear_expired draws one for each expired file, and stores nothing under it"
	ruleRecordedTime = "in the recording the clock was stopped for the files of save alone: others have the time of the recording, and so have expired"
	ruleFileSeconds  = "seconds of a file's session count from its last save; Django never ends it"
	ruleStrangeKey   = "a text that is not 8 to 40 of a-z and 0-9 is no session key, and is not looked up"
	ruleNotASCII     = "a file that is not ASCII is unreadable, as other junk; Django raises"
)

// callRule returns why a sequence may differ, or "".
func callRule(s *storevectors.Sequence, d *callDifference) string {
	if usesStrangeKey(s.Steps[:min(d.step+1, len(s.Steps))]) {
		return ruleStrangeKey
	}
	if s.Store == "file" {
		return fileRule(s, d)
	}
	return ""
}

// usesStrangeKey reports whether the last of some steps is about a key that is none.
func usesStrangeKey(steps []storevectors.Step) bool {
	last := len(steps) - 1
	for _, key := range []string{steps[last].Call.Key, keyBefore(steps[:last], steps[last].Call.Session)} {
		if key != "" && (len(key) < 8 || len(key) > 40 || strings.Trim(key, "abcdefghijklmnopqrstuvwxyz0123456789") != "") {
			return true
		}
	}
	return false
}

func fileRule(s *storevectors.Sequence, d *callDifference) string {
	if d.step == len(s.Steps) {
		if slices.ContainsFunc(s.Steps, func(step storevectors.Step) bool { return step.Call.Verb == storevectors.VerbClearExpired }) {
			return ruleClearFiles
		}
		return ""
	}
	step := &s.Steps[d.step]
	key := keyBefore(s.Steps[:d.step], step.Call.Session)
	switch {
	case step.Exception == "UnicodeDecodeError":
		return ruleNotASCII
	case drewKey(s.Steps[:d.step], step) && lastWrite(s.Steps[:d.step], key) == storevectors.VerbCreate:
		return ruleRecordedTime
	case drewKey(s.Steps[:d.step], step):
		return ruleExpiredFile
	case hasSeconds(s.Steps[:d.step], key):
		return ruleFileSeconds
	}
	return ""
}

// keyBefore returns the key that a session had after the last of its calls.
func keyBefore(steps []storevectors.Step, session string) string {
	for _, step := range slices.Backward(steps) {
		if step.Call.Session == session && step.State != nil {
			return orEmpty(step.State.Key)
		}
	}
	return ""
}

// drewKey reports whether Django made a new session where it was to read one: after a read it is empty and modified, though nothing was set,
// and a change goes into a session of another key.
func drewKey(before []storevectors.Step, step *storevectors.Step) bool {
	if step.State == nil || step.State.Key == nil || !step.State.Modified {
		return false
	}
	switch step.Call.Verb {
	case storevectors.VerbGet, storevectors.VerbLoad, storevectors.VerbExists, storevectors.VerbExpiryAge:
		return step.State.Data != nil && sorted(step.State.Data.Text()) == "{}"
	case storevectors.VerbSet, storevectors.VerbDel, storevectors.VerbSetExpiry:
		old := keyBefore(before, step.Call.Session)
		return old != "" && old != *step.State.Key
	}
	return false
}

// lastWrite returns the call that last wrote the file of a key: VerbCreate for all those in which the recording did not stop the clock.
func lastWrite(steps []storevectors.Step, key string) (verb storevectors.Verb) {
	for _, step := range steps {
		switch {
		case step.State == nil || orEmpty(step.State.Key) != key:
		case slices.Contains([]storevectors.Verb{storevectors.VerbCreate, storevectors.VerbCycleKey, storevectors.VerbSaveMustCreate}, step.Call.Verb):
			verb = storevectors.VerbCreate
		case step.Call.Verb == storevectors.VerbSave:
			verb = storevectors.VerbSave
		}
	}
	return verb
}

// hasSeconds reports whether the file of a key was planted with seconds as its expiry.
func hasSeconds(steps []storevectors.Step, key string) bool {
	return slices.ContainsFunc(steps, func(step storevectors.Step) bool {
		var data struct {
			Expiry float64 `json:"_session_expiry"`
		}
		return step.Call.Verb == storevectors.VerbFilePlant && step.Call.Key == key && step.Call.Data != nil &&
			json.Unmarshal(step.Call.Data, &data) == nil && data.Expiry > 0
	})
}
