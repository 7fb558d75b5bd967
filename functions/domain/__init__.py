"""The rules of the workflows, without AWS, a vendor or a runtime: pure."""
