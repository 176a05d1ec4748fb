"""The page of a document: found, made, or written anew where what it shows has changed."""
