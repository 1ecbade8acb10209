"""What the directory says."""
