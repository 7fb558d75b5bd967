"""What all functions share: settings, clients, logs, and the frame around a handler."""
