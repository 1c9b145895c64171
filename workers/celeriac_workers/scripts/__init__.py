"""What a script may import without installing it. This folder is at the end of the import path of every Python script."""
