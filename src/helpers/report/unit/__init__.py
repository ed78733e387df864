"""What the report on one unit says and shows; the notebook ``report`` chooses and orders."""
