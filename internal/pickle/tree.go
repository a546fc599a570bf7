package pickle

import (
	"math"
	"strconv"
)

// Pairs are the keys and values of a dict in its order: key, value, key, value ...
type Pairs []any

// Tree returns the values of a pickle that [Append] wrote, for an encoding that has bytes
// besides the types of JSON: nil, bool, int64, uint64 beyond it, float64, a string of UTF-8 with surrogates
// in three bytes each, []byte, []any for a list or a tuple, and [Pairs]. The error is a
// [*NoJSONError] for another type, an int beyond 64 bits among them, and otherwise one of
// [Members].
func Tree(data []byte) (any, error) {
	top, err := decode(string(data))
	if err != nil {
		return nil, err
	}
	return tree(top, 1)
}

func tree(n *node, depth int) (any, error) {
	if depth > MaxDepth || n.changed {
		return nil, ErrTooLarge
	}
	if text, ok := n.plain(); ok {
		return text, nil
	}
	switch n.kind {
	case kindNone:
		return nil, nil
	case kindFalse, kindTrue:
		return n.kind == kindTrue, nil
	case kindInt:
		return int64(n.num), nil
	case kindFloat:
		return math.Float64frombits(n.num), nil
	case kindStr, kindBytes, kindByteArray:
		return []byte(n.text), nil
	case kindTuple, kindList:
		return trees(n.items, depth)
	case kindDict, kindOrdered:
		items, err := trees(unique(n.items), depth)
		return Pairs(items), err
	case kindLong:
		u, err := strconv.ParseUint(n.text, 10, 64)
		if err != nil {
			return nil, &NoJSONError{Type: "int"}
		}
		return u, nil
	default:
		return nil, &NoJSONError{Type: n.typeName()}
	}
}

func trees(items []*node, depth int) ([]any, error) {
	values := make([]any, len(items))
	for i, item := range items {
		var err error
		if values[i], err = tree(item, depth+1); err != nil {
			return nil, err
		}
	}
	return values, nil
}
