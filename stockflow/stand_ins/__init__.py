"""What answers on a laptop in place of Amazon Transcribe and Amazon Comprehend: their API, over local engines."""
