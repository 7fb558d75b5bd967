"""ReadTranscript: from any transcript to passages."""
