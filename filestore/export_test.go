package filestore

// SetLink replaces os.Link, and returns a function that puts it back.
func SetLink(f func(from, to string) error) (restore func()) {
	before := link
	link = f
	return func() { link = before }
}
