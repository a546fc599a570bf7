package interop_test

import (
	"crypto"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine"
)

// What Django's server-side stores keep in the column session_data.
func TestSessionData(t *testing.T) {
	p := needDjango(t)
	for _, tc := range []struct {
		name   string
		reason string
		class  string
		salt   saltine.Salt
		django crypto.Hash
		hash   crypto.Hash   // of the keyring
		legacy []crypto.Hash // likewise
	}{
		{
			name:   "db",
			reason: "all built-in classes are called SessionStore",
			class:  "SessionStore",
		},
		{
			name:   "subclass",
			reason: "the salt holds the name of the class",
			class:  "TenantStore",
			salt:   "django.contrib.sessions.TenantStore",
		},
		{
			name:   "before 3.1",
			reason: "written where DEFAULT_HASHING_ALGORITHM is sha1",
			class:  "SessionStore",
			django: crypto.SHA1,
			hash:   crypto.SHA1,
		},
		{
			name:   "before 3.1, subclass",
			reason: "the salt of the old form has no dot before the name",
			class:  "TenantStore",
			salt:   "django.contrib.sessions.TenantStore",
			django: crypto.SHA1,
			hash:   crypto.SHA1,
		},
		{
			name:   "leaving the form before 3.1",
			reason: "Django still writes the old form, and saltine the new",
			class:  "SessionStore",
			django: crypto.SHA1,
			legacy: []crypto.Hash{crypto.SHA1},
		},
	} {
		if tc.django == crypto.SHA1 && !p.knowsSHA1() {
			continue
		}
		t.Run(tc.name, func(t *testing.T) {
			set := twoWay[0]
			set.django, set.algorithm, set.legacy = tc.django, tc.hash, tc.legacy
			opts := set.options(saltine.CompressionBest)
			opts.Salt = tc.salt
			column, err := saltine.NewSessionData(set.keyring(t), &opts)
			if err != nil {
				t.Fatal(err)
			}
			const rows = 300
			for number := range rows {
				text := randomDjangoSession(t, &set, number).Data
				row := ask[string](t, set.env(), "session_data_encode", args{"data": text, "class_name": tc.class})
				session, err := column.Decode(row)
				if err != nil {
					t.Fatalf("Decode of %q: %v", row, err)
				}
				checkValues(t, &set, text, session)

				ours, err := column.Encode(session)
				if err != nil {
					t.Fatal(err)
				}
				if tc.hash == crypto.SHA1 && ours != row {
					t.Errorf("the old form (-Django +Go):\n%s", cmp.Diff(row, ours))
				}
				if tc.legacy != nil {
					continue
				}
				back := ask[string](t, set.env(), "session_data_decode", args{"session_data": []byte(ours), "class_name": tc.class})
				if diff := cmp.Diff(text, back); diff != "" {
					t.Errorf("what Django decodes (-want +got):\n%s", diff)
				}
			}
			t.Logf("%d rows in each direction", rows)
		})
	}
}
