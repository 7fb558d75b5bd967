"""What runs in Lambda: one folder a state, and the code the states share."""
