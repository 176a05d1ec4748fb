"""What is told of the documents as they are: what they lack, and where words stand."""
