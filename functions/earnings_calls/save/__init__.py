"""SaveTone: into the datasets, on condition."""
