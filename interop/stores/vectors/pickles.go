package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/seed-52756201/saltine/internal/pickle"
	"github.com/seed-52756201/saltine/internal/pyjson"
	"github.com/seed-52756201/saltine/interop/stores/storevectors"
)

// The rules for pickles.
const (
	ruleZone   = "a date of a named zone shows the zone, since no pickle has its offset"
	ruleNoJSON = "a value whose class is known and has no data in the recording is read"
	ruleHidden = "a dict with keys that are no texts or numbers is kept, and shows no text"
)

// pickles reads the pickles, writes what was read, and reads that again.
func (r *runner) pickles() error {
	for i := range r.file.Pickles {
		p := &r.file.Pickles[i]
		difference, rule := pickleTest(p, r.file.Blobs[p.Blob])
		r.result(fmt.Sprintf("pickles/%s/%d", p.Name, p.Protocol), difference, rule)
	}
	return nil
}

func pickleTest(p *storevectors.Pickle, blob []byte) (difference, rule string) {
	options := pickle.Options{MaxSize: 1 << 20}
	members, err := pickle.Members(nil, blob, options)
	if p.Kind == storevectors.PickleRefuse {
		return refusal(members, err), ""
	}
	if err != nil {
		return err.Error(), ""
	}
	difference, rule = samePickled(members, p)
	if difference != "" && rule == "" {
		return difference, ""
	}
	written, err := pickle.Append(nil, members)
	if err != nil {
		return err.Error(), ""
	}
	again, err := pickle.Members(nil, written, options)
	if err != nil {
		return err.Error(), ""
	}
	if before, after := texts(members), texts(again); before != after {
		return fmt.Sprintf("written and read again it is %.300s, before %.300s", after, before), ""
	}
	return difference, rule
}

// refusal says what is wrong where a pickle must be refused or its key kept unread.
func refusal(members []pickle.Member, err error) string {
	if err != nil {
		return ""
	}
	for _, m := range members {
		_, foreign := errors.AsType[*pickle.ForeignError](m.Err)
		if (foreign || errors.Is(m.Err, pickle.ErrRecursive)) && m.Raw == "" {
			return ""
		}
	}
	return "it is read, and must not be"
}

// texts returns members as text, with what is wrong with them.
func texts(members []pickle.Member) string {
	var b strings.Builder
	for _, m := range members {
		fmt.Fprintf(&b, "%s:%s (%v)\n", m.RawKey, m.Raw, m.Err)
	}
	return b.String()
}

// samePickled says how members differ from the recording, value by value.
func samePickled(members []pickle.Member, p *storevectors.Pickle) (difference, rule string) {
	dict, ok := p.Data.Value().(*storevectors.Dict)
	if !ok || len(dict.Items) != len(members) {
		return fmt.Sprintf("%d members, the recording is %.100s", len(members), p.Data.Text()), ""
	}
	got := map[string]*pickle.Member{}
	for i := range members {
		got[sorted(members[i].RawKey)] = &members[i]
	}
	for _, item := range dict.Items {
		key, _ := pythonText(item.Key)
		m := got[sorted(key)]
		if m == nil {
			return fmt.Sprintf("the key %s is missing", key), ""
		}
		d, why := samePickledValue(m, item.Value)
		if d != "" && why == "" {
			return fmt.Sprintf("%s: %s", key, d), ""
		}
		if d != "" {
			difference, rule = d, why
		}
	}
	return difference, rule
}

func samePickledValue(m *pickle.Member, want any) (difference, rule string) {
	if object, ok := want.(storevectors.Object); ok { // its class is known, or kind would be refuse
		if m.Raw == "" || pyjson.Check(m.Raw) != nil {
			return "there is no text of " + string(object), ""
		}
		return "the recording has no data of " + string(object), ruleNoJSON
	}
	text, ok := pythonText(want)
	switch {
	case !ok && m.Raw == "":
		return "no text", ruleHidden
	case !ok:
		return fmt.Sprintf("it is %.200s, the recording has no text", m.Raw), ruleNoJSON
	case sorted(text) == sorted(m.Raw):
		return "", ""
	}
	if d, ok := want.(storevectors.Datetime); ok && d.Zone != "" && strings.HasSuffix(m.Raw, `]"`) && pyjson.Check(m.Raw) == nil {
		local, _, _ := strings.Cut(m.Raw, "[")
		if strings.HasPrefix(text, local) {
			return "it shows " + m.Raw, ruleZone
		}
	}
	return fmt.Sprintf("it is %.200s, want %.200s", m.Raw, text), ""
}
