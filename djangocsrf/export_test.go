package djangocsrf

// Inner functions that the tests compare with Python's.
var (
	SplitURL   = splitURL
	SameDomain = sameDomain
)
