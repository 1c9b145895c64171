"""What listens to sources outside: one small module each, a thread at work until it is stopped."""
