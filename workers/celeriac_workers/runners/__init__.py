"""Task runners: where and how a command runs. Found by workers through the entry-point group `celeriac.runners`."""
