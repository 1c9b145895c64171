"""The `celeriac` command. Nothing here is imported by another room."""
