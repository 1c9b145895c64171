"""What a script may import without installing it: this folder ends the import path of every Python script."""
