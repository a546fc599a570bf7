// Package messagevectors runs recordings of real Django's message storages against package
// messages: every request is made again, step by step, on the same cookie and session, and
// everything that Django recorded is compared.
//
// It is for tests and for the command: no program that uses messages has it.
package messagevectors

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-52756201/saltine/internal/recording"
)

// File is a file of recordings. Its Schema explains the fields.
type File struct {
	Schema []string `json:"schema"`
	Cases  []Case   `json:"cases"`
	Count  int      `json:"count"`
}

// Case is one request. The messages of its cookie and its session are in each Outcome as
// the text that a Django made of them.
type Case struct {
	ID                int             `json:"id"`
	Name              string          `json:"name"`
	Storage           string          `json:"storage"` // cookie, session or fallback
	Key               string          `json:"key"`
	Settings          Settings        `json:"settings"`
	MaxCookieSize     *int            `json:"max_cookie_size"` // 0 is no limit
	CookieMessages    json.RawMessage `json:"cookie_messages"`
	CookieNotFinished bool            `json:"cookie_not_finished"`
	CookieEdit        bool            `json:"cookie_edit"`
	CookieText        *string         `json:"cookie_text"`
	Session           json.RawMessage `json:"session"`
	SessionMessages   json.RawMessage `json:"session_messages"`
	Steps             []Step          `json:"steps"`
	Outcomes          []Outcome       `json:"outcomes"`
}

// Settings are Django's. What is not here has Django's default.
type Settings struct {
	MessageLevel *int            `json:"MESSAGE_LEVEL"`
	Age          json.RawMessage `json:"SESSION_COOKIE_AGE"`
	Domain       string          `json:"SESSION_COOKIE_DOMAIN"`
	HTTPOnly     *bool           `json:"SESSION_COOKIE_HTTPONLY"`
	Name         string          `json:"SESSION_COOKIE_NAME"`
	Path         string          `json:"SESSION_COOKIE_PATH"`
	SameSite     json.RawMessage `json:"SESSION_COOKIE_SAMESITE"` // a text, false or null
	Secure       bool            `json:"SESSION_COOKIE_SECURE"`
}

// Step is one call: add, iterate, break, len or level.
type Step struct {
	Op      string   `json:"op"`
	Message *Message `json:"message"`
	Value   *int     `json:"value"` // of level, null for the setting's
}

// Message is a message that a step adds.
type Message struct {
	Level     int             `json:"level"`
	Text      json.RawMessage `json:"text"`
	ExtraTags json.RawMessage `json:"extra_tags"` // absent: an empty text
	Safe      bool            `json:"safe"`
}

// Outcome is what some builds of Django did. Long values are digests: see the Schema.
type Outcome struct {
	SeenOn         []string        `json:"seen_on"`
	RequestCookie  json.RawMessage `json:"request_cookie"`
	RequestSession []Item          `json:"request_session"`
	Steps          []StepOutcome   `json:"steps"`
	Exception      string          `json:"exception"`
	Unstored       json.RawMessage `json:"unstored"`
	Session        *Session        `json:"session"`
	Cookie         *string         `json:"cookie"` // set or delete
	SetCookie      string          `json:"set_cookie"`
	CookieValue    json.RawMessage `json:"cookie_value"`
	CookieMessages json.RawMessage `json:"cookie_messages"`
	LengthAll      int             `json:"length_all"`
	LengthsFirst   []int           `json:"lengths_first"`
	LengthsLast    []int           `json:"lengths_last"`
}

// Item is a name and a value of a session.
type Item [2]json.RawMessage

// StepOutcome is what a step did.
type StepOutcome struct {
	Op        string          `json:"op"`
	Used      bool            `json:"used"`
	AddedNew  bool            `json:"added_new"`
	Messages  json.RawMessage `json:"messages"`
	First     json.RawMessage `json:"first"`
	Len       *int            `json:"len"`
	Exception string          `json:"exception"`
}

// Session is the session after the response.
type Session struct {
	Modified bool   `json:"modified"`
	Accessed bool   `json:"accessed"`
	Items    []Item `json:"items"` // null if not loaded
}

// Parse reads a file, which may be compressed by gzip. A field that is unknown, an id
// that is there twice, a case without an outcome and a wrong count are errors.
func Parse(data []byte) (*File, error) {
	file := &File{}
	if err := recording.Decode(data, file); err != nil {
		return nil, fmt.Errorf("messagevectors: %w", err)
	}
	if err := file.check(); err != nil {
		return nil, fmt.Errorf("messagevectors: %w", err)
	}
	return file, nil
}

func (f *File) check() error {
	seen := map[int]bool{}
	for i := range f.Cases {
		c := &f.Cases[i]
		if seen[c.ID] || len(c.Outcomes) == 0 {
			return fmt.Errorf("id %d is there twice, or has no outcome", c.ID)
		}
		seen[c.ID] = true
		for j := range c.Steps {
			if s := &c.Steps[j]; (s.Op == "add") != (s.Message != nil) {
				return fmt.Errorf("id %d: a message, and no step that adds it, or the other way round", c.ID)
			}
		}
		if _, known := storages[c.Storage]; !known {
			return fmt.Errorf("id %d: unknown storage %q", c.ID, c.Storage)
		}
		for j := range c.Outcomes {
			if err := c.Outcomes[j].check(c); err != nil {
				return fmt.Errorf("id %d: %w", c.ID, err)
			}
		}
	}
	if len(seen) != f.Count {
		return fmt.Errorf("%d cases, and a count of %d", len(seen), f.Count)
	}
	return nil
}

func (o *Outcome) check(c *Case) error {
	if len(o.SeenOn) == 0 {
		return errors.New("an outcome without builds")
	}
	for _, build := range o.SeenOn {
		if _, err := parseBuild(build); err != nil {
			return err
		}
	}
	if o.Exception == "" && len(o.Steps) != len(c.told()) {
		return fmt.Errorf("an outcome with %d steps, want %d", len(o.Steps), len(c.told()))
	}
	if o.Exception == "" && o.Session == nil {
		return errors.New("an outcome without a session")
	}
	return nil
}

// manySteps is from how many steps on an outcome leaves out those that add.
const manySteps = 13

// told returns the indexes of the steps that an outcome tells of.
func (c *Case) told() []int {
	var list []int
	for i := range c.Steps {
		if len(c.Steps) < manySteps || c.Steps[i].Op != "add" {
			list = append(list, i)
		}
	}
	return list
}

// mainBuild comes after all others.
const mainBuild = "main-2026-08"

// parseBuild returns the numbers of a version of Django.
func parseBuild(name string) ([]int, error) {
	if name == mainBuild {
		return []int{1 << 20}, nil
	}
	var numbers []int
	for part := range strings.SplitSeq(name, ".") {
		n, err := strconv.Atoi(part)
		if err != nil {
			return nil, fmt.Errorf("unknown build %q", name)
		}
		numbers = append(numbers, n)
	}
	return numbers, nil
}

// newest returns the newest build of the case.
func (c *Case) newest() string {
	name, highest := "", []int(nil)
	for i := range c.Outcomes {
		for _, build := range c.Outcomes[i].SeenOn {
			if numbers, _ := parseBuild(build); highest == nil || slices.Compare(highest, numbers) < 0 {
				name, highest = build, numbers
			}
		}
	}
	return name
}

// outcome returns that of a build, or nil.
func (c *Case) outcome(build string) *Outcome {
	for i := range c.Outcomes {
		if slices.Contains(c.Outcomes[i].SeenOn, build) {
			return &c.Outcomes[i]
		}
	}
	return nil
}
