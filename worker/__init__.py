"""The program: from a resolved incident to a postmortem whose action items are tickets."""
