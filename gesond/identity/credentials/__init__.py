"""What somebody proves with: identifiers, passwords, codes, passkey ceremonies, and the brake on guessing."""
