"""What the program costs, as counts and as ratios within one run."""
