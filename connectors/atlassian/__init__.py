"""What the sites of Atlassian's products have in common, on Cloud and on Data Center."""
