package csrfvectors

import (
	"fmt"
	"strconv"

	"github.com/seed-52756201/saltine/djangocsrf"
	"github.com/seed-52756201/saltine/internal/recording"
)

// Report is the result of a run, in the order of the file: masks, same_domain, requests.
type Report = recording.Report

// Run runs every case of f.
func Run(f *File) Report {
	var r Report
	for i, m := range f.Masks {
		r.Add(recording.Result{Name: fmt.Sprintf("mask %d", i)}, runMask(m))
	}
	for _, s := range f.SameDomain {
		r.Add(recording.Result{ID: s.ID, Name: s.Name}, runSameDomain(s))
	}
	for i := range f.Requests {
		c := &f.Requests[i]
		e := expect(c)
		r.Add(recording.Result{ID: c.ID, Name: c.Name, Rules: e.rules}, runRequest(c, e))
	}
	return r
}

type (
	facts    = recording.Facts
	mismatch = recording.Mismatch
)

// runMask makes the token, and has both forms accepted in both places.
func runMask(m Mask) *mismatch {
	want := facts{"token": m.Token, "token for secret": "<nil>", "secret for token": "<nil>"}
	rand := &script{}
	rand.add(m.Mask)
	p, err := djangocsrf.New(&djangocsrf.Options{Rand: rand})
	if err != nil {
		return &mismatch{Want: "a Protection", Got: err.Error()}
	}
	return want.Differ(facts{
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
		return &mismatch{Want: "a Protection", Got: err.Error()}
	}
	err = p.Open(djangocsrf.Request{
		Method: "POST", Secure: true, Host: s.Pattern, Referer: "https://" + s.Host + "/", HasReferer: true,
	}).Check()
	want := strconv.FormatBool(s.Outcomes[len(s.Outcomes)-1].Result)
	got := strconv.FormatBool(kindOf(err) == djangocsrf.ErrNoCookie) // the Referer is good, and the cookie comes next
	return facts{"same domain": want}.Differ(facts{"same domain": got})
}
