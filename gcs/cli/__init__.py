"""One file a verb of the `aeropatrol` command."""
