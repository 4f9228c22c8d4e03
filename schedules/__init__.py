"""What to fetch and when."""
