"""What is the same for every function: settings, clients, logs, and the frame around a handler."""
