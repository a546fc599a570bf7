package zlib

import "encoding/binary"

// A bitQueue holds bits on their way out, least significant first (RFC 1951, 3.1.1). Like bitBuffer it is a plain value.
// After a flush there is room for 56 bits, which is more than a length and a distance take.
type bitQueue struct {
	bits  uint64
	count uint
}

// flushSize is the number of bytes that flush may write to.
const flushSize = 8

func (q bitQueue) add(bits uint64, n uint) bitQueue {
	q.bits |= bits << (q.count & 63)
	q.count += n
	return q
}

func (q bitQueue) addCode(c code) bitQueue {
	return q.add(c.bits(), c.len())
}

// flush moves all full bytes to room, and returns what is left of both.
func (q bitQueue) flush(room []byte) (bitQueue, []byte) {
	binary.LittleEndian.PutUint64(room, q.bits)
	room = room[q.count>>3&7:]
	q.bits >>= q.count & 56
	q.count &= 7
	return q, room
}

// A bitWriter writes bits behind a byte slice.
type bitWriter struct {
	queue bitQueue
	out   []byte // with room up to its capacity
	room  []byte // the part that is not written yet
}

func (w *bitWriter) start(dst []byte) {
	w.queue = bitQueue{}
	w.out = dst
	w.room = dst[len(dst):cap(dst)]
}

// write writes n bits, no more than fit into the queue.
func (w *bitWriter) write(bits uint64, n uint) {
	w.queue, w.room = w.queue.add(bits, n).flush(w.room)
}

func (w *bitWriter) writeCode(c code) {
	w.write(c.bits(), c.len())
}

// align fills up the current byte with zeros.
func (w *bitWriter) align() {
	w.write(0, -w.queue.count&7)
}

// writeStored writes what follows the header of a stored block (RFC 1951, 3.2.4).
func (w *bitWriter) writeStored(segment []byte) {
	w.align()
	size := uint64(len(segment))
	w.write(size|(^size&maxStored)<<16, 32)
	w.room = w.room[copy(w.room, segment):]
}

// finish returns all that was written, and lets go of it.
func (w *bitWriter) finish() []byte {
	w.align()
	out := w.out[:cap(w.out)-len(w.room)]
	w.out, w.room = nil, nil
	return out
}
