"""What figures are counted from, and repeats are found by."""
