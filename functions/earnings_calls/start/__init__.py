"""StartTranscription: a job of Amazon Transcribe for a recording, or the one that there is."""
