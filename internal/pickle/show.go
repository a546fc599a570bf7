package pickle

import (
	"encoding/hex"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/seed-52756201/saltine/internal/pyjson"
)

// viewer writes values as JSON texts and finds what is wrong with them. It visits a
// shared value at each of its places.
type viewer struct {
	dst       []byte
	budget    int    // about how much may still be written
	err       error  // why the whole pickle is refused
	recursive bool   // this and the following are about one member: it contains itself
	foreign   string // the first foreign callable
	odd       string // the first type without a form in Python's JSON
	hidden    bool   // a part has no text at all
}

// show appends the text of n.
func (v *viewer) show(n *node, depth int) {
	if v.budget -= 1 + len(n.text); v.budget < 0 || depth >= MaxDepth && n.kind >= kindTuple {
		v.err = ErrTooLarge
	}
	if v.recursive = v.recursive || n.changed; v.err != nil || v.recursive {
		return
	}
	switch n.kind {
	case kindNone:
		v.dst = append(v.dst, "null"...)
	case kindFalse, kindTrue:
		v.dst = strconv.AppendBool(v.dst, n.kind == kindTrue)
	case kindInt:
		v.dst = strconv.AppendInt(v.dst, int64(n.num), 10)
	case kindLong:
		v.dst = append(v.dst, n.text...)
	case kindFloat:
		v.dst, _ = pyjson.Append(v.dst, math.Float64frombits(n.num))
	case kindSet, kindFrozenSet:
		v.note(n)
		v.items(n.items, depth, "[,,]")
	case kindTuple, kindList:
		v.items(n.items, depth, "[,,]")
	case kindDict, kindOrdered:
		n.items = unique(n.items)
		v.items(n.items, depth, "{:,}")
	case kindObject, kindGlobal, kindStep:
		v.object(n, depth)
	default:
		if text, ok := n.plain(); ok {
			v.dst, _ = pyjson.AppendSurrogates(v.dst, text)
			return
		}
		v.note(n)
		v.dst = append(hex.AppendEncode(append(v.dst, '"'), []byte(n.text)), '"')
	}
}

// note remembers the type of n, for which Python raises TypeError.
func (v *viewer) note(n *node) {
	if v.odd == "" {
		v.odd = n.typeName()
	}
}

// items writes the values between the brackets. Keys of a dict become texts.
func (v *viewer) items(items []*node, depth int, brackets string) {
	v.dst = append(v.dst, brackets[0])
	for i, n := range items {
		if i > 0 {
			v.dst = append(v.dst, brackets[2-i%2])
		}
		_, isText := n.plain()
		if isText || brackets[0] == '[' || i%2 == 1 {
			v.show(n, depth+1)
			continue
		}
		if n.kind > kindFloat {
			v.note(n)
			v.hidden = true
		}
		v.dst = append(v.dst, '"')
		v.show(n, depth+1)
		v.dst = append(v.dst, '"')
	}
	v.dst = append(v.dst, brackets[3])
}

// object visits the parts of an object, then writes its text if it is known.
func (v *viewer) object(n *node, depth int) {
	isKnown := n.known != "" && n.kind == kindObject && n.known != "builtins.getattr"
	before := *v
	if v.foreign == "" && !isKnown && n.kind != kindStep {
		v.foreign = n.typeName()
	}
	for _, part := range n.items {
		v.show(part, depth+1)
	}
	v.dst, v.hidden, v.odd = v.dst[:len(before.dst)], before.hidden, before.odd
	if isKnown {
		v.foreign = before.foreign
	}
	if !isKnown || v.err != nil || v.recursive {
		return
	}
	v.note(n)
	text := objectText(n)
	if n.known != "datetime.timedelta" {
		v.hidden = v.hidden || text == ""
		text = `"` + text + `"`
	}
	v.dst = append(v.dst, text...)
}

// objectText returns the text of an object, in printable ASCII. A time zone has none.
func objectText(n *node) (text string) {
	args := n.items[1].items
	switch n.known {
	case "datetime.datetime", "datetime.date", "datetime.time":
		text, _ = clockText(args[0].text, callables[n.known][0])
		if len(args) == 2 {
			text += zoneText(args[1])
		}
	case "datetime.timedelta":
		text = fmt.Sprintf("[%d,%d,%d]", int64(args[0].num), args[1].num, args[2].num)
	case "decimal.Decimal":
		text = args[0].text
	case "uuid.UUID":
		text, _ = uuidHex(n.items[2].items[0].items[1])
		text = text[:8] + "-" + text[8:12] + "-" + text[12:16] + "-" + text[16:20] + "-" + text[20:]
	}
	return text
}

// zoneText returns a fixed offset as isoformat writes it, or the name of a zone in
// brackets: its offset is in no pickle.
func zoneText(zone *node) string {
	args := zone.items[1].items
	var seconds, micros int64
	switch {
	case zone.known == "datetime.timezone":
		seconds, micros = offset(args[0])
	case zone.known == "django.utils.timezone.FixedOffset":
		seconds, micros = offset(zone.items[2].items[0].items[1])
	case len(args) == 4: // of pytz
		seconds = int64(args[1].num)
	case len(args) > 0:
		return "[" + args[0].text + "]"
	}
	sign := '+'
	if total := seconds*1e6 + micros; total < 0 {
		sign, seconds, micros = '-', -total/1e6, -total%1e6
	}
	text := fmt.Sprintf("%c%02d:%02d:%02d.%06d", sign, seconds/3600, seconds/60%60, seconds%60, micros)
	return strings.TrimSuffix(strings.TrimSuffix(text, ".000000"), ":00")
}

// unique drops repeated keys as a dict does: one keeps its first place and takes its
// last value.
func unique(items []*node) []*node {
	places := make(map[identity]int, len(items)/2)
	kept := make([]*node, 0, len(items))
	for i := 0; i < len(items); i += 2 {
		id, ok := keyIdentity(items[i])
		if at, found := places[id]; ok && found {
			kept[at+1] = items[i+1]
			continue
		}
		if ok {
			places[id] = len(kept)
		}
		kept = append(kept, items[i], items[i+1])
	}
	return kept
}

// identity is the same for keys that are equal in Python.
type identity struct {
	text   string
	number bool
}

// keyIdentity returns nothing for a key that JSON does not have: those stay as they are,
// also when Python takes them for one.
func keyIdentity(n *node) (id identity, ok bool) {
	id.text, ok = n.plain()
	f := math.Float64frombits(n.num)
	switch {
	case ok || n.kind > kindFloat:
		return id, ok
	case n.kind == kindFalse, n.kind == kindTrue:
		id.text = strconv.Itoa(int(n.kind - kindFalse))
	case n.kind == kindInt:
		id.text = strconv.FormatInt(int64(n.num), 10)
	case n.kind == kindFloat && f == math.Trunc(f) && !math.IsInf(f, 0):
		id.text = strconv.FormatFloat(f+0, 'f', 0, 64) // as of the int, also for -0
	case n.kind == kindFloat:
		id.text = strconv.FormatFloat(f, 'g', -1, 64)
	}
	id.number = true
	return id, f == f || n.kind != kindFloat
}
