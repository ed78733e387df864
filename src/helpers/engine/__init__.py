"""Which notebook makes what; run, checked and published whole."""
