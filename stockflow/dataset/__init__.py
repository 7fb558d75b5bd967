"""The dataset as programs read it, from a folder or from S3."""
