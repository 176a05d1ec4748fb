"""The pages' templates, their one style sheet and their icon."""
