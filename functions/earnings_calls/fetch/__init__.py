"""FetchTranscript: one request to the vendor in its slot."""
