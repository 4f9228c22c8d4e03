"""One module a version; each says what it follows. What is released is never edited."""
