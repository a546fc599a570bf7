package csrfvectors

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/seed-52756201/saltine/djangocsrf"
)

// Report is the result of a run.
type Report struct {
	Passed  int
	Failed  int
	ByRule  map[string]int // cases that passed by what a rule expects in place of Django's outcome
	Results []Result       // in the order of the file: masks, same_domain, requests
}

// Result is the result of one case.
type Result struct {
	ID     int // 0 for a mask
	Name   string
	Rules  []string // that changed what is expected
	Passed bool
	Want   string // what differs first, if it failed
	Got    string
}

// Run runs every case of f.
func Run(f *File) Report {
	r := Report{ByRule: map[string]int{}}
	for i, m := range f.Masks {
		r.add(Result{Name: fmt.Sprintf("mask %d", i)}, runMask(m))
	}
	for _, s := range f.SameDomain {
		r.add(Result{ID: s.ID, Name: s.Name}, runSameDomain(s))
	}
	for i := range f.Requests {
		c := &f.Requests[i]
		e := expect(c)
		r.add(Result{ID: c.ID, Name: c.Name, Rules: e.rules}, runRequest(c, e))
	}
	return r
}

func (r *Report) add(result Result, m *mismatch) {
	if m != nil {
		result.Want, result.Got = m.want, m.got
		r.Failed++
	} else {
		result.Passed = true
		r.Passed++
		for _, rule := range result.Rules {
			r.ByRule[rule]++
		}
	}
	r.Results = append(r.Results, result)
}

// mismatch is what differs first.
type mismatch struct{ want, got string }

// facts are what is compared of a case, by name.
type facts map[string]string

// differ returns the first fact that differs, by the order of the names.
func (want facts) differ(got facts) *mismatch {
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if want[name] != got[name] {
			return &mismatch{name + " " + show(want[name]), name + " " + show(got[name])}
		}
	}
	return nil
}

// show writes a text on one line, and a long one in part.
func show(text string) string {
	const most = 400
	if len(text) > most {
		return fmt.Sprintf("%.*q... (%d bytes)", most, text, len(text))
	}
	return fmt.Sprintf("%q", text)
}

// runMask makes the token, and has both forms accepted in both places.
func runMask(m Mask) *mismatch {
	want := facts{"token": m.Token, "token for secret": "<nil>", "secret for token": "<nil>"}
	rand := &script{}
	rand.add(m.Mask)
	p, err := djangocsrf.New(&djangocsrf.Options{Rand: rand})
	if err != nil {
		return &mismatch{"a Protection", err.Error()}
	}
	return want.differ(facts{
		"token":            p.Open(djangocsrf.Request{Cookies: []string{"csrftoken=" + m.Secret}}).Token(),
		"token for secret": fmt.Sprint(check(p, m.Secret, m.Token)),
		"secret for token": fmt.Sprint(check(p, m.Token, m.Secret)),
	})
}

func check(p *djangocsrf.Protection, cookie, token string) error {
	return p.Open(djangocsrf.Request{
		Method:  "POST",
		Cookies: []string{"csrftoken=" + cookie},
		Token:   func() (form, header string, hasHeader bool) { return token, "", false },
	}).Check()
}

// runSameDomain has a Referer of the host meet a site whose own host is the pattern.
func runSameDomain(s SameDomain) *mismatch {
	p, err := djangocsrf.New(nil)
	if err != nil {
		return &mismatch{"a Protection", err.Error()}
	}
	err = p.Open(djangocsrf.Request{
		Method: "POST", Secure: true, Host: s.Pattern, Referer: "https://" + s.Host + "/", HasReferer: true,
	}).Check()
	want := strconv.FormatBool(s.Outcomes[len(s.Outcomes)-1].Result)
	got := strconv.FormatBool(kindOf(err) == djangocsrf.ErrNoCookie) // the Referer is good, and the cookie comes next
	return facts{"same domain": want}.differ(facts{"same domain": got})
}
