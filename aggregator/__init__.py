"""The shell that moves the news: commands, fetching, merging and delivery."""
