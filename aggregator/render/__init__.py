"""How values leave the house: digests, feeds, citations, exports, JSON. Pure: no clock, no files."""
