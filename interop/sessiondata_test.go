package interop_test

import (
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
		django saltine.Algorithm
		form   saltine.SessionDataForm
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
			django: saltine.SHA1,
			form:   saltine.SessionDataWriteLegacy,
		},
		{
			name:   "before 3.1, subclass",
			reason: "the salt of the old form has no dot before the name",
			class:  "TenantStore",
			salt:   "django.contrib.sessions.TenantStore",
			django: saltine.SHA1,
			form:   saltine.SessionDataWriteLegacy,
		},
		{
			name:   "leaving the form before 3.1",
			reason: "Django still writes the old form, and saltine the new",
			class:  "SessionStore",
			django: saltine.SHA1,
			form:   saltine.SessionDataReadLegacy,
		},
	} {
		if tc.django == saltine.SHA1 && !p.knowsSHA1() {
			continue
		}
		t.Run(tc.name, func(t *testing.T) {
			set := twoWay[0]
			set.django = tc.django
			store, err := saltine.NewCookieStore(set.key, &saltine.StoreOptions{
				Options:  set.options(saltine.CompressionBest),
				DataSalt: tc.salt,
				DataForm: tc.form,
			})
			if err != nil {
				t.Fatal(err)
			}
			const rows = 300
			for number := range rows {
				text := randomDjangoSession(t, &set, number).Data
				row := ask[string](t, set.env(), "session_data_encode", args{"data": text, "class_name": tc.class})
				session, err := store.Decode(row)
				if err != nil {
					t.Fatalf("Decode of %q: %v", row, err)
				}
				checkValues(t, &set, text, session)

				ours, err := store.Encode(session)
				if err != nil {
					t.Fatal(err)
				}
				if tc.form == saltine.SessionDataWriteLegacy && ours != row {
					t.Errorf("the old form (-Django +Go):\n%s", cmp.Diff(row, ours))
				}
				if tc.form == saltine.SessionDataReadLegacy {
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
