"""The command line: the workflow on your machine, and the stack on AWS."""
