package zlib

// readTables reads the description of the codes of a dynamic block (RFC 1951, 3.2.7).
func (f *inflater) readTables() error {
	b, rest := f.bits.fill(f.rest)
	litLenCount := firstLength + b.peek(litLenCountBits)
	b = b.drop(litLenCountBits)
	distCount := 1 + b.peek(distCountBits)
	b = b.drop(distCountBits)
	codeLenCount := minCodeLenCount + b.peek(codeLenCountBits)
	b = b.drop(codeLenCountBits)
	if b.count < 0 {
		return errTruncated
	}
	if litLenCount > maxLitLen || distCount > maxDist {
		return errCounts
	}
	f.bits, f.rest = b, rest
	if err := f.readCodeLenTable(codeLenCount); err != nil {
		return err
	}
	lengths, err := f.readLengths(litLenCount + distCount)
	if err != nil {
		return err
	}
	return f.buildTables(lengths, litLenCount)
}

// readCodeLenTable reads the code in which the code lengths are written.
func (f *inflater) readCodeLenTable(count uint) error {
	b, rest := f.bits, f.rest
	var bySymbol [numCodeLen]uint8
	for _, symbol := range codeLenOrder[:count] {
		if b.count < codeLenBits {
			if b, rest = b.fill(rest); b.count < codeLenBits {
				return errTruncated
			}
		}
		bySymbol[symbol] = uint8(b.peek(codeLenBits))
		b = b.drop(codeLenBits)
	}
	f.bits, f.rest = b, rest
	lengths := f.lengths[:0]
	for symbol, n := range bySymbol {
		if n != 0 {
			lengths = append(lengths, newCodeLength(uint(symbol), uint(n)))
		}
	}
	switch {
	case len(lengths) == 0:
		return errNoCodeLen
	case len(lengths) == 1, !f.dist.build(lengths, &codeLenAlphabet):
		return errCodeLenCode
	}
	return nil
}

// readLengths reads count code lengths, and returns those that are not zero. Those of the distances follow those of the
// literals and lengths as if they were one alphabet.
func (f *inflater) readLengths(count uint) ([]codeLength, error) {
	b, rest, table := f.bits, f.rest, &f.dist
	used := 0
	last := uint(0)
	mask := table.mask & tableMask
	for symbol := uint(0); symbol < count; {
		if b.count < maxLengthBits {
			if len(rest) >= loadSize {
				b, rest = b.load(rest)
			} else {
				b, rest = b.fill(rest)
			}
		}
		e := table.fast[b.bits&mask]
		if e&entryLiteral != 0 {
			b = b.drop(e.total())
			last = e.base()
			f.lengths[used] = newCodeLength(symbol, last)
			used += int((last + maxCodeLen) / (maxCodeLen + 1)) // none for zero, without a branch
			symbol++
			continue
		}
		run := uint(e.value(b))
		b = b.drop(e.total())
		switch {
		case b.count < 0:
			return nil, errTruncated
		case symbol+run > count, e&entryRepeat != 0 && symbol == 0:
			return nil, errRepeat
		case e&entryRepeat == 0:
			last = 0
		case last != 0:
			for i := range run {
				f.lengths[used] = newCodeLength(symbol+i, last)
				used++
			}
		}
		symbol += run
	}
	if b.count < 0 {
		return nil, errTruncated
	}
	f.bits, f.rest = b, rest
	return f.lengths[:used], nil
}

// buildTables splits the lengths of the two alphabets and makes their tables.
func (f *inflater) buildTables(lengths []codeLength, litLenCount uint) error {
	split := len(lengths)
	for split > 0 && lengths[split-1].symbol() >= litLenCount {
		split--
		lengths[split] -= newCodeLength(litLenCount, 0)
	}
	if !hasEnd(lengths[:split]) {
		return errNoEnd
	}
	if !f.litLen.build(lengths[:split], &litLenAlphabet) {
		return errLitLenCode
	}
	if !f.dist.build(lengths[split:], &distAlphabet) {
		return errDistCode
	}
	return nil
}

// hasEnd reports whether there is a code for the end of the block.
func hasEnd(lengths []codeLength) bool {
	i := len(lengths) - 1
	for i >= 0 && lengths[i].symbol() > endOfBlock {
		i--
	}
	return i >= 0 && lengths[i].symbol() == endOfBlock
}
