package vectors

// The readers of the run files, which are not exported: their formats are made for one file each.

func ParseMiddleware(data []byte) ([]Run[Scenario], error) {
	return parseRuns(data, "scenarios", parseScenario)
}

func ParseSessionAPI(data []byte) ([]Run[APICall], error) {
	return parseRuns(data, "rows", parseAPICall)
}

func ParseSessionExpiry(data []byte) ([]Run[ExpiryRow], error) {
	return parseRuns(data, "rows", parseExpiryRow)
}

func ParseSealed(data []byte) ([]SealedTest, error) { return parseSealed(data) }
