"""What people answer in a poll, what staff write at the desk."""
