"""The language and the engine's decisions, pure: no I/O, no clock, no environment."""
