"""Ground control: fleet, operations, sightings, dispatch, store, web and command line."""
