"""A web server that misbehaves in every way met or feared; see `behaviours.ALL`."""
