def read_targets(text):
    return []
