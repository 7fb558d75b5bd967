"""The pace of requests to a vendor: a run reserves its slots, and each request is made in its own."""
