"""Steps from one version of the tables to the next, run by `storage.migrate`. Written by hand.

A step neither drops and remakes a table that others refer to, nor uses triggers; one that changes
`documents` takes the index away first (`search.drop_index`) and makes it anew (`search.create_index`).
"""
