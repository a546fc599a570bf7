package bench

import (
	"embed"
	"encoding/json"
	"fmt"
)

//go:embed payloads/*.json
var payloadFiles embed.FS

// Payload is one session.
type Payload struct {
	Name string
	JSON []byte         // as Python writes it
	Map  map[string]any // as encoding/json reads it
	Key  string         // of a text in the session
	Text string         // that stands under Key
}

// payloadKeys names the payloads, and the key that is read from each.
var payloadKeys = []struct{ name, key string }{
	{"tiny", "k"},
	{"auth", "_auth_user_id"},
	{"medium", "_auth_user_id"},
	{"large", "_auth_user_id"},
	{"rand", "token_a"},
}

// Payloads returns the sessions that are measured:
//
//	tiny      9 B  one key; too short to compress
//	auth    172 B  somebody is signed in
//	medium  666 B  and has a cart
//	large  3700 B  and a list of orders
//	rand   1490 B  random tokens, which only Huffman coding shrinks
func Payloads() []Payload {
	payloads := make([]Payload, len(payloadKeys))
	for i, k := range payloadKeys {
		text, err := payloadFiles.ReadFile("payloads/" + k.name + ".json")
		if err != nil {
			panic(err) // it is embedded
		}
		p := Payload{Name: k.name, JSON: text, Key: k.key}
		if err := json.Unmarshal(text, &p.Map); err != nil {
			panic(fmt.Sprintf("%s: %v", k.name, err))
		}
		p.Text = p.Map[k.key].(string)
		payloads[i] = p
	}
	return payloads
}

// PayloadNamed returns the payload of that name, which must exist.
func PayloadNamed(name string) Payload {
	for _, p := range Payloads() {
		if p.Name == name {
			return p
		}
	}
	panic("no payload is called " + name)
}
