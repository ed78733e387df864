"""Mathematics of ranks: frames and arrays in, frames out; no files, no index names, no words."""
