"""What natowire keeps: the archive, its captures and its index."""
