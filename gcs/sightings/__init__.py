"""Something seen that somebody may have to deal with: model, workflow, intake, place. Pure."""
