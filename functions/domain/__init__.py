"""What the workflows know, without AWS, a vendor or a runtime: pure."""
