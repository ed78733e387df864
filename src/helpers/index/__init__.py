"""Which indices exist, and what their files mean: typed, checked, known by name."""
