"""Pages of the back office that belong to a call."""
