//go:build cgo && linux

package bench

/*
#cgo LDFLAGS: -ldl
#include <dlfcn.h>
#include <stddef.h>

static void *library;
static void *(*alloc_compressor)(int);
static void *(*alloc_decompressor)(void);
static size_t (*zlib_compress)(void *, const void *, size_t, void *, size_t);
static int (*zlib_decompress)(void *, const void *, size_t, void *, size_t, size_t *);

static int open_libdeflate(void) {
	library = dlopen("libdeflate.so.0", RTLD_NOW);
	if (!library) return 0;
	alloc_compressor = dlsym(library, "libdeflate_alloc_compressor");
	alloc_decompressor = dlsym(library, "libdeflate_alloc_decompressor");
	zlib_compress = dlsym(library, "libdeflate_zlib_compress");
	zlib_decompress = dlsym(library, "libdeflate_zlib_decompress");
	return alloc_compressor && alloc_decompressor && zlib_compress && zlib_decompress;
}

static void *new_compressor(int level) { return alloc_compressor(level); }
static void *new_decompressor(void) { return alloc_decompressor(); }

static size_t deflate_zlib(void *c, const void *in, size_t n, void *out, size_t room) {
	return zlib_compress(c, in, n, out, room);
}

static size_t inflate_zlib(void *d, const void *in, size_t n, void *out, size_t room) {
	size_t actual = 0;
	if (zlib_decompress(d, in, n, out, room, &actual)) return 0;
	return actual;
}
*/
import "C"

import (
	"errors"
	"sync"
	"unsafe"
)

var (
	errNoLibdeflate = errors.New("libdeflate.so.0 cannot be loaded: install libdeflate0")
	errLibdeflate   = errors.New("libdeflate failed")
)

var openLibdeflate = sync.OnceValue(func() bool { return C.open_libdeflate() != 0 })

// libdeflate is the C library: one compressor and one decompressor, which are kept.
type libdeflate struct{ compressor, decompressor unsafe.Pointer }

func newLibdeflate() (*libdeflate, error) {
	if !openLibdeflate() {
		return nil, errNoLibdeflate
	}
	return &libdeflate{C.new_compressor(6), C.new_decompressor()}, nil
}

// compress returns the bytes of dst that src was compressed into.
func (l *libdeflate) compress(dst, src []byte) ([]byte, error) {
	n := C.deflate_zlib(l.compressor, unsafe.Pointer(&src[0]), C.size_t(len(src)), unsafe.Pointer(&dst[0]), C.size_t(len(dst)))
	return result(dst, n)
}

// decompress returns the bytes of dst that src was decompressed into.
func (l *libdeflate) decompress(dst, src []byte) ([]byte, error) {
	n := C.inflate_zlib(l.decompressor, unsafe.Pointer(&src[0]), C.size_t(len(src)), unsafe.Pointer(&dst[0]), C.size_t(len(dst)))
	return result(dst, n)
}

func result(dst []byte, n C.size_t) ([]byte, error) {
	if n == 0 {
		return nil, errLibdeflate
	}
	return dst[:n], nil
}
