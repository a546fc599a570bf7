package saltine

// Loaded reports whether the session's data is in memory, which Django's
// vectors record.
func Loaded(s *Session) bool { return s.loaded }
