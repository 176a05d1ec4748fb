"""What stands in the sections of a draft beside the timeline."""
