package messages_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/messages"
	"github.com/seed-52756201/saltine/sessioncookie"
)

const exampleKey saltine.Key = "an example key that is long enough, and public: never use it"

var exampleKeys = keyring(exampleKey, nil)

// fixedNow makes the output of the examples the same every time.
func fixedNow() time.Time { return time.Unix(1700000000, 0) }

func ExampleNew() {
	if _, err := messages.New(saltine.Keyring{}, nil); err != nil {
		fmt.Println(err)
	}
	keys, err := saltine.NewKeyring(exampleKey, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	codec, err := messages.New(keys, nil)
	fmt.Println(codec, err)
	// Output:
	// saltine: invalid key: the Keyring is empty (NewKeyring and ParseKeyring make one)
	// messages.Codec([redacted]) <nil>
}

func ExampleCodec_Encode() {
	codec, err := messages.New(exampleKeys, &messages.Options{Now: fixedNow})
	if err != nil {
		fmt.Println(err)
		return
	}
	cookie, err := codec.Encode([]messages.Message{
		{Level: messages.Success, Text: "Profile updated."},
	})
	fmt.Println(cookie, err)
	// Output:
	// W1siX19qc29uX21lc3NhZ2UiLDAsMjUsIlByb2ZpbGUgdXBkYXRlZC4iXV0:1r31eq:McKH_Z04kMrq7-j4c_r68U64hU-oiU5MCPOXFTrRyqs <nil>
}

// A page that shows the messages of the page before, and deletes them.
func ExampleCodec_Decode() {
	codec, err := messages.New(exampleKeys, &messages.Options{Now: fixedNow})
	if err != nil {
		fmt.Println(err)
		return
	}
	show := func(w http.ResponseWriter, r *http.Request) {
		c, err := r.Cookie("messages")
		if err != nil {
			return
		}
		list, _, err := codec.Decode(c.Value)
		if err != nil {
			fmt.Println(err) // and no messages
		}
		for _, m := range list {
			fmt.Printf("%s: %s\n", m.Tags(), m.Text)
		}
		http.SetCookie(w, &http.Cookie{Name: "messages", Path: "/", MaxAge: -1, Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode})
	}

	r := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
	cookie, err := codec.Encode([]messages.Message{
		{Level: messages.Success, Text: "Profile updated.", ExtraTags: new("profile")},
		{Level: messages.Warning, Text: "Your password is old."},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	r.Header.Set("Cookie", "messages="+cookie)
	show(httptest.NewRecorder(), r)
	// Output:
	// profile success: Profile updated.
	// warning: Your password is old.
}

// A service beside Django 2.2. Its cookies have to be taken from the header:
// net/http passes over them.
func ExampleOptions() {
	codec, err := messages.New(exampleKeys, &messages.Options{AcceptDjango14: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	r := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
	r.Header.Set("Cookie", `messages="bfefdb1998e272d61c7047fe54e0218ee6f37eae$[[\"__json_message\"\0540\05420\054\"Profile updated.\"]]"`)

	_, err = r.Cookie("messages")
	fmt.Println(err)
	cookie, _ := sessioncookie.FindCookie(r.Header["Cookie"], "messages")
	list, _, err := codec.Decode(cookie)
	fmt.Println(list, err)
	// Output:
	// http: named cookie not present
	// [{20 Profile updated. <nil> false}] <nil>
}

// More messages than the cookie has room for.
func ExampleCodec_Fit() {
	codec, err := messages.New(exampleKeys, &messages.Options{MaxSize: 180, Now: fixedNow})
	if err != nil {
		fmt.Println(err)
		return
	}
	cookie, rest, err := codec.Fit([]messages.Message{
		{Level: messages.Info, Text: "The first of three."},
		{Level: messages.Info, Text: "Another one, and the second."},
		{Level: messages.Info, Text: "Last, and not least."},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	kept, complete, err := codec.Decode(cookie)
	fmt.Println(len(cookie) <= 180, len(rest), len(kept), complete, err)
	// Output:
	// true 1 2 false <nil>
}

func ExampleMessage_Tags() {
	fmt.Println(messages.Message{Level: messages.Error, ExtraTags: new("form billing")}.Tags())
	fmt.Println(messages.Message{Level: messages.Info}.Tags())
	// Output:
	// form billing error
	// info
}

func ExampleLevel_Tag() {
	for _, level := range []messages.Level{messages.Debug, messages.Error, 35} {
		fmt.Printf("%d %q\n", level, level.Tag())
	}
	// Output:
	// 10 "debug"
	// 40 "error"
	// 35 ""
}

// Which older forms are still in use.
func ExampleForm() {
	codec, err := messages.New(exampleKeys, &messages.Options{
		AcceptDjango31: true,
		Now:            fixedNow,
		OnVerify: func(v messages.Verification) {
			fmt.Println("Django 3.1:", v.Form == messages.Django31, "resign:", v.NeedsResign())
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	list, _, err := codec.Decode(`[["__json_message",0,20,"old"]]:1r31eq:8An1NrIgP8E-04JQiCBLRGwWK-hSTt85UkrdRyuyJxI`)
	fmt.Println(list, err)
	// Output:
	// Django 3.1: true resign: true
	// [{20 old <nil> false}] <nil>
}

// Cookies of an old key are good until they are shown.
func ExampleVerification_NeedsResign() {
	const lastYear saltine.Key = "the key of last year"
	old, err := messages.New(keyring(lastYear, nil), &messages.Options{Now: fixedNow})
	if err != nil {
		fmt.Println(err)
		return
	}
	keys, err := saltine.NewKeyring(exampleKey, &saltine.KeyringOptions{Fallbacks: []saltine.Key{lastYear}})
	if err != nil {
		fmt.Println(err)
		return
	}
	codec, err := messages.New(keys, &messages.Options{
		Now:      fixedNow,
		OnVerify: func(v messages.Verification) { fmt.Println(v.KeyIndex, v.NeedsResign()) },
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	cookie, err := old.Encode([]messages.Message{{Level: messages.Info, Text: "Welcome back."}})
	if err != nil {
		fmt.Println(err)
		return
	}
	list, _, err := codec.Decode(cookie)
	fmt.Println(list, err)
	// Output:
	// 1 true
	// [{20 Welcome back. <nil> false}] <nil>
}

// One request adds a message, and the next one shows it. With net/http, the middleware of
// messageshttp does all but Add and Take.
func ExampleVisit() {
	codec, err := messages.New(exampleKeys, &messages.Options{Now: fixedNow})
	if err != nil {
		fmt.Println(err)
		return
	}
	visit := codec.Open(nil, nil) // the Cookie headers, and the session
	if err := visit.Add(messages.Message{Level: messages.Success, Text: "Profile updated."}); err != nil {
		fmt.Println(err)
	}
	update, err := visit.Commit(http.StatusSeeOther)
	fmt.Println(update.SetCookie, update.Cookie, err)

	visit = codec.Open([]string{"messages=" + update.Cookie}, nil)
	for _, m := range visit.Take() {
		fmt.Println(m.Tags(), m.Text)
	}
	update, err = visit.Commit(http.StatusOK)
	fmt.Printf("%t %q %v\n", update.SetCookie, update.Cookie, err)
	// Output:
	// true W1siX19qc29uX21lc3NhZ2UiLDAsMjUsIlByb2ZpbGUgdXBkYXRlZC4iXV0:1r31eq:McKH_Z04kMrq7-j4c_r68U64hU-oiU5MCPOXFTrRyqs <nil>
	// success Profile updated.
	// true "" <nil>
}

// A storage that keeps all messages in the session, beside a Django with
// MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage".
func ExampleStorage() {
	codec, err := messages.New(exampleKeys, &messages.Options{Storage: messages.SessionOnly})
	if err != nil {
		fmt.Println(err)
		return
	}
	store, err := saltine.NewCookieStore(exampleKeys, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	session := store.New()
	visit := codec.Open(nil, session)
	if err := visit.Add(messages.Message{Level: messages.Info, Text: "Welcome."}); err != nil {
		fmt.Println(err)
	}
	_, err = visit.Commit(http.StatusOK)
	fmt.Println(session.Get("_messages"), err)
	// Output: [["__json_message", 0, 20, "Welcome."]] <nil>
}

// The header that an update asks for, and messages that fit nowhere.
func ExampleUpdate() {
	codec, err := messages.New(exampleKeys, &messages.Options{Storage: messages.CookieOnly, MaxSize: 160, Now: fixedNow})
	if err != nil {
		fmt.Println(err)
		return
	}
	store, err := saltine.NewCookieStore(exampleKeys, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	cookie, err := sessioncookie.New(store, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	visit := codec.Open(nil, nil)
	for _, text := range []string{"Ten lines were skipped.", "The import took a minute."} {
		if err := visit.Add(messages.Message{Level: messages.Info, Text: text}); err != nil {
			fmt.Println(err)
		}
	}
	update, err := visit.Commit(http.StatusOK)
	if err != nil {
		fmt.Println(err)
		return
	}
	line, err := cookie.Other(codec.CookieName(), update.Cookie)
	_, attributes, _ := strings.Cut(line, "; ")
	fmt.Println(attributes, err)
	fmt.Println(update.Vary, update.Unstored)
	// Output:
	// Path=/; SameSite=Lax; HttpOnly; Secure <nil>
	// true [{20 Ten lines were skipped. <nil> false}]
}
