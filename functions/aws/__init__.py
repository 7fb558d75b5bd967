"""AWS's side of the functions: the bucket and its layout, and the state table."""
