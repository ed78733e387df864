"""What the report on a whole table says and shows."""
