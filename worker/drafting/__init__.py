"""Pure: what is known of an incident becomes what its draft says."""
