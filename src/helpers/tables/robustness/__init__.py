"""How far the headline's ranks hang on the index's choices, as processed tables."""
