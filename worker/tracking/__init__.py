"""Pure: deciding which tickets to create, adopt, change and report."""
