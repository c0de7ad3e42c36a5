"""A whole call played with fictitious people: fiction (what they are called and write), cast (who they are), play."""
