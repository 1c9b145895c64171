"""Task types, triggers, task runners and conditions: one small file each, found by `discovery`."""
