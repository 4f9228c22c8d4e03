"""What natowire understands: pure functions from bytes and text to values."""
