"""Files and secrets: internal storage, namespace files, secrets and their masking. Knows no flow and no database."""
