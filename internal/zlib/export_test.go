package zlib

// CodeLengths returns the lengths of the code that is made for the given frequencies.
func CodeLengths(frequencies []uint16, limit int) []int {
	codes := make([]code, len(frequencies))
	new(codeBuilder).build(codes, frequencies, limit)
	lengths := make([]int, len(codes))
	for symbol, c := range codes {
		lengths[symbol] = int(c.len())
	}
	return lengths
}
