"""How much of the process those who connect may have."""
