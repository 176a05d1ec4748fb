"""What can be wrong with a document as a whole."""

from connectors.errors import PostmortemError


class DocumentError(PostmortemError):
    """A document that cannot be used as it is; nothing in it was changed."""
