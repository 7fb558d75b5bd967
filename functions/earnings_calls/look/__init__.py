"""LookAtTranscription: how far a job is."""
