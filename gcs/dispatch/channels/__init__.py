"""The ways by which what happened reaches other systems; each is one file."""
