"""An incident put in order: when it was open, who took part, notes, alerts."""
