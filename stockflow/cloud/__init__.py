"""The deployed stack: what the commands ask of AWS."""
