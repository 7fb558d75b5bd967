"""What runs in Lambda, imported as ``stockflow_functions``: a folder a workflow, and what the workflows share."""
