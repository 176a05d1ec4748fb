"""Settings, the template of a postmortem and the names of its parts."""
