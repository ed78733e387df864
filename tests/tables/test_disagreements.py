"""Printed ranks against scores: what agrees, what rounding and ties explain, what is refused."""
