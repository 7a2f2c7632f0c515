"""The commands, thin over the library: one file a verb."""
