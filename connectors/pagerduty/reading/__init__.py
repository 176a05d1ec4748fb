"""Reading an incident from PagerDuty with all its parts."""
