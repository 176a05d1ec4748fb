"""What the program talks to: a source of incidents and a tracker of tickets."""
