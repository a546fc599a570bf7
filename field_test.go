package saltine_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine"
)

func TestField(t *testing.T) {
	type item struct {
		SKU string  `json:"sku"`
		Qty int     `json:"qty"`
		EUR float64 `json:"eur"`
	}
	const cart saltine.Field[[]item] = "cart"
	s := newStore(t, nil).New()
	if _, err := cart.Get(s); kind(t, err) != "missing" {
		t.Errorf("Get of nothing: %v", err)
	}
	if _, err := cart.Pop(s); kind(t, err) != "missing" || s.Modified() {
		t.Errorf("Pop of nothing: %v, modified %v", err, s.Modified())
	}
	want := []item{{"A1", 2, 3}}
	cart.Set(s, want)
	got, err := cart.Get(s)
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}
	if got, err := cart.Pop(s); err != nil || len(got) != 1 || s.Has("cart") {
		t.Errorf("Pop = %v, %v", got, err)
	}
}

func TestFieldTypes(t *testing.T) {
	s, err := newStore(t, nil).Load(sign(t, `{"s":"text","e":"\u00e9\n","i":7,"f":7.5,"n":null,"b":true,"nan":NaN,"l":[1],"o":{}}`))
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		get  func() (any, error)
		want any
		kind string
	}{
		{"string", func() (any, error) { return saltine.Field[string]("s").Get(s) }, "text", "none"},
		{"string with escapes", func() (any, error) { return saltine.Field[string]("e").Get(s) }, "é\n", "none"},
		{"null for a string", func() (any, error) { return saltine.Field[string]("n").Get(s) }, "", "none"},
		{"null for a pointer", func() (any, error) { return saltine.Field[*int]("n").Get(s) }, (*int)(nil), "none"},
		{"int", func() (any, error) { return saltine.Field[int]("i").Get(s) }, 7, "none"},
		{"int for a float", func() (any, error) { return saltine.Field[float64]("i").Get(s) }, 7.0, "none"},
		{"float", func() (any, error) { return saltine.Field[float64]("f").Get(s) }, 7.5, "none"},
		{"bool", func() (any, error) { return saltine.Field[bool]("b").Get(s) }, true, "none"},
		{"any", func() (any, error) { return saltine.Field[any]("l").Get(s) }, []any{int64(1)}, "none"},
		{"map", func() (any, error) { return saltine.Field[map[string]any]("o").Get(s) }, map[string]any{}, "none"},
		{"int for a string", func() (any, error) { return saltine.Field[string]("i").Get(s) }, "", "wrong type"},
		{"string for an int", func() (any, error) { return saltine.Field[int]("s").Get(s) }, 0, "wrong type"},
		{"float for an int", func() (any, error) { return saltine.Field[int]("f").Get(s) }, 0, "wrong type"},
		{"NaN by the rules of encoding/json", func() (any, error) { return saltine.Field[float64]("nan").Get(s) }, 0.0, "wrong type"},
		{"list for a map", func() (any, error) { return saltine.Field[map[string]any]("l").Get(s) }, map[string]any(nil), "wrong type"},
	} {
		got, err := tt.get()
		if diff := cmp.Diff(tt.want, got); diff != "" || kind(t, err) != tt.kind {
			t.Errorf("%s: %v (-want +got)\n%s", tt.name, err, diff)
		}
	}
}

func TestFieldOrHasDelete(t *testing.T) {
	s, err := newStore(t, nil).Load(sign(t, `{"n":7,"null":null,"text":"x"}`))
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name     saltine.Field[int]
		or       int
		has      bool
		reason   string
		modified bool
	}{
		{"n", 7, true, "it is there", true},
		{"n", 3, false, "it was deleted", false},
		{"null", 0, true, "null is the zero value", true},
		{"text", 3, true, "it does not fit", true},
		{"missing", 3, false, "there is none", false},
	} {
		s.SetModified(false)
		if or, has := tt.name.Or(s, 3), tt.name.Has(s); or != tt.or || has != tt.has || s.Modified() {
			t.Errorf("%s: Or %d, Has %v, modified %v: %s", tt.name, or, has, s.Modified(), tt.reason)
		}
		if deleted := tt.name.Delete(s); deleted != tt.has || s.Modified() != tt.modified || tt.name.Has(s) {
			t.Errorf("%s: Delete %v, modified %v: %s", tt.name, deleted, s.Modified(), tt.reason)
		}
	}
}
