"""What runs in Lambda, imported as ``stockflow_functions``: one folder per workflow, and what the workflows share."""
